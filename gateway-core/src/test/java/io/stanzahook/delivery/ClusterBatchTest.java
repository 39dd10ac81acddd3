package io.stanzahook.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.cluster.ClusterJournal;
import io.stanzahook.cluster.MemoryLog;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.Stanzas;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.test.publisher.TestPublisher;

/** Batches of messages from the log of a cluster. */
class ClusterBatchTest extends BatchFixture {
  private static final Pattern ID = Pattern.compile("id=['\"]([^'\"]+)['\"]");
  private static final String ANN = "ann@localhost/x";
  private static final String BOB = "bob@localhost/x";
  private static final String CAT = "cat@localhost/x";

  private final MemoryLog log = new MemoryLog();

  /** A process begins, with what the one before left unfinished. */
  private TestPublisher<Stanza> begin(int batch) {
    log.reopen();
    return start(
        dispatcher(
            batched(1, batch),
            ClusterJournal.opener(
                "gw.localhost", log, Runnable::run, clock(), Duration.ofMinutes(1))));
  }

  private static String id(String xml) {
    Matcher matcher = ID.matcher(xml);
    assertThat(matcher.find()).isTrue();
    return requireNonNull(matcher.group(1));
  }

  private List<String> unfinished() {
    return log.unfinished().stream().map(each -> id(new String(each.stanza(), UTF_8))).toList();
  }

  private List<String> replies() {
    return log.replies().stream().map(ClusterBatchTest::id).toList();
  }

  @Test
  void conversationsKeepTheirOrder_andEachMessageIsFinishedOnceItsReplyIsReplicated() {
    TestPublisher<Stanza> stream = begin(3);
    stream.next(message(ANN, "1"), message(ANN, "2"), message(BOB, "3"), message(ANN, "4"));
    log.settleDown();
    assertThat(posts).containsExactly("1#1 at 0");
    answerEach(reply("1"));
    assertThat(posts).last().isEqualTo("3+2+4#1 at 0");
    assertThat(unfinished()).as("its reply is on its way").containsExactly("1", "2", "3", "4");
    log.settleDown();
    assertThat(unfinished()).containsExactly("2", "3", "4");

    log.hold(true);
    answerEach(nothing(), reply("2"), reply("4"));
    assertThat(unfinished()).as("it has no reply").containsExactly("2", "4");
    log.acknowledge(1);
    assertThat(unfinished()).containsExactly("4");
    log.acknowledge(1);
    assertThat(unfinished()).isEmpty();
    assertThat(replies()).containsExactly("re-1", "re-2", "re-4");
    assertThat(log.held()).isZero();
  }

  @Test
  void afterACrash_whatIsNotFinishedIsPostedAgain_inOrder_underItsId() {
    TestPublisher<Stanza> stream = begin(3);
    stream.next(message(ANN, "0"), message(ANN, "1"), message(BOB, "2"), message(ANN, "3"));
    log.settleDown();
    answerEach(nothing());
    assertThat(posts).last().isEqualTo("2+1+3#1 at 0");
    String third = call(0).batch().webhookId(2);
    log.hold(true);
    answerEach(nothing(), reply("1"), reply("3"));
    log.acknowledge(1);

    posts.clear();
    log.hold(false);
    begin(3);
    log.settleDown();
    assertThat(posts).as("1 and 2 are finished").containsExactly("3#1 at 0");
    assertThat(call(0).batch().webhookId(0)).isEqualTo(third);
    answerEach(reply("3"));
    log.settleDown();
    assertThat(unfinished()).isEmpty();
  }

  @Test
  void aBatchWhosePartitionHasAnotherOwnerIsForgotten_andComesAgain() {
    TestPublisher<Stanza> stream = begin(3);
    stream.next(message(ANN, "0"), message(ANN, "1"), message(BOB, "2"), message(ANN, "3"));
    log.settleDown();
    answerEach(nothing());
    BatchCall lost = call(0);
    log.listener().lost(Set.of(log.ownership()));
    assertThat(log.held()).isZero();
    lost.sink().success(failure(Outcome.ANSWERED, 503, null));
    assertThat(recorder.retrying).isEmpty();

    log.takeAgain();
    log.settleDown();
    assertThat(posts).last().isEqualTo("1#1 at 0");
    answerEach(reply("1"));
    assertThat(posts).last().isEqualTo("2+3#1 at 0");
    answerEach(reply("2"), reply("3"));
    log.settleDown();
    assertThat(unfinished()).isEmpty();
    assertThat(replies()).containsExactly("re-1", "re-2", "re-3");
  }

  @Test
  void aDeadLetterOfABatchIsFinishedByItself() {
    TestPublisher<Stanza> stream = begin(3);
    stream.next(message(ANN, "0"), message(ANN, "1"), message(BOB, "2"), message(CAT, "3"));
    log.settleDown();
    answerEach(nothing());
    log.hold(true);
    assertThat(posts).last().isEqualTo("2+3+1#1 at 0");
    answerEach(status(400), nothing(), nothing());
    assertThat(unfinished()).containsExactly("2");
    log.hold(false);
    log.settleDown();
    assertThat(unfinished()).isEmpty();
    assertThat(requireNonNull(log.deadLetters().newest(Long.MAX_VALUE, 10).block()))
        .singleElement()
        .satisfies(
            letter ->
                assertThat(Stanzas.of(new String(letter.record().stanza(), UTF_8)).id())
                    .isEqualTo("2"));
  }
}
