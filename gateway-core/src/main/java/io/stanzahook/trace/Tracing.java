package io.stanzahook.trace;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The place of deliveries in traces (W3C Trace Context). Each delivery is a trace, and each attempt
 * is a span in it. Ids are derived from the delivery's {@code webhook-id}, which is unique and
 * random. So no state is needed, and a delivery that is called again after a restart is still in
 * the same trace.
 *
 * <p>Immutable; any thread may use it.
 */
public final class Tracing {
  /** No traces: requests have no {@code traceparent}. */
  public static final Tracing OFF = new Tracing(false, 0, 0);

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final long FIRST_SEED = 0xCBF29CE484222325L;
  private static final long SECOND_SEED = 0x84222325CBF29CE4L;
  private static final long PRIME = 0x100000001B3L;

  /** Bits of a trace's id that decide whether it is sampled. */
  private static final int DECIDING_BITS = 56;

  private final boolean on;
  private final long salt;
  private final long threshold;

  private Tracing(boolean on, double sampled, long salt) {
    this.on = on;
    this.salt = salt;
    this.threshold = (long) (sampled * (1L << DECIDING_BITS));
  }

  /**
   * Traces whose span ids do not repeat after a restart.
   *
   * @param sampled the share of traces that are marked as sampled, from 0 to 1
   * @throws IllegalArgumentException naming the setting
   */
  public static Tracing on(double sampled) {
    return seeded(sampled, new SecureRandom().nextLong());
  }

  static Tracing seeded(double sampled, long salt) {
    if (!(sampled >= 0 && sampled <= 1)) {
      throw new IllegalArgumentException("trace_sample must be from 0 to 1");
    }
    return new Tracing(true, sampled, salt);
  }

  /** Whether requests have a {@code traceparent}. */
  public boolean isOn() {
    return on;
  }

  /**
   * A span of a delivery's own trace.
   *
   * @param attempt 1 for the first attempt; 0 for the delivery as a whole, the parent of its
   *     attempts
   */
  public TraceContext of(String webhookId, int attempt) {
    long high = hash(webhookId, FIRST_SEED);
    long low = hash(webhookId, SECOND_SEED);
    boolean sampled = low >>> (Long.SIZE - DECIDING_BITS) < threshold;
    return new TraceContext(high, low, span(low, attempt), sampled, null);
  }

  /** A delivery's span in a trace of the caller. */
  public TraceContext below(TraceContext parent, String webhookId, int attempt) {
    return parent.withSpan(span(hash(webhookId, SECOND_SEED), attempt));
  }

  private long span(long low, int attempt) {
    return notZero(mix(low ^ salt ^ attempt * GOLDEN));
  }

  private static long hash(String text, long seed) {
    long hash = seed;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * PRIME;
    }
    return notZero(mix(hash));
  }

  /** Spreads a change of one bit over all of them (the last step of MurmurHash3). */
  private static long mix(long value) {
    long x = value;
    x = (x ^ (x >>> 33)) * 0xFF51AFD7ED558CCDL;
    x = (x ^ (x >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return x ^ (x >>> 33);
  }

  private static long notZero(long id) {
    return id == 0 ? 1 : id;
  }

  /** Whether both trace and sample alike. The ids of their spans may differ. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Tracing that && on == that.on && threshold == that.threshold;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(threshold);
  }

  @Override
  public String toString() {
    return on ? "on" : "off";
  }
}
