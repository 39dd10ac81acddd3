package io.stanzahook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.TestSettings;
import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.order.Concurrency;
import io.stanzahook.settings.Settings;
import io.stanzahook.spool.MemorySpool;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import reactor.test.publisher.TestPublisher;

/**
 * Whatever is in batches, and however they fare: each stanza has the outcome that it would have had
 * alone, and the order of its conversation holds, to the webhook and from it.
 */
class BatchPropertyTest {
  private static final List<End> ENDS = List.of(End.values());
  private static final int CONVERSATIONS = 4;

  /** What comes of a stanza in the end. */
  private enum End {
    REPLY("reply"),
    NOTHING("nothing"),
    REFUSED("error"),
    UNREADABLE("unreadable");

    final String seen;

    End(String seen) {
      this.seen = seen;
    }
  }

  /** What a webhook makes of a stanza, alone or not: passing failures, and then the end. */
  private static final class Plan {
    final int conversation;
    final End end;
    int failures;

    Plan(int conversation, End end, int failures) {
      this.conversation = conversation;
      this.end = end;
      this.failures = failures;
    }
  }

  /** A dispatcher and a webhook with plans. */
  private static final class Run extends BatchFixture {
    final Random chance;
    final Map<String, Plan> plans = new LinkedHashMap<>();

    /** What came of each stanza, as the sender and the operator see it. */
    final Map<String, Set<String>> outcomes = new HashMap<>();

    /** Those that the webhook is through with, as it sees it. */
    final Set<String> through = new HashSet<>();

    /** Which stanzas are answered, by conversation, in the order that the answers left in. */
    final Map<Integer, List<String>> left = new HashMap<>();

    final List<String> wrong = new ArrayList<>();
    final boolean answersItems;
    final int batch;
    int wholeFailures = 12;
    private MemorySpool spool;
    private TestPublisher<Stanza> stream = TestPublisher.create();
    private int seen;
    private int dropped;

    Run(long seed, int batch) {
      this.chance = new Random(seed);
      this.batch = batch;
      this.answersItems = chance.nextBoolean();
      this.random = chance.nextDouble();
    }

    void begin(boolean spooled) {
      int concurrency = 1 + chance.nextInt(3);
      DispatchSettings settings =
          // Time is over for none: when it is, depends on how long others take.
          Settings.with(
              TestSettings.dispatch(
                  Set.of(StanzaKind.MESSAGE),
                  new FlowSettings(Concurrency.of(concurrency), 1000, Overload.BACKPRESSURE)
                      .withBatch(
                          new BatchSettings(
                              batch,
                              chance.nextBoolean() ? Duration.ZERO : Duration.ofMillis(300),
                              chance.nextInt(4) == 0 ? 400 : 1 << 20)),
                  Settings.with(RetrySettings.DEFAULT, "retry-for", Duration.ofHours(20))),
              "queue-timeout",
              Duration.ofHours(20));
      stream =
          start(
              spooled
                  ? spooled(
                      settings,
                      listener -> {
                        MemorySpool opened =
                            new MemorySpool(Long.MAX_VALUE, 1000, Runnable::run, listener);
                        if (spool != null) {
                          opened.takeOver(spool);
                        }
                        spool = opened;
                        return opened;
                      })
                  : dispatcher(settings));
    }

    /** All that was in memory is gone; what was POSTed may be POSTed again. */
    void crash() {
      see();
      open.clear();
      through.retainAll(recorder.settled);
      begin(true);
    }

    void step() {
      switch (chance.nextInt(6)) {
        case 0, 1, 2 -> come(1 + chance.nextInt(6));
        case 3, 4 -> end();
        default -> time.advanceTimeBy(Duration.ofMillis(chance.nextInt(2000)));
      }
      see();
    }

    void come(int count) {
      for (int i = 0; i < count; i++) {
        String id = "s" + plans.size();
        Plan plan =
            new Plan(
                chance.nextInt(CONVERSATIONS),
                chance.nextInt(3) > 0 ? End.REPLY : ENDS.get(chance.nextInt(ENDS.size())),
                chance.nextInt(4) == 0 ? 1 + chance.nextInt(2) : 0);
        plans.put(id, plan);
        stream.next(message("c%d@localhost/x".formatted(plan.conversation), id));
      }
    }

    @Override
    void begins(BatchCall call) {
      // Thrown here, it would be taken for a fault of the webhook.
      if (call.ids().size() > batch || new HashSet<>(call.ids()).size() < call.ids().size()) {
        wrong.add("%s for batches of %d".formatted(call.ids(), batch));
      }
      for (int i = 0; i < call.ids().size(); i++) {
        String id = call.ids().get(i);
        if (through.contains(id)) {
          wrong.add("%s is called again".formatted(id));
        }
        for (String before : before(id)) {
          if (!through.contains(before) && !call.ids().subList(0, i).contains(before)) {
            wrong.add("%s is called before %s, which is open".formatted(id, before));
          }
        }
      }
    }

    private List<String> before(String id) {
      List<String> before = new ArrayList<>();
      for (String each : plans.keySet()) {
        if (each.equals(id)) {
          break;
        }
        if (plans.get(each).conversation == plans.get(id).conversation) {
          before.add(each);
        }
      }
      return before;
    }

