package io.stanzahook.app.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.stanzahook.app.config.CommandLineFlags;
import io.stanzahook.app.config.SandboxOptions;
import io.stanzahook.app.config.SandboxSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;

/** The sandbox against webhooks of all kinds, in this process but over real sockets. */
class SandboxRunIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final LoopResources LOOPS = LoopResources.create("sandbox-it", 2, true);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final AtomicReference<Map<String, List<String>>> headers = new AtomicReference<>();
  private final List<String> posted = new CopyOnWriteArrayList<>();
  private final AtomicReference<String> path = new AtomicReference<>("");
  private final CountDownLatch released = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer webhook;

  @BeforeEach
  void start() throws IOException {
    webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    webhook.setExecutor(threads);
    webhook.start();
  }

  @AfterEach
  void stop() {
    released.countDown();
    webhook.stop(0);
    threads.shutdownNow();
  }

  @AfterAll
  static void end() {
    LOOPS.disposeLater(Duration.ofMillis(100), PATIENCE).block(PATIENCE);
  }

  private void answers(int status, String contentType, String body) {
    webhook.createContext(
        "/",
        exchange -> {
          record(exchange);
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          if (!contentType.isEmpty()) {
            exchange.getResponseHeaders().set("Content-Type", contentType);
          }
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private void record(HttpExchange exchange) throws IOException {
    headers.set(exchange.getRequestHeaders());
    path.set(exchange.getRequestURI().toString());
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    posted.add(body);
  }

  private String url(String rest) {
    return "http://127.0.0.1:" + webhook.getAddress().getPort() + rest;
  }

  private boolean run(Terminal terminal, String typed, String... flags) throws Exception {
    CommandLineFlags line =
        CommandLineFlags.parse(
            CommandLineFlags.spec("sandbox", "", SandboxOptions.ALL),
            SandboxOptions.ALL,
            List.of(flags));
    SandboxSettings settings = SandboxOptions.read(line, Map.of(), "s", "test");
    InputStream in = new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8));
    try (PrintStream target = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      return new SandboxRun(settings, LOOPS, terminal, in, target, errors)
          .run(SandboxRun.Listeners::new, "");
    }
  }

  private boolean message(String rest, String... more) throws Exception {
    List<String> flags = new ArrayList<>(List.of("--message=hi", "--post-url=" + url(rest)));
    flags.addAll(List.of(more));
    return run(NO_TERMINAL, "", flags.toArray(String[]::new));
  }

  private static final Terminal NO_TERMINAL = new Terminal(false, false, false, false);

  private String transcript() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void showsWhatTheUsersWebhookGetsAndSays() throws Exception {
    answers(200, "application/json", "[{\"body\":\"one\"},{\"body\":\"two\"}]");
    boolean answered =
        message("/hook/{to.local}?kind={kind}", "--post-header=Authorization: Bearer t0ken");
    assertThat(answered).isTrue();
    assertThat(transcript())
        .contains("POST        " + url("/hook/bot?kind=message") + "\n")
        .contains("            content-type: application/json\n")
        .contains("            Authorization: (hidden, 12 characters)\n")
        .contains("              \"body\": \"hi\",\n")
        .contains(
            "            content-length: %d\n"
                .formatted(posted.get(1).getBytes(StandardCharsets.UTF_8).length))
        .contains("            Content-length: 31\n")
        .containsSubsequence("response    200 OK in ", "\"body\": \"one\"", "\"body\": \"two\"")
        .containsSubsequence("reply out   <message ", ">one</body>", "reply out ", ">two</body>")
        .doesNotContain("t0ken");
    assertThat(path).hasValue("/hook/bot?kind=message");
    assertThat(headers.get())
        .containsEntry("Authorization", List.of("Bearer t0ken"))
        .containsEntry("Host", List.of("127.0.0.1:" + webhook.getAddress().getPort()))
        .containsEntry("User-agent", List.of("stanzahook/test"))
        .containsEntry("Webhook-attempt", List.of("1"))
        .containsKeys("Webhook-id", "Webhook-timestamp", "Content-length");
  }

  @Test
  void showsAnErrorStatusAndWhatTheSenderIsTold() throws Exception {
    answers(500, "text/plain", "Traceback\n\u001B[31mTypeError");
    assertThat(message("/")).isFalse();
    assertThat(transcript())
        .contains("response    500 Internal Server Error in ")
        .contains("            Traceback\n            \\u001B[31mTypeError\n")
        .containsSubsequence("error out   <message ", "type='error'", "<internal-server-error ");
  }

  @Test
  void theUserSendsWhatClientsSendByThemselves_andTheAuthorSeesABotThatAnswersIt()
      throws Exception {
    answers(200, "application/json", "{\"body\":\"Did you say None?\"}");
    assertThat(message("/")).isTrue();
    assertThat(posted).hasSize(3);
    assertThat(posted.get(0)).contains("<composing ").doesNotContain("\"body\"");
    assertThat(posted.get(1)).contains("\"body\":\"hi\"", "<active ", "<request ", "<markable ");
    assertThat(posted.get(2)).contains("<displayed ", "<active ").doesNotContain("\"body\"");
    assertThat(transcript())
        .containsSubsequence(
            "typing      <composing/>, a message without a body: 200 OK\n",
            "reply out   <message ",
            "nobody spoke so the webhook should not answer: check for a body first, and "
                + "answer 204",
            "stanza in   <message ",
            "reply out   <message ",
            "has read    <displayed/>, a message without a body: 200 OK\n",
            "nobody spoke ",
            "1 message sent, 1 answered.");
  }

  @Test
  void aBotThatFailsWithoutABodyIsToldInALine() throws Exception {
    answers(500, "text/plain", "KeyError: body");
    message("/");
    assertThat(transcript())
        .contains(
            "typing      <composing/>, a message without a body: 500 Internal Server Error, no"
                + " reply\n")
        .doesNotContain("has read");
  }

  @Test
  void whatTheFiltersKeepFromTheWebhookIsToldInALine() throws Exception {
    answers(204, "", "");
    assertThat(message("/", "--post-stanzas=presence")).isTrue();
    assertThat(posted).isEmpty();
    assertThat(transcript())
        .contains(
            "typing      <composing/>, a message without a body: not for the webhook, no reply\n");
  }

  @Test
  void showsAReplyThatCannotBeSent() throws Exception {
    answers(200, "application/json", "{\"body\":");
    assertThat(message("/")).isFalse();
    assertThat(transcript())
        .containsSubsequence("response    200 OK", "{\"body\":", "not sent    unreadable: ");
  }

  @Test
  void showsThatTheWebhookWantedNoReply() throws Exception {
    answers(204, "", "");
    assertThat(message("/")).isTrue();
    assertThat(transcript())
        .contains("no reply    the webhook asked for none: 204\n")
        .endsWith("1 message sent, 1 answered.\n");
  }

  @Test
  void showsAResponseThatIsTooLarge() throws Exception {
    answers(200, "text/plain", "x".repeat(5000));
    assertThat(message("/", "--max-response=1000")).isFalse();
    assertThat(transcript())
        .contains("x\n            … (and more, which is past --max-response)\n")
        .containsSubsequence("not sent    too_large: ");
  }

  @Test
  void showsThatTheWebhookDidNotAnswerInTime() throws Exception {
    webhook.createContext(
        "/",
        exchange -> {
          record(exchange);
          try {
            released.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    assertThat(message("/", "--timeout=300ms")).isFalse();
    assertThat(transcript())
        .containsPattern("response    none after [0-9.]+ ms: the gateway stopped waiting\n")
        .containsSubsequence("error out   <message ", "<remote-server-timeout ");
  }

  @Test
  void talksWithWhoeverTypes() throws Exception {
    Terminal terminal = new Terminal(true, true, true, true);
    String typed =
        """
        /help
        hello

        /weather
        /xml <iq type='get'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
        /xml <message type='chat'><reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>yes</reaction></reactions></message>
        /xml <iq
        /quit
        never
        """;
    assertThat(run(terminal, typed)).isTrue();
    assertThat(transcript())
        .startsWith("Sandbox: an XMPP server at 127.0.0.1:")
        .containsSubsequence(
            "you> ",
            "/xml STANZA",
            "\u001B[36mstanza in\u001B[0m   <message ",
            "Did you say hello?",
            "Did you say /weather?",
            "\u001B[36mstanza in\u001B[0m   <iq type='get' to='bot@component.localhost'",
            "\u001B[36mreply out\u001B[0m   <iq ",
            "\"reactions\": {",
            "\"emojis\": [",
            "That cannot be sent: ")
        .doesNotContain("never");
  }

  @Test
  void turnsAwayWhatIsTooLargeAndGoesOn() throws Exception {
    String large = "x".repeat(3000);
    assertThat(run(NO_TERMINAL, large + "\nsmall\n", "--max-stanza=2000")).isFalse();
    assertThat(transcript())
        .containsSubsequence(
            "refused     too_large", "error out   ", "<policy-violation ", "Did you say small?")
        .endsWith("2 messages sent, 1 answered, 1 not.\n");
  }

  @Test
  void loadCountsErrorsAndSilence() throws Exception {
    webhook.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          // Of each ten messages one ends in 3, an error, and one in 4, no reply.
          int status = body.contains("3\",\"stanza\"") ? 500 : 200;
          byte[] reply =
              body.contains("4\",\"stanza\"") ? new byte[0] : "ok".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain");
          exchange.sendResponseHeaders(status, reply.length == 0 ? -1 : reply.length);
          exchange.getResponseBody().write(reply);
          exchange.close();
        });
    boolean complete =
        run(NO_TERMINAL, "", "--load=200", "--rate=2000", "--post-url=" + url("/load"));
    assertThat(complete).isFalse();
    assertThat(transcript())
        .contains("messages    200 at 2000/s\n")
        .contains("answered    160 in ")
        .contains("errors      20\n")
        .contains("no reply    20, as the webhook wanted\n")
        .contains("lost        0\n");
  }
}
