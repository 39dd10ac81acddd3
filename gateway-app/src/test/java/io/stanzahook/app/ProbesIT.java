package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Strangers hold a thousand connections to the running program; its probes answer all the same. */
class ProbesIT {
  private static final int PATIENCE_MILLIS = 120_000;
  private static final int STRANGERS = 1000;

  private final int port = Ports.free();

  @TempDir Path folder;

  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n";
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private String statusOf(String path, String header) throws IOException {
    try (Socket socket = connect()) {
      write(socket, "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + header + "\r\n");
      return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void probesAnswerWhileAThousandStrangersHoldConnections() throws Exception {
    Path tokens = Files.writeString(folder.resolve("tokens"), "t0ken\n");
    try (ChildProcess program =
        ChildProcess.jar(
            Map.of("STANZAHOOK_SECRET", "s3cr3t"),
            "run",
            "--server=127.0.0.1:" + Ports.free(),
            "--component=gw.localhost",
            "--post-url=http://127.0.0.1:9/",
            "--http-listen=127.0.0.1:" + port,
            "--api-token-file=" + tokens)) {
      program.awaitError("metrics and health at");
      List<Socket> strangers = new ArrayList<>();
      try {
        for (int i = 0; i < STRANGERS; i++) {
          Socket stranger = connect();
          strangers.add(stranger);
          try {
            switch (i % 4) {
              case 1 -> write(stranger, "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Drip: ");
              case 2 ->
                  write(
                      stranger,
                      lines(
                          "POST /msg/a@b HTTP/1.1",
                          "Host: x",
                          "Transfer-Encoding: chunked",
                          "",
                          "1",
                          "x"));
              case 3 ->
                  write(
                      stranger,
                      lines(
                          "POST /msg/a@b HTTP/1.1",
                          "Host: x",
                          "Authorization: Bearer no",
                          "Content-Length: 100000",
                          ""));
              default -> {}
            }
          } catch (SocketException gaveWay) {
            // That is what it may.
          }
        }
        for (int round = 0; round < 20; round++) {
          assertThat(statusOf("/healthz", "")).isEqualTo("HTTP/1.1 200");
          assertThat(statusOf("/readyz", "")).isEqualTo("HTTP/1.1 503");
          assertThat(statusOf("/metrics", "")).isEqualTo("HTTP/1.1 200");
          assertThat(statusOf("/admin/deliveries", "Authorization: Bearer t0ken\r\n"))
              .isEqualTo("HTTP/1.1 200");
          for (Socket stranger : strangers) {
            try {
              write(stranger, round % 2 == 0 ? "1" : "\r\n");
            } catch (SocketException gaveWay) {
              // That is what it may.
            }
          }
        }
        program.awaitError("connections to --http-listen, the maximum for one address");
      } finally {
        for (Socket stranger : strangers) {
          stranger.close();
        }
      }
      assertThat(statusOf("/healthz", "")).isEqualTo("HTTP/1.1 200");
    }
  }
}
