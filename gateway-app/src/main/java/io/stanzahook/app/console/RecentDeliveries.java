package io.stanzahook.app.console;

import io.stanzahook.app.console.SeenDelivery.Outcome;
import io.stanzahook.app.logging.Flags;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The last deliveries. The oldest is forgotten first, and comes back only if it is called again.
 * Any thread may use it; events hold a lock for a moment.
 */
public final class RecentDeliveries implements DeliveryListener, WireListener {
  /** The maximum number of kept attempts of one delivery: the last ones. */
  static final int MAX_ATTEMPTS = 20;

  /** The maximum number of kept batches of one delivery: the last ones. */
  static final int MAX_BATCHES = 4;

  /** The maximum number of kept reasons for dropped replies of one delivery. */
  static final int MAX_DROPPED = 10;

  /** The kept beginning of a body, in bytes or characters. */
  static final int MAX_BODY = 8 * 1024;

  /** The maximum number of kept exchanges of one delivery: the last ones. */
  static final int MAX_EXCHANGES = 5;

  /** The maximum number of kept headers of a message. */
  static final int MAX_HEADERS = 50;

  /** The characters of a message's body that a list shows. */
  static final int MAX_PREVIEW = 120;

  /** The kept characters of an id, a type or a detail. */
  static final int MAX_TEXT = 500;

  /** A larger stanza is not kept whole, and cannot be delivered again. */
  static final int MAX_WHOLE = 64 * 1024;

  /** With a file, deliveries that have not ended and are not shown any more. */
  static final int MAX_OPEN = 10_000;

  private final int most;
  private final boolean bodies;
  private final @Nullable DeliveryFile file;
  private final InstantSource clock;
  private final Map<String, KeptDelivery> entries = new LinkedHashMap<>();

  /** Not shown any more, and followed to their end for the file. */
  private final Map<String, KeptDelivery> open = new LinkedHashMap<>();

  private volatile UnaryOperator<String> shown = UnaryOperator.identity();
  private long revision;

  /**
   * Deliveries that wait for their first call. They are at most half of all, so that they do not
   * hide failures.
   */
  private int waiting;

  /**
   * An empty log.
   *
   * @param most the maximum number of deliveries, 1 or more
   * @param bodies whether to keep the contents of stanzas and responses
   */
  public RecentDeliveries(int most, boolean bodies) {
    this(most, bodies, null);
  }

  /**
   * An empty log.
   *
   * @param most deliveries at most, 1 or more
   * @param bodies whether to keep what stanzas and responses hold
   * @param file gets the deliveries that have ended; null for none
   */
  public RecentDeliveries(int most, boolean bodies, @Nullable DeliveryFile file) {
    this(most, bodies, file, InstantSource.system());
  }

  RecentDeliveries(int most, boolean bodies, @Nullable DeliveryFile file, InstantSource clock) {
    this.file = file;
    this.most = most;
    this.bodies = bodies;
    this.clock = clock;
  }

  /** Sets how a line that names an endpoint is shown, for calls that end from now on. */
  public void show(UnaryOperator<String> lines) {
    shown = lines;
  }

  /** Where deliveries are kept that have ended; null for nowhere. */
  public @Nullable DeliveryFile file() {
    return file;
  }

  /** Whether it keeps what stanzas and responses hold. */
  public boolean hasBodies() {
    return bodies;
  }

  /** Grows with each change of any delivery. */
  public long revision() {
    synchronized (entries) {
      return revision;
    }
  }

  /** The delivery with that webhook-id, or null. */
  public @Nullable SeenDelivery find(String webhookId) {
    synchronized (entries) {
      KeptDelivery entry = entries.get(webhookId);
      return entry == null ? null : entry.seen();
    }
  }

  /** All deliveries, the newest first. */
  public List<SeenDelivery> all() {
    return since(0);
  }

  /** The deliveries that changed after a revision, the newest first. */
  public List<SeenDelivery> since(long seen) {
    List<SeenDelivery> changed = new ArrayList<>();
    synchronized (entries) {
      for (KeptDelivery entry : entries.values()) {
        if (entry.changed > seen) {
          changed.add(entry.seen());
        }
      }
    }
    Collections.reverse(changed);
    return changed;
  }

  /** The deliveries that were called in a batch and are still here, by their places. */
  public List<BatchMember> batch(String id) {
    List<BatchMember> members = new ArrayList<>();
    synchronized (entries) {
      for (KeptDelivery entry : entries.values()) {
        SeenBatch in = entry.in(id);
        if (in != null) {
          members.add(new BatchMember(in, entry.webhookId(), entry.stanza));
        }
      }
    }
    members.sort(Comparator.comparingInt(member -> member.batch().place()));
    return members;
  }

  /** The whole stanza of a delivery; null if it or the delivery is not kept. */
  public @Nullable Stanza stanza(String webhookId) {
    synchronized (entries) {
      KeptDelivery entry = entries.get(webhookId);
      return entry == null ? null : entry.stanza;
    }
  }

