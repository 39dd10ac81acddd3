package io.stanzahook.app.http;

import io.stanzahook.spool.DeadLetter;
import io.stanzahook.spool.DeadLetters;
import io.stanzahook.wire.KeptStanzaReader;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;

/** Gathers what one answer to a listing holds. Used by one thread at a time. */
final class DeadLetterPage {
  /** Read at once, whatever they are filtered by: each may be as large as a stanza may be. */
  private static final int READ_AT_ONCE = 20;

  /** Bytes of stanzas in one answer, beyond which no further one is put into it. */
  static final int MAX_STANZA_BYTES = 4 << 20;

  private final DeadLetterFilter filter;
  private final KeptStanzaReader reader;
  private final List<ShownDeadLetter> found = new ArrayList<>();
  private long before;
  private long stanzaBytes;
  private boolean complete;

  DeadLetterPage(DeadLetterFilter filter, String domain) {
    this.filter = filter;
    this.reader = new KeptStanzaReader(domain);
    this.before = filter.before();
  }

  /** Reads until there are enough, or no more. */
  Mono<DeadLetterPage> read(DeadLetters letters) {
    return Mono.defer(() -> letters.newest(before, READ_AT_ONCE))
        .doOnNext(this::add)
        .repeat(() -> !complete && !isFull())
        .then(Mono.just(this));
  }

  private void add(List<DeadLetter> next) {
    if (next.isEmpty()) {
      complete = true;
    }
    for (DeadLetter letter : next) {
      if (isFull()) {
        return;
      }
      before = letter.position();
      ShownDeadLetter shown = ShownDeadLetter.of(letter, reader);
      if (filter.matches(shown)) {
        found.add(filter.stanza() ? shown : shown.withoutStanza());
        stanzaBytes += filter.stanza() ? letter.record().stanza().length : 0;
      }
    }
  }

  private boolean isFull() {
    return found.size() >= filter.limit() || stanzaBytes >= MAX_STANZA_BYTES;
  }

  /** Writes them, and where to go on if there may be more. */
  void write(JsonGenerator json) {
    json.writeArrayPropertyStart("dead_letters");
    for (ShownDeadLetter letter : found) {
      json.writeStartObject();
      letter.write(json, filter.stanza());
      json.writeEndObject();
    }
    json.writeEndArray();
    if (complete) {
      json.writeNullProperty("next");
    } else {
      json.writeNumberProperty("next", before);
    }
  }
}
