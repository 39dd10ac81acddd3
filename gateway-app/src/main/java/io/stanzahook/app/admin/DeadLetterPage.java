package io.stanzahook.app.admin;

import io.stanzahook.delivery.DeadLetter;
import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.wire.KeptStanzaReader;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;

/** Collects the dead letters of one answer. Used by one thread at a time. */
final class DeadLetterPage {
  /** Dead letters in one read. Each may be as large as a stanza. */
  private static final int READ_AT_ONCE = 20;

  /** An answer with this many bytes of stanzas takes no further dead letter. */
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

  /** Reads until the page is full, or there are no more. */
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

  /** Writes them, and where the next page starts if there may be one. */
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
