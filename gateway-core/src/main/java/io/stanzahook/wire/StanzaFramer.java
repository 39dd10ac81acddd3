package io.stanzahook.wire;

import static io.stanzahook.wire.StreamCondition.BAD_FORMAT;
import static io.stanzahook.wire.StreamCondition.POLICY_VIOLATION;

import io.stanzahook.stanza.StanzaKind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits the bytes of a stream into its start tag, its top-level elements and its end tag, however
 * reads split the bytes. It skips elements that exceed {@link WireLimits} without holding them.
 *
 * <p>The bytes do not go directly to the XML parser, because Aalto 1.4.0 corrupts four-byte
 * characters in attribute values at the end of a feed, accepts invalid UTF-8, and cannot skip.
 *
 * <p>Not thread-safe. After a {@link StreamViolation} it must not be fed again.
 */
final class StanzaFramer implements MarkupScanner.Tags {

  /** Receives what was cut. Arrays are only lent for the call. */
  interface Sink {
    /** The stream's start tag, whole. */
    void start(byte[] bytes, int offset, int length) throws StreamViolation;

    /**
     * A top-level element other than a stanza's usual form has begun; its start tag, whole.
     *
     * @return whether it is a stanza all the same, in another spelling
     * @throws StreamViolation if such an element cannot be waited for
     */
    boolean begins(byte[] bytes, int offset, int length) throws StreamViolation;

    /** A whole top-level element. */
    void element(byte[] bytes, int offset, int length) throws StreamViolation;

    /** An element was skipped, and has now ended. */
    void skipped(SkippedElement element) throws StreamViolation;

    /** The stream's end tag. */
    void end(byte[] bytes, int offset, int length) throws StreamViolation;
  }

