package io.stanzahook.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.query.QueryFailedException.Reason;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.PayloadName;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class QueriesTest {
  private static final Jid BOT = Jid.of("bot@gw.example");
  private static final Jid ANN = Jid.of("ann@example.org/phone");

  private final List<OutboundStanza> sent = new ArrayList<>();
  private final Queries queries =
      new Queries(stanzas -> Mono.fromRunnable(() -> sent.addAll(stanzas)));

  @Test
  void theAnswerGoesToWhoAsked() {
    AtomicReference<List<Stanza>> answer = new AtomicReference<>();
    Disposable asking = ask(Duration.ofMinutes(2)).subscribe(answer::set);
    OutboundStanza asked = sent.get(0);
    assertThat(asked.id()).hasSize(24).isNotEqualTo("mine");

    Iq result = iq("result", asked.id(), ANN, BOT);
    assertThat(queries.take(result)).isTrue();
    assertThat(answer.get()).containsExactly(result);
    assertThat(queries.waiting()).isZero();
    // The same answer again belongs to nobody.
    assertThat(queries.take(result)).isFalse();
    asking.dispose();
  }

  @Test
  void noIdIsGivenTwice() {
    for (int i = 0; i < Queries.MAX_WAITING; i++) {
      ask(Duration.ofMinutes(2)).subscribe();
    }
    assertThat(new HashSet<>(sent.stream().map(OutboundStanza::id).toList()))
        .hasSize(Queries.MAX_WAITING);
  }

  @Test
  void onlyWhoWasAskedCanAnswer() {
    List<Stanza> answers = new ArrayList<>();
    ask(Duration.ofMinutes(2)).subscribe(answers::addAll);
    String id = sent.get(0).id();
    assertThat(queries.take(iq("result", id, Jid.of("eve@example.org/phone"), BOT))).isFalse();
    assertThat(queries.take(iq("result", id, Jid.of("ann@example.org/other"), BOT))).isFalse();
    assertThat(queries.take(iq("result", id, ANN, Jid.of("other@gw.example")))).isFalse();
    assertThat(queries.take(iq("result", "mine", ANN, BOT))).isFalse();
    assertThat(queries.take(iq("result", null, ANN, BOT))).isFalse();
    assertThat(queries.take(iq("get", id, ANN, BOT))).isFalse();
    assertThat(answers).isEmpty();
    // Written in another way, it is still she.
    assertThat(queries.take(iq("error", id, Jid.of("Ann@EXAMPLE.org/phone"), BOT))).isTrue();
    assertThat(answers).hasSize(1);
  }

  @Test
  void givesUpInTime() {
    StepVerifier.withVirtualTime(() -> ask(Duration.ofMinutes(2)))
        .expectSubscription()
        .expectNoEvent(Duration.ofMinutes(2).minusMillis(1))
        .thenAwait(Duration.ofMillis(1))
        .verifyErrorSatisfies(e -> assertFailed(e, Reason.TIMEOUT));
    assertThat(queries.waiting()).isZero();
  }

  @Test
  void isBoundedAndForgetsWhoeverLeaves() {
    List<Disposable> asking = new ArrayList<>();
    for (int i = 0; i < Queries.MAX_WAITING; i++) {
      asking.add(ask(Duration.ofMinutes(2)).subscribe());
    }
    StepVerifier.create(ask(Duration.ofMinutes(2)))
        .verifyErrorSatisfies(e -> assertFailed(e, Reason.TOO_MANY));
    assertThat(sent).hasSize(Queries.MAX_WAITING);
    asking.forEach(Disposable::dispose);
    assertThat(queries.waiting()).isZero();
    assertThat(queries.take(iq("result", sent.get(0).id(), ANN, BOT))).isFalse();
  }

  @Test
  void aLostStreamEndsAll() {
    StepVerifier.create(ask(Duration.ofMinutes(2)))
        .then(queries::streamLost)
        .verifyErrorSatisfies(e -> assertFailed(e, Reason.STREAM_LOST));
    assertThat(queries.waiting()).isZero();
  }

  @Test
  void whatCannotBeSentIsNoQuestion() {
    Queries away = new Queries(stanzas -> Mono.error(new IllegalStateException("away")));
    StepVerifier.create(away.ask(question("ping", "urn:xmpp:ping"), Duration.ofMinutes(2)))
        .verifyErrorMessage("away");
    assertThat(away.waiting()).isZero();
  }

  @Test
  void whatAnArchiveFindsComesBeforeTheAnswer() {
    List<Stanza> answers = new ArrayList<>();
    queries
        .ask(question("query", Queries.ARCHIVE), Duration.ofMinutes(2))
        .subscribe(answers::addAll);
    Message found = found("q", ANN);
    assertThat(queries.take(found)).isTrue();
    assertThat(queries.take(found("other", ANN))).isFalse();
    assertThat(queries.take(found("q", Jid.of("eve@example.org/phone")))).isFalse();
    Iq end = iq("result", sent.get(0).id(), ANN, BOT);
    assertThat(queries.take(end)).isTrue();
    assertThat(answers).containsExactly(found, end);
  }

  @Test
  void whatAnArchiveFindsIsBounded() {
    StepVerifier.create(queries.ask(question("query", Queries.ARCHIVE), Duration.ofMinutes(2)))
        .then(
            () -> {
              for (int i = 0; i <= Query.MAX_FOUND; i++) {
                queries.take(found("q", ANN));
              }
            })
        .verifyErrorSatisfies(e -> assertFailed(e, Reason.TOO_LARGE));
  }

  private static void assertFailed(Throwable e, Reason reason) {
    assertThat(e).isInstanceOf(QueryFailedException.class).hasMessageNotContaining("\n");
    assertThat(((QueryFailedException) e).reason()).isEqualTo(reason);
  }

  private Mono<List<Stanza>> ask(Duration timeout) {
    return queries.ask(question("ping", "urn:xmpp:ping"), timeout);
  }

  private static OutboundStanza question(String name, String namespace) {
    return OutboundStanza.of(
        OutboundStanza.builder(StanzaKind.IQ, ANN, BOT)
            .attribute("type", "get")
            .attribute("id", "mine")
            .child(
                XmlElement.builder(namespace, name)
                    .attribute("queryid", namespace.equals(Queries.ARCHIVE) ? "q" : null)
                    .build())
            .build());
  }

  private static Iq iq(String type, @Nullable String id, Jid from, Jid to) {
    return new Iq(new StanzaHeader(to, from, id, type, null), 0, List.of(), StanzaXml.of("<iq/>"));
  }

  private static Message found(String queryId, Jid from) {
    return new Message(
        new StanzaHeader(BOT, from, null, null, null),
        null,
        null,
        null,
        List.of(new PayloadName(Queries.ARCHIVE, "result")),
        StanzaXml.of(
            "<message xmlns='%s'><result xmlns='%s' queryid='%s'/></message>"
                .formatted(Namespaces.CLIENT, Queries.ARCHIVE, queryId)));
  }
}
