package io.stanzahook.delivery;

import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.wire.KeptStanzaReader;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What journals that outlive the process have in common: which deliveries they keep, as what, and
 * how these come back. Belongs to the dispatcher's turns, but for {@link #resume}.
 */
public final class KeptMessages {
  private static final Logger log = LoggerFactory.getLogger(KeptMessages.class);

  private final String domain;
  private final String place;
  private final Executor executor;
  private final DispatchClock clock;
  private final Journal.Deliveries deliveries;
  private final KeptStanzaReader reader;

  /**
   * Of one component.
   *
   * @param place where they are kept, for people: {@code spool}
   * @param executor where to go on with what comes from there
   * @param deliveries who gets them back
   */
  public KeptMessages(
      String domain,
      String place,
      Executor executor,
      DispatchClock clock,
      Journal.Deliveries deliveries) {
    this.domain = domain;
    this.place = place;
    this.executor = executor;
    this.clock = clock;
    this.deliveries = deliveries;
    this.reader = new KeptStanzaReader(domain);
  }

  /** Messages: an iq must be answered in time, and a presence is soon outdated. */
  public static boolean areKept(Stanza stanza) {
    return stanza.kind() == StanzaKind.MESSAGE;
  }

  /** What is set is meant for what is kept; others are tried as long as they would be without. */
  public static Duration retryForOthers(Duration retryFor) {
    Duration usual = RetrySettings.DEFAULT_RETRY_FOR;
    return retryFor.compareTo(usual) > 0 ? usual : retryFor;
  }

  /** What is kept of a delivery. */
  public KeptStanza record(Delivery delivery) {
    Stanza stanza = delivery.stanza;
    long ago = clock.nanoTime().getAsLong() - delivery.received;
    return new KeptStanza(
        delivery.webhookId,
        clock.millis().getAsLong() - TimeUnit.NANOSECONDS.toMillis(ago),
        lang(stanza),
        stanza.xml().utf8(),
        delivery.redelivered);
  }

  /** One that is longer than any is stands in the stanza's own XML, or is none. */
  private static @Nullable String lang(Stanza stanza) {
    String lang = stanza.lang();
    return lang == null || lang.length() > KeptStanza.MAX_LANG ? null : lang;
  }

  /** The stanza that was kept; null, to be buried as {@link #unreadable}, if it is none. */
  public @Nullable Stanza stanza(KeptStanza record) {
    Stanza stanza = reader.read(record.stanza(), record.lang());
    if (stanza == null) {
      log.error(
          "{}: what the {} holds for {} is not a stanza; it is a dead letter now",
          domain,
          place,
          record.webhookId());
    }
    return stanza;
  }

  /** Why what is not a stanza becomes a dead letter. */
  public Burial unreadable() {
    return new Burial(clock.millis().getAsLong(), 0, "not_a_stanza", "", "not a stanza", 0, "");
  }

  /** The delivery of a stanza that was kept, at that position. */
  public Delivery delivery(Stanza stanza, KeptStanza record, long position) {
    long now = clock.millis().getAsLong();
    long age = TimeUnit.MILLISECONDS.toNanos(Math.max(0, now - record.receivedAt()));
    Delivery delivery =
        deliveries.delivery(stanza, record.webhookId(), clock.nanoTime().getAsLong() - age);
    delivery.position = position;
    delivery.redelivered = record.redelivered();
    return delivery;
  }

  /** Goes on with a turn, on the thread that calls shall begin on. On any thread. */
  public void resume(Runnable step) {
    try {
      executor.execute(() -> deliveries.take(step));
    } catch (RejectedExecutionException e) {
      // The loops are shut down already; the step itself is all the same to do.
      deliveries.take(step);
    }
  }
}
