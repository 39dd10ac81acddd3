package io.stanzahook.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code traceparent} and {@code tracestate} by W3C Trace Context, and the ids of deliveries. */
class TraceContextTest {
  /** The example of the recommendation. */
  private static final String EXAMPLE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private final Tracing tracing = Tracing.seeded(1, 7);

  @Test
  void readsAndWritesTheExample() {
    TraceContext context = Objects.requireNonNull(TraceContext.parse(EXAMPLE, "congo=t61rcWkgMzE"));

    assertThat(context.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(context.spanId()).isEqualTo("00f067aa0ba902b7");
    assertThat(context.sampled()).isTrue();
    assertThat(context.state()).isEqualTo("congo=t61rcWkgMzE");
    assertThat(context).hasToString(EXAMPLE);
  }

  @Test
  void ofFlagsOnlySampledIsKept() {
    assertThat(TraceContext.parse(EXAMPLE.replaceAll("01$", "ff"), null)).hasToString(EXAMPLE);
    assertThat(TraceContext.parse(EXAMPLE.replaceAll("01$", "fe"), null))
        .hasToString(EXAMPLE.replaceAll("01$", "00"));
  }

  @Test
  void aLaterVersionMayHaveMoreAtItsEnd() {
    String later = EXAMPLE.replaceAll("^00", "cc") + "-what-the-future-brings";

    assertThat(TraceContext.parse(later, null)).hasToString(EXAMPLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x"
      })
  void whatIsNoTraceparentIsNone(String header) {
    assertThat(TraceContext.parse(header, "a=b")).isNull();
  }

  @Property
  void noTextMakesItFail(@ForAll String traceparent, @ForAll String tracestate) {
    assertThat(TraceContext.parse(traceparent, tracestate)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "a=b\r\nX-Evil: 1", "a=\u00fc"})
  void whatIsNoTracestateIsLeftOut(String state) {
    assertThat(Objects.requireNonNull(TraceContext.parse(EXAMPLE, state)).state()).isNull();
  }

  @Test
  void aTracestateThatIsTooLongIsLeftOut() {
    String longest = "a=" + "x".repeat(TraceContext.MAX_STATE - 2);

    assertThat(Objects.requireNonNull(TraceContext.parse(EXAMPLE, longest)).state())
        .isEqualTo(longest);
    assertThat(Objects.requireNonNull(TraceContext.parse(EXAMPLE, longest + "x")).state()).isNull();
  }

  @Property
  void whatIsWrittenIsRead(
      @ForAll long high, @ForAll long low, @ForAll long span, @ForAll boolean sampled) {
    TraceContext context = new TraceContext(high | 1, low, span | 1, sampled, null);

    assertThat(TraceContext.parse(context.toString(), null)).isEqualTo(context);
  }

  @Test
  void attemptsOfADeliveryShareItsTraceAndHaveSpansOfTheirOwn() {
    TraceContext delivery = tracing.of("msg_abc_1", 0);
    Set<String> spans = new HashSet<>(Set.of(delivery.spanId()));
    for (int attempt = 1; attempt <= 50; attempt++) {
      TraceContext context = tracing.of("msg_abc_1", attempt);
      assertThat(context.traceId()).isEqualTo(delivery.traceId());
      assertThat(spans.add(context.spanId())).isTrue();
      assertThat(tracing.of("msg_abc_1", attempt)).isEqualTo(context);
    }
  }

  @Test
  void deliveriesHaveTracesOfTheirOwn() {
    Set<String> traces = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      traces.add(
          tracing.of("msg_abcdefghijklmnopqrstuvwx_" + Integer.toString(i, 36), 1).traceId());
    }
    assertThat(traces).hasSize(100_000);
  }

  @Test
  void anotherStartGivesTheSameTraceAndOtherSpans() {
    TraceContext before = tracing.of("msg_a_1", 1);
    TraceContext after = Tracing.seeded(1, 8).of("msg_a_1", 1);

    assertThat(after.traceId()).isEqualTo(before.traceId());
    assertThat(after.spanId()).isNotEqualTo(before.spanId());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.5, 1})
  void theShareOfSampledTracesIsTheOneAskedFor(double share) {
    Tracing sampling = Tracing.seeded(share, 7);
    int sampled = 0;
    for (int i = 0; i < 20_000; i++) {
      sampled += sampling.of("msg_abc_" + i, 1).sampled() ? 1 : 0;
    }
    assertThat(sampled / 20_000.0).isCloseTo(share, within(0.02));
  }

  /** With what the header map needs for it, a call's header costs some 200 bytes. */
  @Test
  void aHeaderCostsThreeSmallObjects() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int rounds = 10_000;
    int length = 0;
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < rounds; i++) {
      length += tracing.of("msg_abcdefghijklmnopqrstuvwx_1", i).header().length();
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / rounds;

    assertThat(length).isEqualTo(55 * rounds);
    assertThat(each).isLessThanOrEqualTo(160);
  }

  @Test
  void shareBounds() {
    assertThatThrownBy(() -> Tracing.on(1.1)).hasMessageContaining("trace_sample");
    assertThatThrownBy(() -> Tracing.on(Double.NaN)).hasMessageContaining("trace_sample");
  }
}
