package io.stanzahook.sandbox;

import io.stanzahook.wire.Handshake;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A component's connection by hand, on a plain socket; for one thread. */
final class RawComponent implements AutoCloseable {
  private static final Pattern ID = Pattern.compile(" id='([^']*)'");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  private RawComponent(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  static RawComponent connect(int port) throws IOException {
    return new RawComponent(port);
  }

  /** Connected and authenticated. */
  static RawComponent open(int port, String domain, String secret) throws IOException {
    RawComponent component = connect(port);
    component.handshake(domain, secret);
    component.readUntil("<handshake/>");
    return component;
  }

  /** Sends the start tag and, once the server's is there, the handshake. */
  void handshake(String domain, String secret) throws IOException {
    send(Handshake.start(domain));
    Matcher id = ID.matcher(readUntil("<stream:stream[^>]*>"));
    if (!id.find()) {
      throw new IOException("the server's start tag has no id");
    }
    send(Handshake.element(id.group(1), secret));
  }

  void send(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** What comes up to and with the first match. */
  String readUntil(String pattern) throws IOException {
    Pattern end = Pattern.compile(pattern);
    StringBuilder read = new StringBuilder();
    while (!end.matcher(read).find()) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the server closed after: " + read);
      }
      read.append((char) next);
    }
    return read.toString();
  }

  /** What comes up to the end of the connection. */
  String readToEnd() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Whether a byte comes within that time. */
  boolean bringsWithin(Duration time) throws IOException {
    socket.setSoTimeout((int) time.toMillis());
    try {
      return in.read() >= 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } finally {
      socket.setSoTimeout((int) PATIENCE.toMillis());
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
