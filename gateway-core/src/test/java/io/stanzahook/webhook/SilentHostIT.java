package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Ports;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.net.Names;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A webhook whose host dies without a word, as a stopped process does, and whose name moves. */
@Timeout(180)
class SilentHostIT extends WebhookClientFixture {
  private static final int WARM = 60;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Answers no request before {@link #WARM} of them are there, if told so. */
  private static final String BOT =
      """
      import sys, threading
      from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
      together = threading.Barrier(int(sys.argv[3])) if int(sys.argv[3]) else None
      class Bot(BaseHTTPRequestHandler):
          protocol_version = 'HTTP/1.1'
          def do_POST(self):
              self.rfile.read(int(self.headers['Content-Length']))
              if together:
                  together.wait()
              self.send_response(200)
              self.send_header('Content-Type', 'text/plain')
              self.send_header('Content-Length', '1')
              self.end_headers()
              self.wfile.write(sys.argv[4].encode())
          def log_message(self, *arguments):
              pass
      class Server(ThreadingHTTPServer):
          request_queue_size = 200
          daemon_threads = True
      server = Server((sys.argv[1], int(sys.argv[2])), Bot)
      print('listening', flush=True)
      server.serve_forever()
      """;

  @TempDir Path folder;

  private Process bot(String address, int port, int together, String answer) throws Exception {
    Path script = Files.writeString(folder.resolve("bot-" + answer + ".py"), BOT);
    Process process =
        new ProcessBuilder(
                "python3",
                script.toString(),
                address,
                Integer.toString(port),
                Integer.toString(together),
                answer)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    closing(() -> process.destroyForcibly().waitFor(120, TimeUnit.SECONDS));
    assertThat(process.inputReader().readLine()).isEqualTo("listening");
    return process;
  }

  private static void stop(Process process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void onlyTheFirstMessageWaitsForAHostThatDied() throws Exception {
    int port = Ports.free();
    Process dying = bot("127.0.0.1", port, WARM, "A");
    bot("127.0.0.2", port, 0, "B");
    MovingName name = new MovingName("127.0.0.1");
    WebhookClient client =
        client(settings("http://hooks.example:" + port, TIMEOUT, 2 * WARM), name);
    List<WebhookResult> warm = posts(client, "warm");
    assertThat(warm).hasSize(WARM).allSatisfy(one -> assertThat(bodies(one)).containsExactly("A"));

    stop(dying);
    name.move("127.0.0.2");

    assertThat(failed(post(client, chat, "first")).outcome()).isEqualTo(Outcome.UNKNOWN);
    List<WebhookResult> after = posts(client, "after");
    assertThat(after)
        .hasSize(WARM)
        .allMatch(one -> one instanceof Answered)
        .allSatisfy(one -> assertThat(bodies(one)).containsExactly("B"));
  }

  private List<WebhookResult> posts(WebhookClient client, String id) {
    return Objects.requireNonNull(
        Flux.range(0, WARM)
            .flatMap(i -> client.post(chat, id + i, 1), WARM)
            .collectList()
            .block(Duration.ofMinutes(2)));
  }

  /** A name with one address, which changes. */
  private static final class MovingName implements Names {
    private volatile String address;

    private MovingName(String address) {
      this.address = address;
    }

    private void move(String next) {
      address = next;
    }

    @Override
    public Mono<List<InetAddress>> of(String host) {
      return Mono.fromCallable(() -> List.of(InetAddress.getByName(address)));
    }
  }
}
