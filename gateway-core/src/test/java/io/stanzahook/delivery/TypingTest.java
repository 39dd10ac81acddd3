package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.local.ChatStates;
import io.stanzahook.local.Notices;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.publisher.TestPublisher;

/** Chat states while the webhook works (XEP-0085), in virtual time. */
class TypingTest extends DispatcherFixture {
  private static final Duration AFTER = Duration.ofMillis(500);
  private static final DispatchSettings OFF =
      Settings.with(
          settings(10, 100, Overload.BACKPRESSURE),
          "retry",
          Settings.with(RetrySettings.DEFAULT, "retry-for", Duration.ofSeconds(10)));
  private static final DispatchSettings ON =
      Settings.with(OFF, "notices", new Notices(false, AFTER));

  @Test
  void composingLeavesOnceTheWebhookTakesItsTime_andTheReplyEndsIt() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(speaking("ann@b/phone", "1"));
    after(499);
    assertThat(sent).isEmpty();
    after(1);
    OutboundStanza composing = sent.get(0);
    assertThat(said()).containsExactly("composing");
    assertThat(composing.to()).hasToString("ann@b/phone");
    assertThat(composing.from()).hasToString("bot@gw.localhost");
    assertThat(composing.type()).isEqualTo("chat");
    assertThat(composing.element().elements())
        .extracting(XmlElement::name)
        .containsExactly("composing", "thread");