  /**
   * Bytes of a top-level element that is no stanza: nobody but the server itself sends one, so what
   * goes on for longer has lost its end tag, and swallows the stanzas behind it.
   */
  static final int MAX_FOREIGN = 64 * 1024;

  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PRESENCE = "presence".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] IQ = "iq".getBytes(StandardCharsets.US_ASCII);

  private final WireLimits limits;
  private final Sink sink;
  private final MarkupScanner scanner = new MarkupScanner(this);

  /** The current element's bytes from earlier feeds. */
  private final HeldBytes held = new HeldBytes();

  /** Open elements, the stream's own included: 0 before it, 1 between stanzas. */
  private int depth;

  private int elements;
  private int attributes;

  /** Position in the stream of index 0 of the array being fed. */
  private long base;

  private long elementStart;
  private long tagStart;

  /** Index in the array being fed where the current element begins or goes on. */
  private int from;

  private @Nullable SkippedElement skipping;

  /** Whether the current element is no stanza. */
  private boolean foreign;

  StanzaFramer(WireLimits limits, Sink sink) {
    this.limits = limits;
    this.sink = sink;
  }

  /**
   * Takes the next bytes of the stream, which must not change during the call.
   *
   * @throws StreamViolation if the stream must end; what came before it was delivered
   */
  void feed(byte[] data, int offset, int length) throws StreamViolation {
    int end = offset + length;
    base -= offset;
    from = offset;
    scanner.feedBegins(offset);
    int i = offset;
    while (i < end) {
      // Scanning stops where a limit is reached, so that the outcome never depends on the cut.
      i = scanner.scan(data, i, (int) Math.min(end, nextLimit(base + i) - base));
      checkLimits(base + i);
    }
    if (scanner.inElement()) {
      keep(data, end);
    }
    scanner.feedEnds(data, end);
    base += end;
  }

  /** How many bytes of memory wait for the current element's end, in use or not. */
  int heldBytes() {
    return held.capacity();
  }

  /**
   * Which top-level element, or stream tag, has begun and not ended: the position of its first
   * byte; -1 between them.
   */
  long openElement() {
    return scanner.inElement() ? elementStart : -1;
  }

  /** Whether the element that has begun and not ended is no stanza. */
  boolean isForeignOpen() {
    return foreign && scanner.inElement();
  }

  /** The first position after this one at which some limit could be reached. */
  private long nextLimit(long position) {
    long next = position + Math.min(limits.maxTag(), limits.maxStanza());
    if (!scanner.inElement()) {
      return next;
    }
    if (foreign) {
      next = Math.min(next, elementStart + MAX_FOREIGN);
    }
    if (skipping != null) {
      return Math.min(next, elementStart + limits.hardCeiling());
    }
    if (scanner.inStartTag()) {
      next = Math.min(next, tagStart + limits.maxTag());
    }
    return Math.min(next, elementStart + limits.maxStanza());
  }

  private void checkLimits(long position) throws StreamViolation {
    if (!scanner.inElement()) {
      return;
    }
    long size = position - elementStart;
    if (size >= limits.hardCeiling()) {
      throw new StreamViolation(
          POLICY_VIOLATION, "one stanza of more than " + limits.hardCeiling() + " bytes");
    }
    if (foreign && size >= MAX_FOREIGN) {
      throw new StreamViolation(
          BAD_FORMAT,
          "an element that is not a stanza, without an end within " + MAX_FOREIGN + " bytes");
    }
    if (size >= limits.maxStanza()) {
      skip(Refusal.SIZE);
    }
    if (scanner.inStartTag() && position - tagStart >= limits.maxTag()) {
      skip(Refusal.TAG);
    }
  }

  private void skip(Refusal reason) throws StreamViolation {
    if (depth == 0) {
      throw new StreamViolation(POLICY_VIOLATION, "the stream's start tag is " + reason.label());
    }
    if (depth == 1 && scanner.inEndTag()) {
      throw new StreamViolation(POLICY_VIOLATION, "the stream's end tag is " + reason.label());
    }
    if (skipping == null) {
      SkippedElement element = new SkippedElement(reason);
      element.read(held.bytes(), 0, held.length());
      held.clear();
      skipping = element;
    }
  }

  private void keep(byte[] data, int end) {
    if (skipping != null) {
      skipping.read(data, from, end);
    } else {
      held.append(data, from, end);
    }
  }

  @Override
  public void markupBegins(int index) {
    tagStart = base + index;
    attributes = 0;
    if (depth <= 1) {
      elementStart = tagStart;
      from = index;
      elements = 0;
      foreign = false;
      // An XML declaration, if there was one, is not part of the start tag that follows it.
      held.clear();
    }
  }

  @Override
  public void attributeBegins() throws StreamViolation {
    if (++attributes > limits.maxAttributes()) {
      skip(Refusal.ATTRIBUTES);
    }
  }

  @Override
  public void startTagEnds(byte[] data, int end, boolean selfClosing) throws StreamViolation {
    if (depth == 0) {
      depth = 1;
      scanner.between();
      held.append(data, from, end);
      sink.start(held.bytes(), 0, held.length());
      held.clear();
      if (selfClosing) {
        throw new StreamViolation(BAD_FORMAT, "an empty stream element");
      }
      return;
    }
    if (++elements > limits.maxElements()) {
      skip(Refusal.ELEMENTS);
    }
    if (depth > limits.maxDepth()) {
      skip(Refusal.DEPTH);
    }
    if (!selfClosing) {
      if (depth == 1) {
        checkBegin(data, end);
      } else if (foreign) {
        checkInsideForeign(data, end);
      }
      depth++;
    } else if (depth == 1) {
      elementEnds(data, end);
    }
  }

  /** What cannot be a stanza is not waited for as one is. */
  private void checkBegin(byte[] data, int end) throws StreamViolation {
    SkippedElement skipped = skipping;
    if (skipped != null) {
      skipped.read(data, from, end);
      from = end;
      String name = skipped.name();
      foreign = StanzaKind.ofElement(name.substring(name.indexOf(':') + 1)) == null;
    } else if (held.length() == 0) {
      foreign = !isStanza(data, from, end) && !sink.begins(data, from, end - from);
    } else {
      hold(data, end);
      foreign =
          !isStanza(held.bytes(), 0, held.length()) && !sink.begins(held.bytes(), 0, held.length());
    }
  }

  /**
   * A stanza, or the stream's own start tag, in an element that is none: the element's end tag was
   * lost. No server puts one there without a namespace of its own.
   */
  private void checkInsideForeign(byte[] data, int end) throws StreamViolation {
    if (skipping != null) {
      return;
    }
    hold(data, end);
    int tag = (int) (tagStart - elementStart);
    if (isStanza(held.bytes(), tag, held.length())) {
      String text =
          new String(held.bytes(), tag, held.length() - tag, StandardCharsets.UTF_8)
              .replaceAll("\\s+", " ");
      if (text.contains(" from=") && !text.contains(" xmlns=")) {
        throw new StreamViolation(BAD_FORMAT, "a stanza inside an element that is not a stanza");
      }
    }
  }

  private void hold(byte[] data, int end) {
    held.append(data, from, end);
    from = end;
  }

  /** Whether a start tag has the name of a stanza, without a prefix. */
  private static boolean isStanza(byte[] bytes, int offset, int end) {
    return switch (bytes[offset + 1]) {
      case 'm' -> isNamed(MESSAGE, bytes, offset + 1, end);
      case 'p' -> isNamed(PRESENCE, bytes, offset + 1, end);
      case 'i' -> isNamed(IQ, bytes, offset + 1, end);
      default -> false;
    };
  }

  private static boolean isNamed(byte[] name, byte[] bytes, int offset, int end) {
    int after = offset + name.length;
    return after < end
        && Arrays.equals(name, 0, name.length, bytes, offset, after)
        && (ByteClass.isSpace(bytes[after]) || bytes[after] == '>' || bytes[after] == '/');
  }

  @Override
  public void endTagEnds(byte[] data, int end) throws StreamViolation {
    depth--;
    if (depth == 1) {
      elementEnds(data, end);
    } else if (depth == 0) {
      if (skipping != null) {
        throw new StreamViolation(POLICY_VIOLATION, "the stream's end tag is too large");
      }
      scanner.ended();
      held.append(data, from, end);
      sink.end(held.bytes(), 0, held.length());
      held.clear();
    }
  }

  private void elementEnds(byte[] data, int end) throws StreamViolation {
    scanner.between();
    SkippedElement skipped = skipping;
    if (skipped != null) {
      skipped.read(data, from, end);
      skipping = null;
      sink.skipped(skipped);
    } else if (held.length() == 0) {
      sink.element(data, from, end - from);
    } else {
      held.append(data, from, end);
      sink.element(held.bytes(), 0, held.length());
      held.clear();
    }
  }
}
