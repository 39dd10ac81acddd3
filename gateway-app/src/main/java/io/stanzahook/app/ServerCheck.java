package io.stanzahook.app;

import io.stanzahook.app.Finding.Result;
import io.stanzahook.app.config.HostPort;
import io.stanzahook.component.ComponentSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** Tries whether the server's component port takes a connection. */
final class ServerCheck {
  private static final String SUBJECT = "server";
  private static final int MAX_MILLIS = 10_000;

  private ServerCheck() {}

  static Finding run(ComponentSettings settings) {
    HostPort server = new HostPort(settings.host(), settings.port());
    InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
    if (address.isUnresolved()) {
      return failed("the name %s does not resolve; check --server".formatted(server.host()));
    }
    try (Socket socket = new Socket()) {
      socket.connect(address, (int) Math.min(MAX_MILLIS, settings.openTimeout().toMillis()));
      return new Finding(SUBJECT, Result.OK, server + " takes connections");
    } catch (SocketTimeoutException e) {
      return failed(
          "no answer from %s; check --server, and whether a firewall is in between"
              .formatted(server));
    } catch (ConnectException e) {
      return failed(
          ("nothing listens at %s; is the server running, and its component port open there"
                  + " (Prosody: component_ports, component_interfaces; ejabberd: a listener with"
                  + " module ejabberd_service)?")
              .formatted(server));
    } catch (IOException e) {
      return failed("cannot connect to %s: %s".formatted(server, e.getMessage()));
    }
  }

  private static Finding failed(String detail) {
    return new Finding(SUBJECT, Result.FAILED, detail);
  }
}