  @Override
  public void waiting(Stanza stanza, String webhookId) {
    synchronized (entries) {
      if (waiting < Math.max(1, most / 2) && get(webhookId) == null) {
        become(Outcome.WAITING, begun(stanza, webhookId));
      }
    }
  }

  @Override
  public void waitingRefused(Stanza stanza, String webhookId, RefusalReason reason) {
    synchronized (entries) {
      KeptDelivery entry = get(webhookId);
      if (entry != null) {
        entry.problem = "refused without a call: " + reason.label();
        become(Outcome.GIVEN_UP, entry);
        end(entry, webhookId);
      }
    }
  }

  @Override
  public void calling(Stanza stanza, String webhookId, int attempt) {
    synchronized (entries) {
      KeptDelivery entry = begun(stanza, webhookId);
      entry.begun = attempt;
      become(Outcome.CALLING, entry);
    }
  }

  /** Each knows the batch of its last call. */
  @Override
  public void calling(Batch batch) {
    synchronized (entries) {
      for (int i = 0; i < batch.size(); i++) {
        calling(batch.stanza(i), batch.webhookId(i), batch.attempt(i));
        KeptDelivery entry = get(batch.webhookId(i));
        if (entry != null) {
          entry.add(new SeenBatch(batch.id(), batch.size(), i, batch.attempt(), batch.attempt(i)));
        }
      }
    }
  }

  @Override
  public void retrying(
      Stanza stanza, String webhookId, int attempt, WebhookResult.Failed failed, long in) {
    synchronized (entries) {
      KeptDelivery entry = get(webhookId);
      if (entry != null) {
        entry.nextAt = clock.millis() + TimeUnit.NANOSECONDS.toMillis(in);
        entry.changed = ++revision;
      }
    }
  }

  @Override
  public void answerHeld(Stanza stanza, String webhookId, long nanos, boolean first) {
    synchronized (entries) {
      KeptDelivery entry = get(webhookId);
      if (entry != null) {
        become(Outcome.ANSWER_HELD, entry);
        entry.nextAt = clock.millis() + TimeUnit.NANOSECONDS.toMillis(nanos);
      }
    }
  }

  private void become(Outcome next, KeptDelivery entry) {
    waiting += (next == Outcome.WAITING ? 1 : 0) - (entry.outcome == Outcome.WAITING ? 1 : 0);
    entry.become(next, ++revision);
  }

  @Override
  public void called(
      Stanza stanza, String webhookId, int attempt, WebhookResult result, long nanos) {
    if (result instanceof WebhookResult.Failed failed) {
      if (failed.outcome() == WebhookResult.Outcome.HELD_BACK) {
        heldBack(webhookId, attempt);
      } else {
        String detail = cut(Flags.named(failed.detail()));
        failed(
            webhookId,
            failed,
            new SeenAttempt(
                attempt,
                failed.outcome().label(),
                failed.status(),
                nanos,
                shown.apply(detail),
                clock.millis()));
      }
    } else if (result instanceof WebhookResult.Answered answered) {
      String response = bodies ? xml(answered.replies()) : "";
      synchronized (entries) {
        KeptDelivery entry = get(webhookId);
        if (entry != null) {
          entry.add(new SeenAttempt(attempt, "ok", answered.status(), nanos, "", clock.millis()));
          entry.replies = answered.replies().size();
          entry.response = response;
          become(Outcome.ANSWERED, entry);
        }
      }
    }
  }

  /** No call was made, so it does not count. */
  private void heldBack(String webhookId, int attempt) {
    synchronized (entries) {
      KeptDelivery entry = get(webhookId);
      if (entry != null) {
        entry.begun = attempt - 1;
        become(Outcome.HELD_BACK, entry);
      }
    }
  }

  private void failed(String webhookId, WebhookResult.Failed failed, SeenAttempt attempt) {
    String response = bodies ? cutBody(failed.response()) : "";
    synchronized (entries) {
      KeptDelivery entry = get(webhookId);
      if (entry != null) {
        entry.add(attempt);
        entry.response = response;
        become(Outcome.RETRYING, entry);
      }
    }
  }

  @Override
  public void gaveUp(Stanza stanza, String webhookId, int attempts, WebhookResult.Failed failed) {
    synchronized (entries) {
      become(Outcome.GIVEN_UP, begun(stanza, webhookId));
    }
  }

  @Override
  public void buried(Stanza stanza, String webhookId, String cause) {
    synchronized (entries) {
      become(Outcome.BURIED, begun(stanza, webhookId));
    }
  }

