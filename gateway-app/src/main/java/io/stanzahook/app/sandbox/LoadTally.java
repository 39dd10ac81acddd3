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
 * Counts the answers to a load. The resource of the sender is the number of the message, so a reply
 * shows which message it answers, whatever else the webhook writes.
 *
 * <p>Latencies count from the moment a message was due, not from when it was sent: a sender that is
 * held back must not hide how long the messages it could not send would have waited (coordinated
 * omission).
 */
final class LoadTally {
  private static final long MAX_MICROS = TimeUnit.HOURS.toMicros(1);
  private static final int DIGITS = 3;

  private final int count;
  private final int rate;

  /** One bit for each message: whether something came back. */
  private final AtomicIntegerArray seen;

  private final Histogram latencies = new ConcurrentHistogram(MAX_MICROS, DIGITS);

  /** Of the later half of the messages: by then the JVM has compiled what is used much. */
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

  /** The schedule begins now. */
  void begin() {
    start = nanoTime.getAsLong();
    last = start;
  }

  /** When that message is due, by {@link System#nanoTime}. */
  long due(int number) {
    return start + (long) (number * 1e9 / rate);
  }

  /** How many messages are due by now. */
  int dueNow() {
    return (int) Math.min(count, (long) ((nanoTime.getAsLong() - start) * (double) rate / 1e9) + 1);
  }

  /** To be told of what the gateway sends. */
  ComponentServerListener server() {
    return new ComponentServerListener() {
      @Override
      public void received(Stanza stanza) {
        reply(stanza.to().resource(), stanza.isError());
      }
    };
  }

  /** To be told of webhook calls that lead to nothing that is sent. */
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
   * Something came back.
   *
   * @param resource that of its addressee
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
      // A webhook could answer a message that it only guesses will come.
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
   * @param wanted whether the webhook wanted it so
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

  /** Messages of which it is known what became of them. */
  long done() {
    return answered.sum() + errors.sum() + silent.sum();
  }

  /** When something last came back, by {@link System#nanoTime}. */
  long last() {
    return last;
  }

  /** What there is so far. */
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
