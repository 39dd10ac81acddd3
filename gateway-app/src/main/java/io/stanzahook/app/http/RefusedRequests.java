package io.stanzahook.app.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.stanzahook.app.credentials.ApiCaller;
import io.stanzahook.app.logging.FloodGate;
import io.stanzahook.app.logging.Intervals;
import io.stanzahook.app.logging.LogText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts and logs requests that are refused because of who sends them, or how often. Within ten
 * seconds, the first of a kind and caller is a line with the remedy, and the others become one line
 * with their number. Any thread may call it.
 */
public final class RefusedRequests implements AutoCloseable {
  /** The meter, by {@code credential} and {@code reason}. */
  static final String METER = "stanzahook.api.refused";

  /** The value of the label {@code credential} for unknown callers. */
  static final String UNKNOWN = "unknown";

  /** The maximum number of names in the meter. After many reloads there may be more callers. */
  static final int MAX_LABELS = 2_000;

  private static final Logger log = LoggerFactory.getLogger(RefusedRequests.class);

  private record Kind(String who, String reason) implements Comparable<Kind> {
    @Override
    public int compareTo(Kind other) {
      int order = who.compareTo(other.who);
      return order == 0 ? reason.compareTo(other.reason) : order;
    }
  }

  private final MeterRegistry registry;
  private final Intervals intervals = new Intervals();
  private final java.util.Set<String> labels = java.util.concurrent.ConcurrentHashMap.newKeySet();
  private final FloodGate<Kind> gate =
      new FloodGate<Kind>(
          1,
          intervals,
          new FloodGate.Sums<Kind>() {
            @Override
            public void more(Kind kind, int count) {
              log.warn(
                  "{} more requests of {} were refused within {} s ({})",
                  count,
                  kind.who(),
                  FloodGate.INTERVAL.toSeconds(),
                  kind.reason());
            }

            @Override
            public void others(int count) {
              log.warn(
                  "{} more requests of others were refused within {} s",
                  count,
                  FloodGate.INTERVAL.toSeconds());
            }
          });

  /** Counts in these metrics. */
  public RefusedRequests(MeterRegistry registry) {
    this.registry = registry;
    count(UNKNOWN, "credentials", 0);
  }

  private void count(String credential, String reason, int by) {
    boolean known = labels.contains(credential) || labels.size() < MAX_LABELS;
    if (known) {
      labels.add(credential);
    }
    Counter.builder(METER)
        .description(
            "Requests that were refused for who made them, or how often. `credential` is the name"
                + " or the line in --api-token-file, or in --hook-secret-file.")
        .tag("credential", known ? credential : "other")
        .tag("reason", reason)
        .register(registry)
        .increment(by);
  }

  /** Counts wrong credentials from an address. */
  void wrongCredentials(String address, String method, String path) {
    count(UNKNOWN, "credentials", 1);
    String who = "address " + address;
    if (gate.passes(new Kind(who, "credentials"))) {
      log.warn(
          "{} {} from {}: these credentials are not in the --api-token-file. If they should be,"
              + " compare them with its lines, and reload; if not, somebody may be guessing: after"
              + " {} wrong ones a minute answers to that address are slowed, and a firewall can"
              + " keep it out",
          LogText.of(method),
          LogText.of(path),
          address,
          Guesses.MAX_AT_ONCE);
    }
  }

  /** Counts a hook with a wrong signature. */
  void badSignature(String address, String method, String path, String why, String remedy) {
    count(UNKNOWN, "signature", 1);
    if (gate.passes(new Kind("address " + address, "signature"))) {
      log.warn(
          "{} {} from {}: {}. Nothing was sent. If you know the sender, {}",
          LogText.of(method),
          LogText.of(path),
          address,
          why,
          remedy);
    }
  }

  /** Counts a request that a known caller may not make, or not now. */
  public void refused(ApiCaller caller, String reason, String method, String path, String why) {
    count(caller.label(), reason, 1);
    if (gate.passes(new Kind(caller.described(), reason))) {
      log.warn("{} {} of {}: {}", LogText.of(method), LogText.of(path), caller.described(), why);
    }
  }

  /** Logs that connections are closed because there are too many. */
  void tooManyConnections(String whose, String what) {
    if (gate.passes(new Kind(whose, "connections"))) {
      log.warn("{}", what);
    }
  }

  /** Logs what was counted until now. */
  @Override
  public void close() {
    intervals.close();
  }
}
