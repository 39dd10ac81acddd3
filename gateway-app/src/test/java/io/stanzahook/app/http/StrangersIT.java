package io.stanzahook.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections of people without credentials: each has an end. */
class StrangersIT {
  private static final long HALF_A_SECOND = 500_000_000L;

  private final OpenHttpService service;

  StrangersIT() throws ListenException {
    service = new OpenHttpService();
  }

  @AfterEach
  void close() {
    service.close();
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** A request that is refused for its Host, and whose body has not ended. */
  private Socket refused(String header) throws IOException {
    Socket socket = service.connect();
    write(socket, "POST /msg/a@b HTTP/1.1\r\nHost: evil.example\r\n" + header + "\r\n\r\n");
    assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
        .isEqualTo("HTTP/1.1 403");
    return socket;
  }

  private static boolean drips(Socket socket, String drop) throws IOException {
    InputStream in = socket.getInputStream();
    try {
      write(socket, drop);
      while (in.available() > 0) {
        var unused = in.read();
      }
      socket.setSoTimeout(1);
      return in.read() >= 0;
    } catch (java.net.SocketTimeoutException stillOpen) {
      return true;
    } catch (SocketException closed) {
      return false;
    }
  }

  @Test
  void aBodyThatDripsAfterItsRefusalIsClosed() throws Exception {
    try (Socket socket = refused("Transfer-Encoding: chunked")) {
      long start = System.nanoTime();
      while (drips(socket, "1\r\nx\r\n")) {
        assertThat(System.nanoTime() - start).isLessThan(60_000_000_000L);
        LockSupport.parkNanos(HALF_A_SECOND);
      }
    }
  }

  @Test
  void aBodyWithoutEndAfterItsRefusalIsClosed() throws Exception {
    try (Socket socket = refused("Transfer-Encoding: chunked")) {
      String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
      int sent = 0;
      while (drips(socket, chunk)) {
        sent++;
        assertThat(sent).isLessThan(1000);
      }
    }
  }

  @Test
  void headersThatDripAreClosed() throws Exception {
    try (Socket socket = service.connect()) {
      write(socket, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n");
      long start = System.nanoTime();
      while (drips(socket, "X: y\r\n")) {
        assertThat(System.nanoTime() - start).isLessThan(60_000_000_000L);
        LockSupport.parkNanos(HALF_A_SECOND);
      }
    }
  }

  @Test
  void whoSendsRequestAfterRequestAndReadsNothingIsClosed() throws Exception {
    try (Socket socket = service.connect()) {
      String request = "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
      StringBuilder many = new StringBuilder();
      for (int i = 0; i < 10 * Connections.MAX_PIPELINED; i++) {
        many.append(request);
      }
      long start = System.nanoTime();
      try {
        while (System.nanoTime() - start < 60_000_000_000L) {
          write(socket, many.toString());
        }
      } catch (SocketException closed) {
        return;
      }
      throw new AssertionError("it reads on without end");
    }
  }
}
