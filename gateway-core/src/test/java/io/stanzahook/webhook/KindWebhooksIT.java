package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.TestStanzas;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** URLs by kind of stanza, on real sockets: who is called, and who is left alone. */
class KindWebhooksIT extends WebhookClientFixture {
  private static final String GONE = RawServer.response(410, "text/plain", "");

  private final Stanza presence = TestStanzas.presence(null);
  private final List<String> gone = new ArrayList<>();

  @Test
  void eachKindGoesToItsUrl_othersToTheOneForAll() throws Exception {
    RawServer all = server(RawServer.always(HELLO));
    RawServer iqs = server(RawServer.always(HELLO));
    KindWebhooks webhooks =
        webhooks(all.url() + "/all", Map.of(StanzaKind.IQ, iqs.url() + "/{kind}/{from.local}"));

    post(webhooks, chat);
    post(webhooks, presence);
    post(webhooks, get);

    assertThat(all.next().line()).isEqualTo("POST /all HTTP/1.1");
    assertThat(all.next().line()).isEqualTo("POST /all HTTP/1.1");
    assertThat(iqs.next().line()).isEqualTo("POST /iq/alice HTTP/1.1");
    assertThat(all.accepted() + iqs.accepted()).isEqualTo(2);
  }

  @Test
  void eachUrlHasABreakerOfItsOwn_onOneHostToo() throws Exception {
    RawServer server =
        server(
            peer -> {
              while (true) {
                peer.write(peer.read().line().contains("/iq") ? GONE : HELLO);
              }
            });
    KindWebhooks webhooks =
        webhooks(server.url() + "/all", Map.of(StanzaKind.IQ, server.url() + "/iq"));
    assertThat(webhooks.state()).isEqualTo(BreakerState.CLOSED);

    assertThat(failed(post(webhooks, get)).status()).isEqualTo(410);
    assertThat(failed(post(webhooks, get)).outcome()).isEqualTo(Outcome.HELD_BACK);
    assertThat(bodies(post(webhooks, chat))).containsExactly("Hello");
    assertThat(bodies(post(webhooks, presence))).containsExactly("Hello");
    assertThat(webhooks.state()).isEqualTo(BreakerState.OPEN);
    assertThat(gone).containsExactly(server.url());

    webhooks.reopen();
    assertThat(webhooks.state()).isEqualTo(BreakerState.CLOSED);
    assertThat(failed(post(webhooks, get)).status()).isEqualTo(410);
  }

  @Test
  void kindsWithTheSameUrlShareIt() throws Exception {
    RawServer server = server(RawServer.always(GONE));
    Map<StanzaKind, String> same = new EnumMap<>(StanzaKind.class);
    same.put(StanzaKind.IQ, server.url() + "/x");
    same.put(StanzaKind.PRESENCE, server.url() + "/x");
    KindWebhooks webhooks = webhooks("http://127.0.0.1:1/", same);

    post(webhooks, get);
    assertThat(failed(post(webhooks, presence)).outcome()).isEqualTo(Outcome.HELD_BACK);
  }

  @Test
  void theTimeOfAnAttemptIsThatOfAll_andAfterTheEndNothingIsCalled() throws Exception {
    RawServer silent =
        server(
            peer -> {
              while (true) {
                peer.read();
              }
            });
    KindWebhooks webhooks = webhooks(silent.url(), Map.of(StanzaKind.IQ, silent.url() + "/iq"));
    webhooks.change(settings(silent.url(), SHORT, 10));
    assertThat(failed(post(webhooks, chat)).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(failed(post(webhooks, get)).outcome()).isEqualTo(Outcome.UNKNOWN);

    webhooks.dispose().block(LONG);
    assertThat(failed(post(webhooks, chat)).outcome()).isEqualTo(Outcome.NOT_SENT);
    assertThat(failed(post(webhooks, get)).outcome()).isEqualTo(Outcome.NOT_SENT);
  }

  private static List<UrlTemplate> url(Map<StanzaKind, String> kinds, StanzaKind kind) {
    String url = kinds.get(kind);
    return url == null ? List.of() : List.of(UrlTemplate.parse(url));
  }

  private KindWebhooks webhooks(String url, Map<StanzaKind, String> kinds) {
    KindWebhooks webhooks =
        new KindWebhooks(
            Settings.with(
                settings(url, LONG, 10),
                "kindUrls",
                new WebhookSettings.KindUrls(
                    url(kinds, StanzaKind.MESSAGE),
                    url(kinds, StanzaKind.PRESENCE),
                    url(kinds, StanzaKind.IQ))),
            TestStanzas.DOMAIN,
            loops(),
            event -> {
              if (event instanceof EndpointEvent.Gone) {
                gone.add(event.endpoint());
              }
            });
    closing(() -> webhooks.dispose().block(LONG));
    return webhooks;
  }

  private static WebhookResult post(KindWebhooks webhooks, Stanza stanza) {
    return Objects.requireNonNull(webhooks.post(stanza, "id-1", 1).block(LONG));
  }
}
