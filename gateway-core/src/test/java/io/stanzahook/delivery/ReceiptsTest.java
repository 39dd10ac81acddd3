package io.stanzahook.delivery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.local.Notices;
import io.stanzahook.settings.Settings;
import io.stanzahook.spool.MemorySpool;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.publisher.TestPublisher;

/** Delivery receipts (XEP-0184): who gets one, when, and how often. */
class ReceiptsTest extends DispatcherFixture {
  private static final DispatchSettings OFF =
      Settings.with(
          settings(10, 100, Overload.BACKPRESSURE),
          "retry",
          Settings.with(RetrySettings.DEFAULT, "retry-for", Duration.ofSeconds(10)));
  private static final DispatchSettings ON = Settings.with(OFF, "notices", new Notices(true, null));

  private @Nullable MemorySpool spool;

  @Test
  void receiptsLeaveAfterA2xx_beforeTheReplies() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(asking("type='chat' id='1'"));
    assertThat(sent).isEmpty();
    answer("1", "hello");

    assertThat(sent).hasSize(2);
    OutboundStanza receipt = sent.get(0);
    assertThat(received(receipt)).isEqualTo("1");
    assertThat(receipt.to()).hasToString("ann@b/phone");
    assertThat(receipt.from()).hasToString("Bot@gw.localhost");
    assertThat(receipt.type()).isEqualTo("chat");
    assertThat(receipt.id()).isNotEmpty().isNotEqualTo("1");
    assertThat(receipt.element().children()).hasSize(1);
    assertThat(sentBodies()).containsExactly("-", "hello");
  }

  @Test
  void receiptsLeaveWithoutAReplyToo_butNotForFailures() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(asking("id='1'"));
    fail("1", Outcome.UNKNOWN, 0, null);
    time.advanceTimeBy(Duration.ofMillis(300));
    assertThat(sent).isEmpty();
    answerNothing("1");
    assertThat(sent).extracting(ReceiptsTest::received).containsExactly("1");
    assertThat(sent.get(0).type()).isNull();
    assertThat(recorder.settled).containsExactly("1");

    stream.next(asking("id='2'"));
    fail("2", Outcome.ANSWERED, 500, null);
    assertThat(sent).hasSize(2);
    assertError(sent.get(1), "wait", "remote-server-timeout");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<message type='groupchat' id='1' from='room@b/ann' to='bot@gw.localhost'><body/>%s</message>",
        "<message type='error' id='1' from='ann@b' to='bot@gw.localhost'><body/>%s</message>",
        "<message type='headline' id='1' from='ann@b' to='bot@gw.localhost'><body/>%s</message>",
        "<message type='chat' from='ann@b' to='bot@gw.localhost'><body/>%s</message>",
        "<message id='1' from='ann@b' to='bot@gw.localhost'>%s"
            + "<received xmlns='urn:xmpp:receipts' id='0'/></message>",
        "<message id='1' from='ann@b' to='bot@gw.localhost'><body/></message>",
        "<message id='1' from='other@gw.localhost' to='bot@gw.localhost'><body/>%s</message>",
      })
  void receiptsAreNotForThese(String message) {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    Stanza stanza = Stanzas.of(message.replace("%s", "<request xmlns='urn:xmpp:receipts'/>"));
    stream.next(stanza);
    answerNothing(String.valueOf(stanza.id()));
    assertThat(sent).isEmpty();
    assertThat(recorder.settled).hasSize(1);
  }

  @Test
  void aTypeThatIsUnknownCountsAsNormal() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(asking("type='odd' id='1'"), asking("type='normal' id='2'"));
    answerNothing("1");
    answerNothing("2");
    assertThat(sent).extracting(OutboundStanza::type).containsExactly(null, "normal");
  }

  @Test
  void receiptsAreOffUnlessAskedFor() {
    TestPublisher<Stanza> stream = start(dispatcher(OFF));
    stream.next(asking("type='chat' id='1'"));
    answerNothing("1");
    assertThat(sent).isEmpty();
  }

  @Test
  void theWebhooksOwnReceiptIsNotDoubled() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(asking("type='chat' id='1'"));
    answerWithReceiptOf("1", "1");
    assertThat(sent).extracting(ReceiptsTest::received).containsExactly("1");

    stream.next(asking("type='chat' id='2'"));
    answerWithReceiptOf("2", "something else");
    assertThat(sent).extracting(ReceiptsTest::received).containsExactly("1", "2", "something else");
  }

  @Test
  void withASpoolReceiptsLeaveOnce_andWhatIsSettledIsNotReceiptedAgain() {
    startWithSpool().next(asking("type='chat' id='1'"), asking("type='chat' id='2'"));
    answer("1", "hello");
    calls.clear();
    startWithSpool();
    answerNothing("2");
    assertThat(sent).extracting(ReceiptsTest::received).containsExactly("1", null, "2");
    assertThat(requireNonNull(spool).figures().depth()).isZero();
  }

  @Test
  void aDeadLetterIsNotReceipted_untilItIsDeliveredAgain() {
    startWithSpool().next(asking("type='chat' id='1'"));
    calls
        .get("1")
        .success(
            new WebhookResult.Answered(
                200,
                List.of(),
                List.of(new DroppedReply(DroppedReply.Reason.UNREADABLE, "no JSON"))));
    assertThat(sent).isEmpty();
    String id = webhookIds.get(0);
    assertThat(requireNonNull(spool).redeliver(id).block()).isNotNull();
    answer("1", "hello");
    assertThat(webhookIds).containsExactly(id, id);
    assertThat(sent).extracting(ReceiptsTest::received).containsExactly("1", null);
    assertThat(requireNonNull(spool).figures().deadLetters()).isZero();
  }

  @Test
  void withoutASpoolWhatCannotBeReadIsA2xxToo() {
    TestPublisher<Stanza> stream = start(dispatcher(ON));
    stream.next(asking("type='chat' id='1'"));
    calls
        .get("1")
        .success(
            new WebhookResult.Answered(
                200,
                List.of(),
                List.of(new DroppedReply(DroppedReply.Reason.UNREADABLE, "no JSON"))));
    assertThat(sent).extracting(ReceiptsTest::received).containsExactly("1");
  }

  private TestPublisher<Stanza> startWithSpool() {
    return start(
        spooled(
            ON,
            listener -> {
              MemorySpool opened = new MemorySpool(1 << 20, 10, Runnable::run, listener);
              MemorySpool before = spool;
              if (before != null) {
                opened.takeOver(before);
              }
              spool = opened;
              return opened;
            }));
  }

  private static Stanza asking(String attributes) {
    return Stanzas.of(
        ("<message from='ann@b/phone' to='Bot@gw.localhost' %s><body>x</body>"
                + "<request xmlns='urn:xmpp:receipts'/></message>")
            .formatted(attributes));
  }

  private void answerWithReceiptOf(String call, String id) {
    XmlElement reply =
        XmlElement.builder(Namespaces.COMPONENT, "message")
            .attribute("to", "ann@b")
            .attribute("from", "bot@gw.localhost")
            .child(XmlElement.builder(Namespaces.RECEIPTS, "received").attribute("id", id).build())
            .build();
    calls
        .get(call)
        .success(new WebhookResult.Answered(200, List.of(OutboundStanza.of(reply)), List.of()));
  }

  private static @Nullable String received(OutboundStanza stanza) {
    XmlElement received = stanza.element().child(Namespaces.RECEIPTS, "received");
    return received == null ? null : received.attribute("id");
  }
}
