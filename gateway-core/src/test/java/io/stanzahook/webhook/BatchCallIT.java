package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.PostFormat;
import io.stanzahook.exchange.TestStanzas;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.AnsweredEach;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Batches on real sockets: the request, and what a response makes of them. */
class BatchCallIT extends WebhookClientFixture {
  /** Stanzas with ids {@code msg_0} and so on. */
  private record Those(List<Stanza> all, int attempt) implements Batch {
    @Override
    public String id() {
      return "bat_7";
    }

    @Override
    public int size() {
      return all.size();
    }

    @Override
    public Stanza stanza(int index) {
      return all.get(index);
    }

    @Override
    public String webhookId(int index) {
      return "msg_" + index;
    }

    @Override
    public int attempt(int index) {
      return attempt + index;
    }
  }

  private static Batch chats(int count) {
    return new Those(
        IntStream.range(0, count).<Stanza>mapToObj(i -> TestStanzas.chat("hi " + i)).toList(), 1);
  }

  private static WebhookResult post(WebhookClient client, Batch batch) {
    return Objects.requireNonNull(client.post(batch).block(LONG));
  }

  private static AnsweredEach each(WebhookResult result) {
    assertThat(result).isInstanceOf(AnsweredEach.class);
    return (AnsweredEach) result;
  }

  private static String json(int status, String body) {
    return RawServer.response(status, "application/json", body);
  }

  @ParameterizedTest
  @EnumSource(names = {"JSON", "REST_JSON"})
  void aRequestIsAnArrayOfWhatEachWouldBeAlone(PostFormat format) throws Exception {
    RawServer server = server(RawServer.always(json(200, "[null,{\"body\":\"b\"}]")));
    WebhookSettings settings =
        Settings.with(settings(server.url() + "/hook", LONG, 10), "post-format", format);
    WebhookClient client = client(settings);
    Batch batch = new Those(List.of(TestStanzas.chat("a \"b\""), TestStanzas.groupchat("c")), 3);
    AnsweredEach answered = each(post(client, batch));
    assertThat(bodies(answered.each().get(0))).isEmpty();
    assertThat(bodies(answered.each().get(1))).containsExactly("b");
    post(client, batch.stanza(0), "msg_0");
    post(client, batch.stanza(1), "msg_1");

    RawServer.Request together = server.next();
    assertThat(together.headers())
        .containsEntry("webhook-id", "bat_7")
        .containsEntry("webhook-batch", "2")
        .containsEntry("webhook-attempt", "3");
    JsonMapper mapper = new JsonMapper();
    JsonNode array = mapper.readTree(together.body());
    assertThat(array.size()).isEqualTo(2);
    for (int i = 0; i < 2; i++) {
      RawServer.Request one = server.next();
      assertThat(one.headers()).doesNotContainKey("webhook-batch");
      ObjectNode alone = (ObjectNode) mapper.readTree(one.body());
      alone.put("webhook_id", "msg_" + i).put("attempt", 3 + i);
      assertThat(array.get(i)).isEqualTo(alone);
    }
    assertThat(client.size(batch)).isEqualTo(together.body().length());
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 202, 204})
  void anyOther2xxTakesAll(int status) throws Exception {
    WebhookClient client =
        client(server(RawServer.always(json(status, status == 204 ? "" : "[{\"body\":\"x\"}]"))));
    AnsweredEach answered = each(post(client, chats(3)));
    assertThat(answered.each()).hasSize(3).allMatch(each -> bodies(each).isEmpty());
  }

  @Test
  void aFailureIsThatOfAll() throws Exception {
    WebhookClient client =
        client(
            server(
                RawServer.always(
                    "HTTP/1.1 503 Away\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n")));
    Failed failed = failed(post(client, chats(3)));
    assertThat(failed.status()).isEqualTo(503);
    assertThat(failed.retryAfter()).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void silenceIsAFailureOfAll() throws Exception {
    WebhookClient client = client(server(RawServer.always("")), SHORT);
    assertThat(failed(post(client, chats(2))).outcome()).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void aResponseMayBeAsLargeAsAllTogether() throws Exception {
    String large = "x".repeat(MAX_RESPONSE - 100);
    WebhookClient client =
        client(
            server(
                RawServer.always(
                    json(200, "[{\"body\":\"%s\"},{\"body\":\"%1$s\"}]".formatted(large)))));
    AnsweredEach answered = each(post(client, chats(2)));
    assertThat(answered.each()).allMatch(each -> bodies(each).equals(List.of(large)));
    AnsweredEach tooLarge = each(post(client, chats(1)));
    assertThat(answered(tooLarge.each().get(0)).dropped()).hasSize(1);
  }

  @Test
  void withoutRepliesAnyBodyIsTaken() throws Exception {
    RawServer server = server(RawServer.always(RawServer.response(200, "text/plain", "OK")));
    WebhookClient client =
        client(Settings.with(settings(server.url() + "/hook", LONG, 10), "replies", false));
    AnsweredEach answered = each(post(client, chats(2)));
    assertThat(answered.each())
        .allMatch(each -> bodies(each).isEmpty() && answered(each).dropped().isEmpty());
  }

  @Test
  void onlyStanzasOfTheSameDestinationShareBatches() {
    KindWebhooks same = webhooks("http://one.invalid/", List.of());
    assertThat(same.destination(chat)).isNull();
    KindWebhooks byName = webhooks("http://one.invalid/{to.local}", List.of());
    assertThat(byName.destination(chat))
        .isEqualTo(byName.destination(TestStanzas.chat("other")))
        .isNotNull();
    KindWebhooks byKind = webhooks("http://one.invalid/", List.of("http://two.invalid/"));
    Stanza presence = TestStanzas.presence("available");
    assertThat(byKind.destination(chat)).isNotEqualTo(byKind.destination(presence));
    assertThat(byKind.destination(chat)).isEqualTo(byKind.destination(get));
  }

  private KindWebhooks webhooks(String url, List<String> presence) {
    WebhookSettings settings =
        Settings.with(
            settings(url, LONG, 10),
            "post-url-presence",
            presence.stream().map(UrlTemplate::parse).toList());
    KindWebhooks webhooks = new KindWebhooks(settings, TestStanzas.DOMAIN, loops(), event -> {});
    closing(() -> webhooks.dispose().block(LONG));
    return webhooks;
  }
}
