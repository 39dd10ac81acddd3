package io.stanzahook.query;

import io.stanzahook.query.QueryFailedException.Reason;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The iqs of our own that wait for an answer (RFC 6120, 8.2.3). A stanza is the answer if it has
 * the id, which is random, comes from the address that was asked, and goes to the one that asked.
 */
public final class Queries {
  /** The maximum number of waiting iqs. */
  public static final int MAX_WAITING = 128;

  static final String ARCHIVE = "urn:xmpp:mam:2";

  private static final int ID_BYTES = 18;

  private final Function<List<OutboundStanza>, Mono<Void>> outbound;
  private final Supplier<String> mark;
  private final SecureRandom random = new SecureRandom();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger archives = new AtomicInteger();

  /** By id; at most {@link #MAX_WAITING}. */
  private final ConcurrentMap<String, Query> waiting = new ConcurrentHashMap<>();

  /**
   * Nothing waits yet.
   *
   * @param outbound sends, see {@code ComponentStream.send}
   */
  public Queries(Function<List<OutboundStanza>, Mono<Void>> outbound) {
    this(outbound, () -> "");
  }

  /**
   * The same, with ids that say where their answers belong.
   *
   * @param mark what an id begins with
   */
  public Queries(Function<List<OutboundStanza>, Mono<Void>> outbound, Supplier<String> mark) {
    this.outbound = outbound;
    this.mark = mark;
  }

  /** How many wait. */
  public int waiting() {
    return count.get();
  }

  /**
   * Asks, once subscribed to; cancelling forgets the question.
   *
   * @param iq of type get or set; sent with one of our ids instead of its own
   * @param timeout from being subscribed to on
   * @return what an archive found (XEP-0313), and as the last one the answer, an iq of type result
   *     or error; ends with {@link QueryFailedException}, or with the error of sending
   */
  public Mono<List<Stanza>> ask(OutboundStanza iq, Duration timeout) {
    return Mono.defer(() -> start(iq, timeout));
  }

  private Mono<List<Stanza>> start(OutboundStanza iq, Duration timeout) {
    if (count.incrementAndGet() > MAX_WAITING) {
      count.decrementAndGet();
      return Mono.error(
          new QueryFailedException(
              Reason.TOO_MANY, MAX_WAITING + " iqs are already waiting for their answers"));
    }
    String id = newId();
    Query query = new Query(iq, archiveQuery(iq.element()));
    boolean archive = query.queryId() != null;
    if (archive) {
      archives.incrementAndGet();
    }
    waiting.put(id, query);
    OutboundStanza asked = OutboundStanza.of(iq.element().toBuilder().attribute("id", id).build());
    return outbound
        .apply(List.of(asked))
        .then(query.answer())
        .timeout(timeout)
        .onErrorMap(
            java.util.concurrent.TimeoutException.class,
            e ->
                new QueryFailedException(
                    Reason.TIMEOUT, "no answer within %d ms".formatted(timeout.toMillis())))
        .doFinally(
            signal -> {
              waiting.remove(id);
              count.decrementAndGet();
              if (archive) {
                archives.decrementAndGet();
              }
            });
  }

  private String newId() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return mark.get() + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static @Nullable String archiveQuery(XmlElement iq) {
    XmlElement query = iq.child(ARCHIVE, "query");
    if (query == null) {
      return null;
    }
    String id = query.attribute("queryid");
    return id == null ? "" : id;
  }

  /** Whether the stanza belongs to one of our questions. Then nobody else may see it. */
  public boolean take(Stanza stanza) {
    if (stanza.kind() == StanzaKind.PRESENCE || count.get() == 0) {
      return false;
    }
    if (stanza instanceof Iq iq) {
      String id = iq.id();
      Query query = iq.isRequest() || id == null ? null : waiting.get(id);
      return query != null && query.answeredBy(iq);
    }
    return archives.get() > 0
        && stanza instanceof Message message
        && message.hasPayload(ARCHIVE, "result")
        && isFound(message);
  }

  private boolean isFound(Message message) {
    String queryId = queryId(message);
    if (queryId == null) {
      return false;
    }
    for (Query query : waiting.values()) {
      if (queryId.equals(query.queryId()) && query.found(message)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String queryId(Message message) {
    try {
      XmlElement result = message.xml().parse(XmlLimits.INBOUND).child(ARCHIVE, "result");
      String id = result == null ? null : result.attribute("queryid");
      return result != null && id == null ? "" : id;
    } catch (XmlException e) {
      return null;
    }
  }

  /** Ends all waiting questions, because their answers may never come after the stream was lost. */
  public void streamLost() {
    waiting.values().forEach(Query::lost);
  }
}
