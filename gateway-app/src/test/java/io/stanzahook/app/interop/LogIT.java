package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.app.interop.WebhookServer.Request;
import io.stanzahook.signing.NewSigningKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All that the real program writes while everything goes wrong, in both formats. */
class LogIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int FLOOD = 10_000;
  private static final String BODY = "Zitronenfalter";
  private static final String REPLY = "Schwalbenschwanz";
  private static final String URL_TOKEN = "url-t0ken-4711";
  private static final String HEADER_TOKEN = "header-t0ken-4712";
  private static final String API_TOKEN = "api-t0ken-4713";

  /** Of failures of one cause three in ten seconds, and their sum; of everything else as many. */
  private static final int MOST_LINES_A_MINUTE = 300;

  @RegisterExtension final Bed bed = new Bed();

  private final SandboxServer server = SandboxServer.started();
  private final WebhookServer webhook = WebhookServer.answering(request -> Answer.CLOSE);
  private final TestFolder folder = TestFolder.create("log");
  private final NewSigningKey key = NewSigningKey.shared();

  @AfterEach
  void removeFolder() {
    folder.close();
  }

  private GatewayProcess gateway(String format) {
    bed.use(server);
    bed.use(webhook);
    return bed.use(
            GatewayProcess.start(
                server,
                webhook.url() + "?token=" + URL_TOKEN,
                "--log-format=" + format,
                "--post-header=Authorization: Bearer " + HEADER_TOKEN,
                "--api-token-file=" + folder.write("api", API_TOKEN + "\n"),
                "--signing-secret-file=" + folder.write("signing", key.secret() + "\n"),
                "--retry-for=1s"))
        .awaitReady();
  }

  /** Sends many messages to a webhook that answers so, and waits until each has an answer. */
  private void flood(int count, Function<Request, Answer> answer) {
    webhook.answer(answer);
    int before = server.answered();
    for (int i = 0; i < count; i++) {
      server.send("user" + i, BODY + " " + i);
    }
    Await.until("all are answered", LIMIT, () -> server.answered() >= before + count);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void floodsAreSummedAndNothingPrivateIsLogged(String format) {
    GatewayProcess gateway = gateway(format);
    long start = System.nanoTime();
    flood(FLOOD, request -> Answer.CLOSE);
    flood(1000, request -> Answer.status(500));
    flood(1000, request -> new Answer(503, "text/plain", REPLY));
    // Answers that are refused: the senders get none, so each is followed by one that is not.
    flood(
        500,
        request ->
            Answer.json(
                "[{\"body\":\"%s\",\"from\":\"a@other.example\"},{\"body\":\"ok\"}]"
                    .formatted(REPLY)));
    assertThat(gateway.metric("stanzahook_stream_connects_total")).as(gateway.log()).isEqualTo(1);
    for (int connects = 2; connects < 7; connects++) {
      server.drop();
      int expected = connects;
      Await.until(
          "it is back",
          LIMIT,
          () ->
              gateway.metric("stanzahook_stream_connects_total") == expected && gateway.isReady());
    }
    flood(10, request -> Answer.body(REPLY));
    long minutes = 1 + Duration.ofNanos(System.nanoTime() - start).toMinutes();
    gateway.terminate();
    assertThat(gateway.awaitExit()).isZero();

    String log = gateway.log();
    assertThat(log)
        .doesNotContain(BODY, REPLY, URL_TOKEN, HEADER_TOKEN, API_TOKEN, XmppServer.SECRET)
        .doesNotContain(key.secret().substring("whsec_".length()));
    List<String> lines = log.lines().toList();
    assertThat(lines).hasSizeLessThan((int) minutes * MOST_LINES_A_MINUTE);
    assertThat(lines.get(lines.size() - 1)).as("the log up to its end").contains("ended");
    assertThat(log)
        .contains("more replies were not sent within 10 s (foreign_from)")
        .contains("failed for good after 1 attempt (answered, status 500")
        .contains("not connected: ");
    assertThat(told(lines, "failed for good after") + summed(lines, "more deliveries failed"))
        .as("failed deliveries, told or summed, those of the last interval too")
        .isEqualTo(server.errors())
        .isGreaterThanOrEqualTo(FLOOD + 2000);
    if (format.equals("json")) {
      assertFields(lines);
    }
  }

  private static long told(List<String> lines, String words) {
    return lines.stream().filter(line -> line.contains(words)).count();
  }

  private static long summed(List<String> lines, String words) {
    Pattern sum = Pattern.compile("(\\d+) " + Pattern.quote(words));
    return lines.stream()
        .flatMap(line -> sum.matcher(line).results())
        .mapToLong(found -> Long.parseLong(found.group(1)))
        .sum();
  }

  private static void assertFields(List<String> lines) {
    List<JsonNode> calls = new ArrayList<>();
    for (String line : lines) {
      JsonNode object = JsonMapper.shared().readTree(line);
      assertThat(object.path("time").asString("")).isNotEmpty();
      if (object.path("logger").asString("").matches("webhook|stream")) {
        assertThat(object.path("component").asString("")).isEqualTo(XmppServer.COMPONENT);
      }
      if (object.has("webhook_id")) {
        calls.add(object);
      }
    }
    assertThat(calls)
        .isNotEmpty()
        .allMatch(call -> call.path("stanza_id").asString("").startsWith("m-user"))
        .allMatch(call -> call.path("webhook_id").asString("").startsWith("msg_"))
        .allMatch(call -> call.path("trace_id").asString("").length() == 32)
        .anyMatch(call -> call.path("attempt").asInt(0) > 0);
  }
}
