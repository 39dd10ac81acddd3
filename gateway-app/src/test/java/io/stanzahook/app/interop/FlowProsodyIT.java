package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Receipts, chat states, URLs by kind and filters, with a real server and a real client. */
class FlowProsodyIT {
  private static final String BOT = "echo@" + XmppServer.COMPONENT;
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Duration QUIET = Duration.ofMillis(700);

  @RegisterExtension final Bed bed = new Bed();
  private final XmppServer server = ProsodyServer.create();

  @BeforeEach
  void start() {
    bed.use(server).start();
  }

  private ChatClient user(String name) {
    server.register(name);
    return bed.use(ChatClient.login(server, name));
  }

  private static Answer echoed(WebhookServer.Request request) {
    return request.json().has("body")
        ? Answer.body("ok " + request.property("body"))
        : Answer.status(204);
  }

  @Test
  void aSlowBotIsSeenAtWork_andItsReceiptComesBeforeItsReply() {
    CompletableFuture<Void> thought = new CompletableFuture<>();
    WebhookServer webhook =
        bed.use(
            WebhookServer.answering(
                request -> {
                  thought.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
                  return echoed(request);
                }));
    bed.use(GatewayProcess.start(server, webhook.url(), "--receipts", "--composing=100ms"))
        .awaitReady();
    ChatClient alice = user("alice");

    assertThat(alice.discoInfo(BOT, null).list("features"))
        .contains("urn:xmpp:receipts", "http://jabber.org/protocol/chatstates");
    alice.sendRaw(
        "<message to='%s' type='chat' id='m1'><body>hi</body>".formatted(BOT)
            + "<active xmlns='http://jabber.org/protocol/chatstates'/>"
            + "<request xmlns='urn:xmpp:receipts'/></message>");

    ChatStanza composing = alice.takeMessage();
    assertThat(composing.xml()).contains(":composing ").doesNotContain("<body");
    thought.complete(null);
    ChatStanza receipt = alice.takeMessage();
    assertThat(receipt.xml()).contains(":received ", "urn:xmpp:receipts", "m1");
    assertThat(receipt.from()).isEqualTo(BOT);
    ChatStanza reply = alice.takeMessage();
    assertThat(reply.body()).isEqualTo("ok hi");
    assertThat(reply.xml()).contains(":active ");
    assertThat(alice.messagesWithin(QUIET)).isEmpty();
  }

  @Test
  void kindsHaveUrlsOfTheirOwn_andFiltersKeepStanzasFromThem() {
    WebhookServer messages = bed.use(WebhookServer.answering(FlowProsodyIT::echoed));
    WebhookServer others =
        bed.use(
            WebhookServer.answering(
                request ->
                    request.property("kind").equals("iq")
                        ? Answer.stanza("<iq><query xmlns='urn:example:time'>noon</query></iq>")
                        : Answer.status(204)));
    GatewayProcess gateway =
        bed.use(
                GatewayProcess.start(
                    server,
                    messages.url(),
                    "--post-stanzas=message,presence,iq",
                    "--post-url-iq=" + others.url(),
                    "--post-url-presence=" + others.url(),
                    "--filters=kind=message has_body=false action=drop",
                    "--filters=kind=iq type=set action=drop",
                    "--filters=kind=presence type=subscribe,probe action=drop"))
            .awaitReady();
    ChatClient alice = user("alice");

    alice.sendRaw(
        "<message to='%s'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>"
            .formatted(BOT));
    alice.send(BOT, "one");
    assertThat(alice.takeMessage().body()).isEqualTo("ok one");
    assertThat(messages.requests()).hasSize(1);

    String payload = "<query xmlns='urn:example:time'/>";
    assertThat(alice.iq(BOT, "get", payload).xml()).contains("noon");
    assertThat(alice.iq(BOT, "set", payload).error()).isEqualTo("cancel/service-unavailable");

    alice.subscribe(BOT);
    alice.takePresence("the bot online", p -> p.from().startsWith(BOT) && p.type().isEmpty());
    List<String> posted =
        others.requests().stream()
            .map(request -> request.property("kind") + " " + request.property("type"))
            .toList();
    assertThat(posted).contains("iq get").doesNotContain("iq set", "presence subscribe");
    assertThat(gateway.metric("stanzahook_stanzas_refused_total", "reason=\"filtered\""))
        .isEqualTo(2);
  }
}
