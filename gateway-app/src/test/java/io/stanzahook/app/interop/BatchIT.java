package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.app.interop.WebhookServer.Request;
import io.stanzahook.signing.NewSigningKey;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** {@code --batch} with the whole program, a Prosody and clients of its users. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final JsonMapper JSON = new JsonMapper();

  @RegisterExtension final Bed bed = new Bed();

  private final XmppServer server = ProsodyServer.create();

  @BeforeAll
  void startServer() {
    bed.share(server).start();
    server.register("ann");
    server.register("bob");
  }

  /** Answers each element of the array, {@code null} to what has no body. */
  private static Answer each(Request request) {
    ArrayNode answers = JSON.createArrayNode();
    for (JsonNode stanza : request.json()) {
      String body = stanza.path("body").asString("");
      if (body.startsWith("status ")) {
        answers.addObject().put("status", Integer.parseInt(body.substring(7)));
      } else if (body.isEmpty()) {
        answers.addNull();
      } else {
        answers.addObject().put("body", "re: " + body);
      }
    }
    return Answer.json(answers.toString());
  }

  /** One that waits for the second request until it is let go. */
  private static final class Gate {
    final CountDownLatch open = new CountDownLatch(1);

    Answer first(Request request) {
      try {
        assertThat(open.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return each(request);
    }
  }

  @Test
  void manyMessagesGoInOneSignedPostAndEachGetsItsOwnAnswer() throws Exception {
    NewSigningKey key = NewSigningKey.shared();
    Gate gate = new Gate();
    WebhookServer webhook = bed.use(WebhookServer.answering(gate::first));
    try (TestFolder folder = TestFolder.create("batch")) {
      String secret = folder.write("secret", key.secret()).toString();
      GatewayProcess gateway =
          bed.use(
                  GatewayProcess.start(
                      server,
                      webhook.url(),
                      "--batch=30",
                      "--concurrency=1",
                      "--signing-secret-file=" + secret))
              .awaitReady();
      ChatClient ann = bed.use(ChatClient.login(server, "ann"));
      ChatClient bob = bed.use(ChatClient.login(server, "bob"));
      ann.send(InteropContract.BOT, "first");
      Await.until("the first POST", LIMIT, () -> webhook.requests().size() == 1);
      webhook.answer(BatchIT::each);
      for (int i = 1; i <= 10; i++) {
        ann.send(InteropContract.BOT, "ann " + i);
        bob.send(InteropContract.BOT, i == 5 ? "status 403" : "bob " + i);
      }
      Await.until("all wait", LIMIT, () -> gateway.metric("stanzahook_queue_depth") >= 20);
      gate.open.countDown();

      assertThat(ann.takeMessage().body()).isEqualTo("re: first");
      for (int i = 1; i <= 10; i++) {
        assertThat(ann.takeMessage().body()).isEqualTo("re: ann " + i);
        ChatStanza answer = bob.takeMessage();
        if (i == 5) {
          assertThat(answer.error()).isEqualTo("auth/forbidden");
        } else {
          assertThat(answer.body()).isEqualTo("re: bob " + i);
        }
      }
      assertThat(webhook.requests()).hasSize(2);
      Request batch = webhook.requests().get(1);
      assertThat(batch.headers()).containsEntry("webhook-batch", "20");
      assertThat(batch.headers().get("webhook-id")).matches("bat_[0-9a-z]+_\\d+");
      assertThat(batch.json().size()).isEqualTo(20);
      Set<String> ids = new HashSet<>();
      batch.json().forEach(stanza -> ids.add(stanza.path("webhook_id").asString("")));
      assertThat(ids).hasSize(20).allMatch(id -> id.startsWith("msg_"));
      assertThat(batch.json()).allMatch(stanza -> stanza.path("attempt").intValue() == 1);
      verify(key.secret(), batch);
      assertThat(gateway.metric("stanzahook_webhook_batch_size_sum")).isEqualTo(21);
      assertThat(gateway.metric("stanzahook_webhook_batch_size_count")).isEqualTo(2);
      assertThat(gateway.metric("stanzahook_webhook_endpoint_calls_total", "outcome=\"ok\""))
          .isEqualTo(2);
      assertThat(gateway.metric("stanzahook_webhook_request_seconds_count")).isEqualTo(21);
    }
  }

  private static void verify(String secret, Request request) throws Exception {
    Map<String, List<String>> headers =
        request.headers().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, header -> List.of(header.getValue())));
    new Webhook(secret).verify(request.body(), headers);
  }

  @Test
  void aWebhookThatDoesNotKnowBatchesIsNamedOnceWithTheRemedy() {
    WebhookServer webhook = bed.use(WebhookServer.answering(request -> Answer.body("hi")));
    GatewayProcess gateway =
        bed.use(GatewayProcess.start(server, webhook.url(), "--batch=5")).awaitReady();
    ChatClient ann = bed.use(ChatClient.login(server, "ann"));
    for (int i = 1; i <= 3; i++) {
      ann.send(InteropContract.BOT, "hello");
      int posts = i;
      Await.until(
          "it is counted",
          LIMIT,
          () ->
              gateway.metric("stanzahook_webhook_replies_dropped_total", "reason=\"unreadable\"")
                  == posts);
    }
    assertThat(gateway.log().lines().filter(line -> line.contains("does not know batches")))
        .singleElement()
        .asString()
        .contains("--batch");
  }

  @Test
  void afterACrashWhatWasNotFinishedIsDeliveredAgainWithItsIds() {
    Gate gate = new Gate();
    WebhookServer webhook = bed.use(WebhookServer.answering(gate::first));
    try (TestFolder folder = TestFolder.create("batch-spool")) {
      String[] flags = {
        "--batch=10", "--concurrency=1", "--spool=" + folder.path().resolve("spool")
      };
      ChatClient ann = bed.use(ChatClient.login(server, "ann"));
      List<String> before;
      try (GatewayProcess first = GatewayProcess.start(server, webhook.url(), flags)) {
        first.awaitReady();
        ann.send(InteropContract.BOT, "0");
        Await.until("the first POST", LIMIT, () -> webhook.requests().size() == 1);
        IntStream.rangeClosed(1, 6)
            .forEach(i -> ann.send(InteropContract.BOT, Integer.toString(i)));
        Await.until("all are kept", LIMIT, () -> first.metric("stanzahook_spool_depth") == 7);
        before = ids(webhook.requests().get(0));
        first.kill();
      }
      gate.open.countDown();
      webhook.answer(BatchIT::each);
      bed.use(GatewayProcess.start(server, webhook.url(), flags)).awaitReady();
      for (int i = 0; i <= 6; i++) {
        assertThat(ann.takeMessage().body()).isEqualTo("re: " + i);
      }
      List<String> again = new ArrayList<>();
      webhook.requests().stream().skip(1).forEach(request -> again.addAll(ids(request)));
      assertThat(again).hasSize(7).doesNotHaveDuplicates().startsWith(before.get(0));
    }
  }

  private static List<String> ids(Request request) {
    List<String> ids = new ArrayList<>();
    request.json().forEach(stanza -> ids.add(stanza.path("webhook_id").asString("")));
    return ids;
  }

  @Test
  void batchesAreTurnedOnAndOffWhileItRuns() throws Exception {
    WebhookServer webhook = bed.use(WebhookServer.answering(BatchIT::eitherForm));
    try (TestFolder folder = TestFolder.create("batch-live")) {
      GatewayProcess gateway =
          bed.use(
                  GatewayProcess.start(
                      server,
                      webhook.url(),
                      "--api-token-file=" + folder.write("tokens", "t0ken\n")))
              .awaitReady();
      ChatClient ann = bed.use(ChatClient.login(server, "ann"));
      for (int batch : List.of(1, 5, 1)) {
        assertThat(set(gateway, "{\"batch\":%d}".formatted(batch))).isEqualTo(200);
        ann.send(InteropContract.BOT, "x");
        assertThat(ann.takeMessage().body()).isEqualTo(batch == 1 ? "alone" : "re: x");
      }
      assertThat(webhook.requests())
          .extracting(request -> request.headers().containsKey("webhook-batch"))
          .containsExactly(false, true, false);
      assertThat(set(gateway, "{\"batch\":1001}")).isEqualTo(400);
    }
  }

  private static Answer eitherForm(Request request) {
    return request.json().isArray() ? each(request) : Answer.body("alone");
  }

  private static int set(GatewayProcess gateway, String settings) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(gateway.httpUrl() + "/admin/settings"))
                .header("Authorization", "Bearer t0ken")
                .header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(settings))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