    /** A call ends in one of the ways that calls end in. */
    void end() {
      if (open.isEmpty()) {
        return;
      }
      BatchCall call = open.get(chance.nextInt(open.size()));
      if (wholeFailures > 0 && chance.nextInt(4) == 0) {
        wholeFailures--;
        Outcome[] passing = {Outcome.NOT_SENT, Outcome.UNKNOWN, Outcome.HELD_BACK};
        call.sink()
            .success(
                failure(passing[chance.nextInt(3)], 0, Duration.ofMillis(chance.nextInt(900))));
        return;
      }
      List<WebhookResult> each = new ArrayList<>();
      for (String id : call.ids()) {
        each.add(result(id));
      }
      if (!answersItems && each.stream().anyMatch(WebhookResult.Failed.class::isInstance)) {
        WebhookResult worst =
            each.stream().filter(WebhookResult.Failed.class::isInstance).findFirst().orElseThrow();
        if (call.ids().size() == 1) {
          noteThrough(call.ids().get(0), worst);
        }
        call.sink().success(worst);
        return;
      }
      for (int i = 0; i < each.size(); i++) {
        noteThrough(call.ids().get(i), each.get(i));
      }
      call.sink().success(new WebhookResult.AnsweredEach(200, each, null));
    }

    private void noteThrough(String id, WebhookResult result) {
      if (!(result instanceof WebhookResult.Failed failed) || failed.status() == 400) {
        through.add(id);
      }
    }

    private WebhookResult result(String id) {
      Plan plan = plans.get(id);
      if (plan.failures > 0) {
        plan.failures--;
        return status(503);
      }
      return switch (plan.end) {
        case REPLY -> reply(id);
        case NOTHING -> nothing();
        case REFUSED -> status(400);
        case UNREADABLE ->
            new WebhookResult.Answered(
                200,
                List.of(),
                List.of(new DroppedReply(DroppedReply.Reason.UNREADABLE, "no JSON")));
      };
    }

    void see() {
      for (; seen < sent.size(); seen++) {
        OutboundStanza stanza = sent.get(seen);
        String id = String.valueOf(stanza.id());
        if (id.startsWith("re-")) {
          outcome(id.substring(3), "reply");
        } else {
          outcome(id, "error");
        }
      }
      for (; dropped < unreadableOnes.size(); dropped++) {
        outcomes
            .computeIfAbsent(unreadableOnes.get(dropped), none -> new HashSet<>())
            .add("unreadable");
      }
    }

    private void outcome(String id, String what) {
      outcomes.computeIfAbsent(id, none -> new HashSet<>()).add(what);
      List<String> answered =
          left.computeIfAbsent(plans.get(id).conversation, none -> new ArrayList<>());
      if (!answered.contains(id)) {
        answered.add(id);
      }
    }

    private final List<String> unreadableOnes = new ArrayList<>();

    {
      also =
          new DeliveryListener() {
            @Override
            public void dropped(Stanza stanza, String webhookId, DroppedReply reply) {
              unreadableOnes.add(String.valueOf(stanza.id()));
            }
          };
    }

    private boolean isOver() {
      return open.isEmpty() && new HashSet<>(recorder.settled).size() == plans.size();
    }

    void finish() {
      for (int i = 0; i < 2000 && !isOver(); i++) {
        while (!open.isEmpty()) {
          end();
        }
        time.advanceTimeBy(Duration.ofSeconds(1));
      }
      see();
    }

    void check() {
      assertThat(wrong).isEmpty();
      assertThat(open).isEmpty();
      Set<String> missing = new LinkedHashSet<>(plans.keySet());
      recorder.settled.forEach(missing::remove);
      assertThat(missing).as("without an end; calls: %s", posts).isEmpty();
      plans.forEach(
          (id, plan) ->
              assertThat(outcomes.getOrDefault(id, Set.of()))
                  .as(id)
                  .isEqualTo(plan.end == End.NOTHING ? Set.of() : Set.of(plan.end.seen)));
      left.forEach(
          (conversation, answered) ->
              assertThat(answered)
                  .as("answers of conversation %d", conversation)
                  .isSortedAccordingTo(
                      (a, b) ->
                          Integer.compare(
                              Integer.parseInt(a.substring(1)), Integer.parseInt(b.substring(1)))));
    }
  }

  @Property(tries = 300)
  void eachHasTheOutcomeThatItWouldHaveHadAlone(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 9) int batch,
      @ForAll @IntRange(min = 5, max = 60) int steps) {
    Run run = new Run(seed, batch);
    run.begin(false);
    for (int i = 0; i < steps; i++) {
      run.step();
    }
    run.finish();
    run.check();
    assertThat(run.recorder.settled).as("each once").doesNotHaveDuplicates();
  }

  @Property(tries = 200)
  void aCrashDeliversAgainWhatWasNotFinished(
      @ForAll long seed,
      @ForAll @IntRange(min = 2, max = 9) int batch,
      @ForAll @IntRange(min = 5, max = 60) int steps) {
    Run run = new Run(seed, batch);
    run.begin(true);
    for (int i = 0; i < steps; i++) {
      run.step();
      if (run.chance.nextInt(12) == 0) {
        run.crash();
      }
    }
    run.finish();
    run.check();
  }
}
