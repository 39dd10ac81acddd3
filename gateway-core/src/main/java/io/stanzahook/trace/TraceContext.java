package io.stanzahook.trace;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The place of a span in a trace (W3C Trace Context).
 *
 * <p>The subscriber of a webhook's {@code post} may put it into the Reactor context, with this
 * class as the key. Then it is the parent of that call: the request belongs to its trace, with a
 * span of its own, and carries its {@code tracestate}.
 *
 * <p>Immutable.
 *
 * @param high the first half of the trace's id
 * @param low the second half; not both are 0
 * @param span the span's id, not 0
 * @param sampled whether the trace is being recorded
 * @param state the {@code tracestate} as received, or null
 */
public record TraceContext(
    long high, long low, long span, boolean sampled, @Nullable String state) {

  /** The longest {@code tracestate} that is forwarded. W3C asks for at least this (3.3.1.5). */
  public static final int MAX_STATE = 512;

  private static final int LENGTH = 55;
  private static final int TRACE_AT = 3;
  private static final int SPAN_AT = 36;
  private static final int FLAGS_AT = 53;
  private static final int SAMPLED = 1;
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  /** This, being recorded. */
  public TraceContext asSampled() {
    return new TraceContext(high, low, span, true, state);
  }

  /**
   * Reads the two headers.
   *
   * @param traceparent its value, of any version (W3C Trace Context, 3.2)
   * @param tracestate its value, with its lines joined by commas; left out if it is too long or not
   *     visible ASCII
   * @return null if there is no usable {@code traceparent}, so that a new trace begins
   */
  public static @Nullable TraceContext parse(
      @Nullable String traceparent, @Nullable String tracestate) {
    if (traceparent == null || !isWellFormed(traceparent)) {
      return null;
    }
    long high = hex(traceparent, TRACE_AT, 16);
    long low = hex(traceparent, TRACE_AT + 16, 16);
    long span = hex(traceparent, SPAN_AT, 16);
    if ((high | low) == 0 || span == 0) {
      return null;
    }
    boolean sampled = (hex(traceparent, FLAGS_AT, 2) & SAMPLED) != 0;
    return new TraceContext(high, low, span, sampled, usable(tracestate));
  }

  private static boolean isWellFormed(String text) {
    boolean future = text.length() > LENGTH && text.charAt(LENGTH) == '-';
    if ((text.length() != LENGTH && !future) || text.startsWith("ff")) {
      return false;
    }
    if (future && text.startsWith("00")) {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      boolean dash = i == TRACE_AT - 1 || i == SPAN_AT - 1 || i == FLAGS_AT - 1;
      boolean digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      if (dash ? c != '-' : !digit) {
        return false;
      }
    }
    return true;
  }

  private static long hex(String text, int from, int digits) {
    return Long.parseUnsignedLong(text, from, from + digits, 16);
  }

  private static @Nullable String usable(@Nullable String state) {
    return state == null
            || state.isBlank()
            || state.length() > MAX_STATE
            || !state.chars().allMatch(c -> (c >= ' ' && c < 0x7F) || c == '\t')
        ? null
        : state.trim();
  }

  /**
   * Another span of the same trace.
   *
   * @param other its id, not 0
   */
  public TraceContext withSpan(long other) {
    return new TraceContext(high, low, other, sampled, state);
  }

  /** The trace's id: 32 hexadecimal digits. */
  public String traceId() {
    return text(TRACE_AT, 32);
  }

  /** The span's id: 16 hexadecimal digits. */
  public String spanId() {
    return text(SPAN_AT, 16);
  }

  private String text(int from, int length) {
    return header().subSequence(from, from + length).toString();
  }

  /** The value of {@code traceparent}. */
  public AsciiString header() {
    byte[] text = new byte[LENGTH];
    text[0] = '0';
    text[1] = '0';
    text[TRACE_AT - 1] = '-';
    write(high, text, TRACE_AT);
    write(low, text, TRACE_AT + 16);
    text[SPAN_AT - 1] = '-';
    write(span, text, SPAN_AT);
    text[FLAGS_AT - 1] = '-';
    text[FLAGS_AT] = '0';
    text[FLAGS_AT + 1] = (byte) (sampled ? '1' : '0');
    return new AsciiString(text, false);
  }

  private static void write(long value, byte[] text, int from) {
    for (int i = 0; i < 16; i++) {
      text[from + i] = HEX[(int) (value >>> (60 - 4 * i)) & 0xF];
    }
  }

  /** The value of {@code traceparent}. */
  @Override
  public String toString() {
    return header().toString();
  }
}
