package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program before webhooks whose answers are not quite HTTP, or none at all. */
class RawAnswersIT {
  private static final Duration LIMIT = Patience.LONG;
  private static final String REPLY = "{\"body\":\"hi\"}";

  @RegisterExtension final Bed bed = new Bed();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 13\n\n" + REPLY,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n"
            + "Content-Length: 13\r\n\r\n"
            + REPLY,
        "HTTP/1.0 200\r\nContent-Type: application/json\r\n\r\n" + REPLY,
      })
  void whatCurlReadsIsAReply_andTheMessageIsPostedOnce(String answer) {
    SandboxServer server = bed.use(SandboxServer.started());
    Webhook webhook = bed.use(new Webhook(answer));
    bed.use(GatewayProcess.start(server, webhook.url())).awaitReady();

    server.send("ann", "hello");
    Await.until("it is answered", LIMIT, () -> server.answered() == 1);

    assertThat(server.errors()).isZero();
    assertThat(webhook.posts()).isEqualTo(1);
  }

  @Test
  void aLargeHeaderIsNoFault() {
    String header = "Set-Cookie: " + "x".repeat(1_000) + "\r\n";
    SandboxServer server = bed.use(SandboxServer.started());
    Webhook webhook =
        bed.use(
            new Webhook(
                "HTTP/1.1 200 OK\r\n"
                    + header.repeat(40)
                    + "Content-Type: application/json\r\nContent-Length: 13\r\n\r\n"
                    + REPLY));
    bed.use(GatewayProcess.start(server, webhook.url())).awaitReady();

    server.send("ann", "hello");
    Await.until("it is answered", LIMIT, () -> server.answered() == 1);

    assertThat(server.errors()).isZero();
    assertThat(webhook.posts()).isEqualTo(1);
  }

  @Test
  void withRepliesOffAnOkIsNoReply_andAnIqHasItsEmptyResult() {
    SandboxServer server = bed.use(SandboxServer.started());
    Webhook webhook =
        bed.use(
            new Webhook(
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nOK"));
    bed.use(
            GatewayProcess.start(
                server, webhook.url(), "--replies=off", "--post-stanzas=message,iq"))
        .awaitReady();

    server.send("ann", "hello");
    server.ask("ann");
    Await.until("the question is answered", LIMIT, () -> server.answered() > 0);

    // The message was first in its conversation, so its own response is over too.
    assertThat(server.answered()).isEqualTo(1);
    assertThat(server.errors()).isZero();
    assertThat(webhook.posts()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Length: 12\r\n\r\n" + REPLY,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        "this is a webhook of my own kind\r\n\r\n",
      })
  void whatNobodyReadsIsAnErrorAtOnce_andTheMessageIsPostedOnce(String answer) {
    SandboxServer server = bed.use(SandboxServer.started());
    Webhook webhook = bed.use(new Webhook(answer));
    GatewayProcess gateway =
        bed.use(GatewayProcess.start(server, webhook.url(), "--retry-for=60s")).awaitReady();

    // More of them than the breaker needs to open.
    for (int i = 0; i < 60; i++) {
      server.send("user" + i, "hello");
    }
    Await.until("all senders have their errors", LIMIT, () -> server.errors() == 60);

    assertThat(webhook.posts()).isEqualTo(60);
    assertThat(gateway.metric("stanzahook_webhook_breaker_state")).isZero();
  }

  /** Reads requests to their end, and answers each with the same bytes. */
  private static final class Webhook implements Fixture {
    private final ServerSocket listener;
    private final byte[] answer;
    private final AtomicInteger posts = new AtomicInteger();

    Webhook(String answer) {
      this.answer = answer.getBytes(StandardCharsets.UTF_8);
      try {
        listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Thread thread = new Thread(this::accept, "raw webhook");
      thread.setDaemon(true);
      thread.start();
    }

    String url() {
      return "http://127.0.0.1:" + listener.getLocalPort() + "/";
    }

    int posts() {
      return posts.get();
    }

    private void accept() {
      while (!listener.isClosed()) {
        try (Socket socket = listener.accept()) {
          InputStream in = new BufferedInputStream(socket.getInputStream());
          if (readRequest(in)) {
            posts.incrementAndGet();
            socket.getOutputStream().write(answer);
            socket.shutdownOutput();
          }
        } catch (IOException e) {
          // The peer went away, or the test ended.
        }
      }
    }

    private static boolean readRequest(InputStream in) throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          return false;
        }
        head.append((char) next);
      }
      String headers = head.toString().toLowerCase(java.util.Locale.ROOT);
      int at = headers.indexOf("content-length:") + "content-length:".length();
      int length = Integer.parseInt(headers.substring(at, headers.indexOf('\r', at)).strip());
      return in.readNBytes(length).length == length;
    }

    @Override
    public String name() {
      return "raw webhook";
    }

    @Override
    public String log() {
      return posts + " requests";
    }

    @Override
    public void close() {
      try {
        listener.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
