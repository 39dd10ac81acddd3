package io.stanzahook.app;

import io.stanzahook.app.Finding.Result;
import io.stanzahook.settings.HostPort;
import io.stanzahook.stream.ComponentSettings;
import io.stanzahook.stream.ServerKind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;

/** Tries whether the server's component port takes a connection. */
final class ServerCheck {
  private static final String SUBJECT = "server";
  private static final int MAX_MILLIS = 10_000;

  private ServerCheck() {}

  static Finding run(ComponentSettings settings) {
    HostPort server = new HostPort(settings.host(), settings.port());
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(server.host());
    } catch (UnknownHostException e) {
      return failed(
          "the name %s does not resolve here; check --server, and the name service of this machine"
              .formatted(server.host()));
    }
    Finding last = failed("the name %s has no address".formatted(server.host()));
    for (InetAddress address : addresses) {
      last = connect(server, address, settings);
      if (last.result() == Result.OK) {
        return last;
      }
    }
    return last;
  }

  private static Finding connect(HostPort server, InetAddress address, ComponentSettings settings) {
    String at = server.host().equals(address.getHostAddress()) ? "" : address.getHostAddress();
    String shown = at.isEmpty() ? server.toString() : server + " (" + at + ")";
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(address, server.port()),
          (int) Math.min(MAX_MILLIS, settings.openTimeout().toMillis()));
      return new Finding(SUBJECT, Result.OK, shown + " accepts connections");
    } catch (SocketTimeoutException e) {
      return failed(
          "no answer from %s; check --server, and whether a firewall blocks it".formatted(shown));
    } catch (ConnectException e) {
      return new Finding(
          SUBJECT,
          Result.FAILED,
          ("nothing listens at %s; is the server running, and is its component port open"
                  + " there?")
              .formatted(shown),
          ServerHints.of("connect", settings, ServerKind.ofPort(server.port())));
    } catch (IOException e) {
      return failed("cannot connect to %s: %s".formatted(shown, e.getMessage()));
    }
  }

  private static Finding failed(String detail) {
    return new Finding(SUBJECT, Result.FAILED, detail);
  }
}
