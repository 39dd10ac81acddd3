package io.stanzahook.wire;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.StanzaKind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of a component stream into events, in order and independent of how the bytes were
 * split.
 *
 * <p>Not thread-safe. After {@link StreamEvent.Violated} it ignores all further bytes.
 */
public final class StreamDecoder {
  private final Jid ownDomain;
  private final WireLimits limits;
  private final Consumer<StreamEvent> events;
  private final StanzaFramer framer;
  private @Nullable StanzaDecoder decoder;
  private boolean violated;

  /**
   * Starts before the start tag.
   *
   * @param ownDomain the addressee of stanzas that name none
   * @param events takes each event as soon as its last byte came, on the calling thread
   */
  public StreamDecoder(Jid ownDomain, WireLimits limits, Consumer<StreamEvent> events) {
    this.ownDomain = ownDomain;
    this.limits = limits;
    this.events = events;
    this.framer = new StanzaFramer(limits, new Elements());
  }

  /** How many bytes of memory wait for the current element's end, in use or not. */
  int heldBytes() {
    return framer.heldBytes();
  }

  /**
   * Which top-level element has begun and not ended: a number that no other has; -1 between
   * elements.
   */
  public long openElement() {
    return framer.openElement();
  }

  /** Whether that element can be no stanza, so that nobody but the server has sent it. */
  public boolean isForeignOpen() {
    return framer.isForeignOpen();
  }

  /** Takes the next bytes; the array is the caller's again afterwards. */
  public void feed(byte[] data, int offset, int length) {
    if (violated) {
      return;
    }
    try {
      framer.feed(data, offset, length);
    } catch (StreamViolation violation) {
      violated = true;
      events.accept(
          new StreamEvent.Violated(violation.condition(), String.valueOf(violation.getMessage())));
    }
  }

  private final class Elements implements StanzaFramer.Sink {
    @Override
    public void start(byte[] bytes, int offset, int length) throws StreamViolation {
      StanzaDecoder opened = new StanzaDecoder(ownDomain, limits, bytes, offset, length);
      decoder = opened;
      events.accept(opened.opened());
    }

    @Override
    public boolean begins(byte[] bytes, int offset, int length) throws StreamViolation {
      return decoder().begins(bytes, offset, length);
    }

    @Override
    public void element(byte[] bytes, int offset, int length) throws StreamViolation {
      events.accept(decoder().decode(bytes, offset, length));
    }

    @Override
    public void skipped(SkippedElement element) {
      Refusal reason = element.reason();
      int limit = reason.limit(limits);
      String name = element.name().substring(element.name().indexOf(':') + 1);
      StanzaKind kind = StanzaKind.ofElement(name);
      if (kind == null) {
        events.accept(new StreamEvent.Refused(reason, limit, null));
        return;
      }
      StanzaDraft draft = new StanzaDraft(kind, null);
      for (String attribute : SkippedElement.ATTRIBUTES) {
        draft.attribute(attribute, element.attribute(attribute));
      }
      events.accept(draft.refusal(ownDomain, reason, limit));
    }

    @Override
    public void end(byte[] bytes, int offset, int length) throws StreamViolation {
      decoder().decodeEnd(bytes, offset, length);
      events.accept(new StreamEvent.Closed());
    }

    private StanzaDecoder decoder() throws StreamViolation {
      StanzaDecoder current = decoder;
      if (current == null) {
        throw new StreamViolation(StreamCondition.BAD_FORMAT, "a stanza before the start tag");
      }
      return current;
    }
  }
}