    after(5_000);
    reply("1", saying("ann@b", "<body>hello</body>"));
    assertThat(said()).containsExactly("composing", "active");
    assertThat(sentBodies()).containsExactly("-", "hello");
    assertThat(recorder.settled).containsExactly("1");
  }

  @Test
  void aQuickReplyIsActiveOnly_soThatTheOtherSideGoesOnSpeakingStates() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(speaking("ann@b", "1"));
    after(100);
    reply("1", saying("ann@b", "<body>hello</body>"));
    after(5_000);
    assertThat(said()).containsExactly("active");
  }

  @Test
  void withoutAReplyItIsPaused() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(speaking("ann@b/phone", "1"));
    after(600);
    answerNothing("1");
    assertThat(said()).containsExactly("composing", "paused");
    assertThat(sent.get(1).to()).hasToString("ann@b/phone");
  }

  @Test
  void aReplyToSomebodyElseLeavesItPaused() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(speaking("ann@b", "1"));
    after(600);
    reply("1", saying("carl@b", "<body>look</body>"));
    assertThat(said()).containsExactly("composing", "-", "paused");
  }

  @Test
  void aFailurePausesIt_beforeTheError_andAtMostOneComposingLeaves() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(speaking("ann@b", "1"));
    after(600);
    fail("1", Outcome.UNKNOWN, 0, null);
    assertThat(said()).containsExactly("composing", "paused");
    after(1_000);
    assertThat(attempts).hasSize(2);
    after(1_000);
    fail("1", Outcome.ANSWERED, 500, null);
    assertThat(said()).containsExactly("composing", "paused", "-");
    assertError(sent.get(2), "wait", "remote-server-timeout");
  }

  @Test
  void aLaterAttemptMayBeTheSlowOne() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(speaking("ann@b", "1"));
    fail("1", Outcome.UNKNOWN, 0, null);
    for (int i = 0; i < 1_000 && attempts.size() < 2; i++) {
      after(1);
    }
    assertThat(attempts).hasSize(2);
    after(499);
    assertThat(sent).isEmpty();
    after(1);
    assertThat(said()).containsExactly("composing");
  }

  @Test
  void shutdownPausesIt() {
    Dispatcher dispatcher = dispatcher(ON);
    start(dispatcher).next(speaking("ann@b", "1"));
    after(600);
    dispatcher.drain(Duration.ofSeconds(1)).subscribe();
    after(1_000);
    assertThat(said()).containsExactly("composing", "paused", "-");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<body>a</body>",
        "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
      })
  void onlyContentThatSpeaksChatStatesIsAnsweredWithOne(String children) {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(
        Stanzas.of(
            "<message from='ann@b' to='bot@gw.localhost' id='1'>%s</message>".formatted(children)));
    after(5_000);
    reply("1", saying("ann@b", "<body>hello</body>"));
    assertThat(said()).containsExactly("-");
  }

  @ParameterizedTest
  @ValueSource(strings = {"groupchat", "headline", "error"})
  void neverToRoomsHeadlinesAndErrors(String type) {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(
        Stanzas.of(
            ("<message from='ann@b' to='bot@gw.localhost' id='1' type='%s'><body>a</body>"
                    + "<active xmlns='http://jabber.org/protocol/chatstates'/></message>")
                .formatted(type)));
    after(5_000);
    answerNothing("1");
    assertThat(sent).isEmpty();
  }

  @Test
  void theWebhooksOwnStatesStand() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(speaking("ann@b", "1"));
    after(600);
    String gone = "<gone xmlns='http://jabber.org/protocol/chatstates'/>";
    reply("1", saying("ann@b", "<body>bye</body>" + gone));
    assertThat(said()).containsExactly("composing", "gone");
  }

  @Test
  void aReplyAtTheLimitOfSizeStaysAsItIs() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(speaking("ann@b", "1"));
    after(600);
    reply("1", saying("ann@b", "<body>" + "x".repeat(ChatStates.MAX_BYTES) + "</body>"));
    assertThat(said()).containsExactly("composing", "-", "paused");
  }

  @Test
  void oneTimerServesAllCalls_alsoThoseThatEndAtOnce() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    long before = time.getScheduledTaskCount();
    for (int i = 0; i < 100; i++) {
      stream.next(speaking("quick@b", "q" + i));
      answerNothing("q" + i);
    }
    for (int i = 0; i < 9; i++) {
      stream.next(speaking("u%d@b".formatted(i), "m" + i));
    }
    assertThat(time.getScheduledTaskCount()).isEqualTo(before + 1);
    after(500);
    assertThat(said()).hasSize(9).containsOnly("composing");
  }

  @Test
  void offNothingIsSaidOrAdded() {
    TestPublisher<Stanza> stream = start(dispatcher(OFF));
    stream.next(speaking("ann@b", "1"));
    after(5_000);
    reply("1", saying("ann@b", "<body>hello</body>"));
    assertThat(said()).containsExactly("-");
  }

  private void after(long millis) {
    time.advanceTimeBy(Duration.ofMillis(millis));
  }

  private static Stanza speaking(String from, String id) {
    return Stanzas.of(
        ("<message from='%s' to='bot@gw.localhost' id='%s' type='chat'><body>x</body>"
                + "<active xmlns='http://jabber.org/protocol/chatstates'/><thread>t</thread>"
                + "</message>")
            .formatted(from, id));
  }

  private static OutboundStanza saying(String to, String children) {
    return OutboundStanza.of(
        element(
            "<message xmlns='jabber:component:accept' from='bot@gw.localhost' to='%s'>%s</message>"
                .formatted(to, children)));
  }

  private static XmlElement element(String xml) {
    try {
      return XmlParser.parse(xml, XmlLimits.OUTBOUND);
    } catch (XmlException e) {
      throw new IllegalArgumentException(xml, e);
    }
  }

  private void reply(String call, OutboundStanza reply) {
    calls.get(call).success(new WebhookResult.Answered(200, List.of(reply), List.of()));
  }

  /** Of each stanza sent the chat state, or a dash. */
  private List<String> said() {
    return sent.stream()
        .map(
            stanza ->
                stanza.element().elements().stream()
                    .filter(child -> child.namespace().equals(Namespaces.CHAT_STATES))
                    .map(XmlElement::name)
                    .findFirst()
                    .orElse("-"))
        .toList();
  }
}
