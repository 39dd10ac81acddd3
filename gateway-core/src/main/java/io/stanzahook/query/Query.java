package io.stanzahook.query;

import io.stanzahook.query.QueryFailedException.Reason;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One question that waits for its answer. */
final class Query {
  /** The maximum number of messages of an archive. */
  static final int MAX_FOUND = 1_000;

  static final int MAX_BYTES = 4 * 1024 * 1024;

  private final Jid asked;
  private final Jid asker;
  private final @Nullable String queryId;
  private final Sinks.One<List<Stanza>> answer = Sinks.one();
  private final List<Stanza> found = new ArrayList<>(0);
  private long bytes;

  Query(OutboundStanza iq, @Nullable String queryId) {
    this.asked = iq.to();
    this.asker = iq.from();
    this.queryId = queryId;
  }

  /** What an archive's messages are marked with; null where no archive was asked. */
  @Nullable String queryId() {
    return queryId;
  }

  Mono<List<Stanza>> answer() {
    return answer.asMono();
  }

  /** Whether it is the answer; then who waits has it. */
  synchronized boolean answeredBy(Iq iq) {
    if (!isBetweenTheTwo(iq)) {
      return false;
    }
    List<Stanza> all = new ArrayList<>(found);
    all.add(iq);
    answer.tryEmitValue(List.copyOf(all));
    return true;
  }

  /** Whether it is a part of the answer. */
  synchronized boolean found(Message message) {
    if (!isBetweenTheTwo(message)) {
      return false;
    }
    bytes += message.xml().length();
    if (found.size() == MAX_FOUND || bytes > MAX_BYTES) {
      answer.tryEmitError(
          new QueryFailedException(
              Reason.TOO_LARGE,
              "the archive has more than %d messages or %d bytes: ask for a page of it"
                  .formatted(MAX_FOUND, MAX_BYTES)));
    } else {
      found.add(message);
    }
    return true;
  }

  void lost() {
    answer.tryEmitError(
        new QueryFailedException(
            Reason.STREAM_LOST,
            "the stream to the XMPP server was lost while waiting for the answer"));
  }

  private boolean isBetweenTheTwo(Stanza stanza) {
    // Servers may write an address in another way than it was written to them.
    return asked.isSame(stanza.from()) && asker.isSame(stanza.to());
  }
}