  @Override
  public void dropped(Stanza stanza, String webhookId, DroppedReply reply) {
    synchronized (entries) {
      KeptDelivery entry = get(webhookId);
      if (entry != null && entry.dropped.size() < MAX_DROPPED) {
        entry.dropped.add(reply.reason().label() + ": " + cut(reply.detail()));
        if (bodies && !reply.response().isEmpty()) {
          entry.response = cutBody(reply.response());
        }
        become(
            isUnreadable(reply) && !entry.outcome.isEnd() ? Outcome.UNREADABLE : entry.outcome,
            entry);
      }
    }
  }

  private static boolean isUnreadable(DroppedReply reply) {
    return reply.reason() == DroppedReply.Reason.UNREADABLE
        || reply.reason() == DroppedReply.Reason.TOO_LARGE;
  }

  @Override
  public void settled(Stanza stanza, String webhookId, long nanos) {
    synchronized (entries) {
      KeptDelivery entry = get(webhookId);
      if (entry != null) {
        entry.nanos = nanos;
        become(entry.outcome.isEnd() ? entry.outcome : Outcome.SETTLED, entry);
        end(entry, webhookId);
      }
    }
  }

  @Override
  public void requested(String webhookId, int attempt, SeenMessage request) {
    SeenExchange exchange = new SeenExchange(attempt, request.shortened(), null, "");
    synchronized (entries) {
      for (KeptDelivery entry : with(webhookId)) {
        entry.add(exchange);
        become(entry.outcome, entry);
      }
    }
  }

  /** The delivery with this id, or those in the batch with this id. Under the lock. */
  private List<KeptDelivery> with(String webhookId) {
    KeptDelivery entry = get(webhookId);
    return entry == null
        ? entries.values().stream().filter(each -> isNowIn(each, webhookId)).toList()
        : List.of(entry);
  }

  private static boolean isNowIn(KeptDelivery entry, String batch) {
    SeenBatch last = entry.lastBatch();
    return last != null && last.id().equals(batch);
  }

  @Override
  public void responded(String webhookId, int attempt, SeenMessage response) {
    ended(webhookId, attempt, response.shortened(), "");
  }

  @Override
  public void unanswered(String webhookId, int attempt, String problem) {
    ended(webhookId, attempt, null, cut(problem));
  }

  private void ended(
      String webhookId, int attempt, @Nullable SeenMessage response, String problem) {
    synchronized (entries) {
      for (KeptDelivery entry : with(webhookId)) {
        entry.end(attempt, response, problem);
        become(entry.outcome, entry);
      }
    }
  }

  private @Nullable KeptDelivery get(String webhookId) {
    KeptDelivery entry = entries.get(webhookId);
    return entry == null ? open.get(webhookId) : entry;
  }

  /** It has ended: the file gets it. */
  private void end(KeptDelivery entry, String webhookId) {
    entry.over = true;
    if (file != null) {
      open.remove(webhookId);
      file.add(entry.seen(), entry.stanza);
    }
  }

  private void forget(Iterator<KeptDelivery> oldest) {
    KeptDelivery forgotten = oldest.next();
    oldest.remove();
    if (file != null && !forgotten.over) {
      open.put(forgotten.webhookId(), forgotten);
      if (open.size() > MAX_OPEN) {
        Iterator<KeptDelivery> first = open.values().iterator();
        forgotten = first.next();
        first.remove();
      } else {
        return;
      }
    }
    if (forgotten.outcome == Outcome.WAITING) {
      waiting--;
    }
  }

  /** The delivery's entry, under the lock. */
  private KeptDelivery begun(Stanza stanza, String webhookId) {
    KeptDelivery entry = get(webhookId);
    if (entry == null) {
      entry =
          new KeptDelivery(
              stanza,
              webhookId,
              clock.millis(),
              bodies && stanza.xml().utf8().length <= MAX_WHOLE,
              bodies ? preview(stanza) : "",
              bodies ? xml(stanza) : "");
      entries.put(webhookId, entry);
      if (entries.size() > most) {
        forget(entries.values().iterator());
      }
    }
    return entry;
  }

  private static String preview(Stanza stanza) {
    String body = stanza instanceof Message message ? message.body() : null;
    return body == null || body.length() <= MAX_PREVIEW
        ? Objects.requireNonNullElse(body, "")
        : body.substring(0, MAX_PREVIEW);
  }

  private static String xml(Stanza stanza) {
    byte[] utf8 = stanza.xml().utf8();
    return new String(utf8, 0, Math.min(utf8.length, MAX_BODY), StandardCharsets.UTF_8);
  }

  private static String xml(List<OutboundStanza> replies) {
    StringBuilder text = new StringBuilder();
    for (OutboundStanza reply : replies) {
      if (text.length() < MAX_BODY) {
        text.append(XmlWriter.write(reply.element())).append('\n');
      }
    }
    return cutBody(text.toString());
  }

  private static String cutBody(String text) {
    return text.length() <= MAX_BODY ? text : text.substring(0, MAX_BODY);
  }

  static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
  }

  static @Nullable String cutOrNull(@Nullable String text) {
    return text == null ? null : cut(text);
  }
}
