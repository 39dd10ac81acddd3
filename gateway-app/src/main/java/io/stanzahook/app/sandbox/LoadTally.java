package io.stanzahook.app.sandbox;

import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.sandbox.ComponentServerListener;
import io.stanzahook.stanza.Stanza;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Counts the replies to a load. The resource of the sender is the number of the message, so each
 * reply shows which message it answers, whatever its text is.
 *
 * <p>Latencies count from the moment when a message was due, not from when it was sent. Otherwise,
 * a sender that is held back would hide the time that its messages wait (coordinated omission).
 */
final class LoadTally {
  private static final long MAX_MICROS = TimeUnit.HOURS.toMicros(1);
  private static final int DIGITS = 3;

  private final int count;
  private final int rate;

  /** One bit for each message: whether something came back. */
  private final AtomicIntegerArray seen;

  private final Histogram latencies = new ConcurrentHistogram(MAX_MICROS, DIGITS);

  /** Of the second half of the messages, when the JVM has compiled the hot code. */
  private final Histogram later = new ConcurrentHistogram(MAX_MICROS, DIGITS);

  private final LongAdder answered = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final LongAdder silent = new LongAdder();
  private final LongAdder surplus = new LongAdder();
  private final LongSupplier nanoTime;
  private volatile long start;
  private volatile long last;

  LoadTally(int count, int rate) {
    this(count, rate, System::nanoTime);
  }

  LoadTally(int count, int rate, LongSupplier nanoTime) {
    this.count = count;
    this.rate = rate;
    this.nanoTime = nanoTime;
    this.seen = new AtomicIntegerArray((count + Integer.SIZE - 1) / Integer.SIZE);
  }

  /** Starts the schedule. */
  void begin() {
    start = nanoTime.getAsLong();
    last = start;
  }

  /** When a message is due, by {@link System#nanoTime}. */
  long due(int number) {
    return start + (long) (number * 1e9 / rate);
  }

  /** How many messages are due by now. */
  int dueNow() {
    return (int) Math.min(count, (long) ((nanoTime.getAsLong() - start) * (double) rate / 1e9) + 1);
  }

  /** Observes what the gateway sends. */
  ComponentServerListener server() {
    return new ComponentServerListener() {
      @Override
      public void received(Stanza stanza) {
        reply(stanza.to().resource(), stanza.isError());
      }
    };
  }

  /** Observes webhook calls after which the gateway sends nothing. */
  DeliveryListener deliveries() {
    return new DeliveryListener() {
      @Override
      public void called(
          Stanza stanza, String webhookId, int attempt, WebhookResult result, long nanos) {
        if (result instanceof WebhookResult.Answered answer && answer.replies().isEmpty()) {
          nothing(answer.dropped().isEmpty());
        }
      }
    };
  }

  /**
   * A stanza came back.
   *
   * @param resource of its addressee
   */
  void reply(@Nullable String resource, boolean error) {
    long now = nanoTime.getAsLong();
    int number = number(resource);
    if (number < 0 || !first(number)) {
      surplus.increment();
      return;
    }
    if (error) {
      errors.increment();
    } else {
      answered.increment();
      // The webhook answered a message that was not sent yet.
      long micros = TimeUnit.NANOSECONDS.toMicros(Math.max(0, now - due(number)));
      micros = Math.min(MAX_MICROS, micros);
      latencies.recordValue(micros);
      if (number >= count / 2) {
        later.recordValue(micros);
      }
    }
    last = now;
  }

  /**
   * Nothing will come back.
   *
   * @param wanted whether the webhook chose that
   */
  void nothing(boolean wanted) {
    (wanted ? silent : errors).increment();
    last = nanoTime.getAsLong();
  }

  private int number(@Nullable String resource) {
    try {
      int number = resource == null ? -1 : Integer.parseInt(resource);
      return number < count ? number : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private boolean first(int number) {
    int bit = 1 << (number % Integer.SIZE);
    return (seen.getAndAccumulate(number / Integer.SIZE, bit, (a, b) -> a | b) & bit) == 0;
  }

  /** How many messages are done. */
  long done() {
    return answered.sum() + errors.sum() + silent.sum();
  }

  /** When the last stanza came back, by {@link System#nanoTime}. */
  long last() {
    return last;
  }

  /** The result so far. */
  LoadSummary summary(int sent) {
    return new LoadSummary(
        count,
        rate,
        sent,
        answered.sum(),
        errors.sum(),
        silent.sum(),
        surplus.sum(),
        last - start,
        latencies.copy(),
        later.copy());
  }
}
