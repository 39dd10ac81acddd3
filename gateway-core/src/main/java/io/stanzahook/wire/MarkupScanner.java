package io.stanzahook.wire;

import static io.stanzahook.wire.StreamCondition.BAD_FORMAT;
import static io.stanzahook.wire.StreamCondition.NOT_WELL_FORMED;
import static io.stanzahook.wire.StreamCondition.RESTRICTED_XML;

import java.nio.charset.StandardCharsets;

/**
 * Scans the bytes of a stream and finds where tags begin and end. It checks everything that is
 * visible byte by byte: strict UTF-8, the characters and references of XML 1.0, quotes, CDATA
 * sections, and that there is nothing that RFC 6120 (11.1) forbids. The decoder checks names.
 *
 * <p>It keeps only the last few bytes, and can continue at any byte.
 */
final class MarkupScanner {

  /** What the scanner finds. Indexes are those of the array being scanned. */
  interface Tags {
    /** An angle bracket at that index begins a tag or a CDATA section. */
    void markupBegins(int index);

    /** An attribute or namespace declaration of the current start tag has begun. */
    void attributeBegins() throws StreamViolation;

    /** The current start tag ends before that index. */
    void startTagEnds(byte[] data, int end, boolean selfClosing) throws StreamViolation;

    /** The current end tag ends before that index. */
    void endTagEnds(byte[] data, int end) throws StreamViolation;
  }

  private enum State {
    /** Outside all elements but the stream's: white space only. */
    BETWEEN,
    TEXT,
    /** After a left angle bracket. */
    MARKUP,
    /** After {@code <!}. */
    BANG,
    /** In the XML declaration. */
    DECLARATION,
    START_TAG,
    /** After a slash in a start tag. */
    SLASH,
    END_TAG,
    APOS_VALUE,
    QUOT_VALUE,
    CDATA,
    /** After an ampersand, in text or in a value. */
    REFERENCE,
    /** After the stream's end tag. */
    ENDED
  }

  private static final byte[] CDATA_OPEN = "[CDATA[".getBytes(StandardCharsets.US_ASCII);

  private final Tags tags;
  private final Utf8Check utf8 = new Utf8Check();
  private final ReferenceCheck reference = new ReferenceCheck();
  private final DeclarationCheck declaration = new DeclarationCheck();

  private State state = State.BETWEEN;
  private State afterReference = State.TEXT;

  /** Whether nothing at all came yet, so that an XML declaration may. */
  private boolean atStart = true;

  /** Whether the stream's start tag has been. */
  private boolean inStream;

  /** Whether the current markup began outside of elements. */
  private boolean topLevel;

  private int cdataMatched;

  private final LookBack earlier = new LookBack();

  MarkupScanner(Tags tags) {
    this.tags = tags;
  }

  /** A top-level element, or the stream's start tag, has ended: white space or markup follows. */
  void between() {
    state = State.BETWEEN;
    inStream = true;
  }

  /** The stream has ended: whatever follows is ignored. */
  void ended() {
    state = State.ENDED;
  }

  /** Whether the scanner stands in a tag or an element, whole or not. */
  boolean inElement() {
    return state != State.BETWEEN && state != State.ENDED;
  }

  /** Whether it stands in a start tag, or in what may become one. */
  boolean inStartTag() {
    return switch (state) {
      case MARKUP, START_TAG, SLASH, APOS_VALUE, QUOT_VALUE -> true;
      case REFERENCE -> afterReference != State.TEXT;
      default -> false;
    };
  }

  /** Whether it stands in an end tag. */
  boolean inEndTag() {
    return state == State.END_TAG;
  }

  /** New bytes begin at that index of the next array. */
  void feedBegins(int offset) {
    earlier.feedBegins(offset);
  }

  /** The bytes of the array, from where the feed began up to that index, are used up. */
  void feedEnds(byte[] data, int end) {
    earlier.feedEnds(data, end);
  }

  /**
   * Scans on.
   *
   * @return the end
   */
  int scan(byte[] data, int index, int end) throws StreamViolation {
    int i = index;
    while (i < end) {
      if (utf8.pending()) {
        i = utf8.resume(data, i, end);
        continue;
      }
      switch (state) {
        case BETWEEN -> i = between(data, i, end);
        case TEXT -> i = text(data, i, end);
        case START_TAG -> i = startTag(data, i, end);
        case APOS_VALUE -> i = value(data, i, end, (byte) '\'');
        case QUOT_VALUE -> i = value(data, i, end, (byte) '"');
        case END_TAG -> i = endTag(data, i, end);
        case CDATA -> i = cdata(data, i, end);
        case MARKUP -> i = markup(data[i], i);
        case BANG -> bang(data[i++]);
        case REFERENCE -> {
          if (reference.accept(data[i++])) {
            state = afterReference;
          }
        }
        case SLASH -> {
          if (data[i] != '>') {
            throw malformed("a slash in a start tag that does not end it");
          }
          i++;
          state = State.TEXT;
          tags.startTagEnds(data, i, true);
        }
        case DECLARATION -> {
          if (declaration.accept(data[i++])) {
            state = State.BETWEEN;
          }
        }
        case ENDED -> i = end;
      }
    }
    return i;
  }

  private int between(byte[] data, int index, int end) throws StreamViolation {
    int i = index;
    while (i < end && ByteClass.isSpace(data[i])) {
      i++;
    }
    if (i == end) {
      atStart &= i == index;
      return i;
    }
    if (data[i] != '<') {
      throw inStream
          ? new StreamViolation(BAD_FORMAT, "text between stanzas")
          : malformed("something other than XML at the start of the stream");
    }
    atStart &= i == index;
    topLevel = true;
    return markupBegins(i);
  }

  private int markupBegins(int i) {
    tags.markupBegins(i);
    state = State.MARKUP;
    return i + 1;
  }

  private int text(byte[] data, int index, int end) throws StreamViolation {
    int i = index;
    while (i < end) {
      i = ByteClass.passText(data, i, end);
      if (i == end) {
        break;
      }
      byte b = data[i];
      if (ByteClass.isPlainText(b)) {
        i++;
        continue;
      }
      switch (b) {
        case '<' -> {
          topLevel = false;
          return markupBegins(i);
        }
        case '&' -> {
          return referenceBegins(i);
        }
        case '>' -> {
          if (afterBrackets(data, i)) {
            throw malformed("']]>' in text");
          }
          i++;
        }
        default -> i = other(data, i, end);
      }
    }
    return i;
  }

  private int markup(byte b, int i) throws StreamViolation {
    boolean first = atStart;
    atStart = false;
    switch (b) {
      case '/' -> {
        if (!inStream) {
          throw malformed("an end tag before the stream's start tag");
        }
        state = State.END_TAG;
        return i + 1;
      }
      case '!' -> {
        cdataMatched = 0;
        state = State.BANG;
        return i + 1;
      }
      case '?' -> {
        if (!first) {
          throw new StreamViolation(RESTRICTED_XML, "a processing instruction");
        }
        state = State.DECLARATION;
        return i + 1;
      }
      default -> {
        if (!ByteClass.mayBeginName(b)) {
          throw malformed("a left angle bracket that does not begin a tag");
        }
        state = State.START_TAG;
        return i;
      }
    }
  }

  private void bang(byte b) throws StreamViolation {
    if (cdataMatched == 0 && b == '-') {
      throw new StreamViolation(RESTRICTED_XML, "a comment");
    }
    if (cdataMatched == 0 && b == 'D') {
      throw new StreamViolation(RESTRICTED_XML, "a document type declaration");
    }
    if (topLevel || b != CDATA_OPEN[cdataMatched]) {
      throw malformed("a malformed markup declaration");
    }
    if (++cdataMatched == CDATA_OPEN.length) {
      state = State.CDATA;
    }
  }

  private int startTag(byte[] data, int index, int end) throws StreamViolation {
    int i = index;
    while (i < end) {
      byte b = data[i];
      if (ByteClass.isPlainTag(b)) {
        i++;
        continue;
      }
      switch (b) {
        case '>' -> {
          state = State.TEXT;
          tags.startTagEnds(data, i + 1, false);
          return i + 1;
        }
        case '/' -> {
          state = State.SLASH;
          return i + 1;
        }
        case '\'', '"' -> {
          state = b == '"' ? State.QUOT_VALUE : State.APOS_VALUE;
          tags.attributeBegins();
          return i + 1;
        }
        case '=' -> {
          if (earlier.solidBefore(data, i) == ':') {
            // Aalto would take a declaration of no prefix for one of the default namespace.
            throw malformed("the name of an attribute ends in a colon");
          }
          i++;
        }
        case '<', '&' -> throw malformed("a stray '" + (char) b + "' in a start tag");
        default -> i = other(data, i, end);
      }
    }
    return i;
  }

  private int value(byte[] data, int index, int end, byte quote) throws StreamViolation {
    int i = index;
    while (i < end) {
      i = ByteClass.passValue(data, i, end);
      if (i == end) {
        break;
      }
      byte b = data[i];
      if (ByteClass.isPlainValue(b)) {
        i++;
        continue;
      }
      switch (b) {
        case '\'', '"' -> {
          i++;
          if (b == quote) {
            state = State.START_TAG;
            return i;
          }
        }
        case '&' -> {
          return referenceBegins(i);
        }
        case '<' -> throw malformed("'<' in an attribute's value");
        default -> i = other(data, i, end);
      }
    }
    return i;
  }

  private int endTag(byte[] data, int index, int end) throws StreamViolation {
    int i = index;
    while (i < end) {
      byte b = data[i];
      if (ByteClass.isPlainTag(b)) {
        i++;
        continue;
      }
      switch (b) {
        case '>' -> {
          state = State.TEXT;
          tags.endTagEnds(data, i + 1);
          return i + 1;
        }
        case '<', '&', '\'', '"', '/', '=' ->
            throw malformed("a stray '" + (char) b + "' in an end tag");
        default -> i = other(data, i, end);
      }
    }
    return i;
  }

  private int cdata(byte[] data, int index, int end) throws StreamViolation {
    int i = index;
    while (i < end) {
      byte b = data[i];
      if (b == '>' && afterBrackets(data, i)) {
        state = State.TEXT;
        return i + 1;
      }
      i = ByteClass.isForbidden(b) ? other(data, i, end) : i + 1;
    }
    return i;
  }

  private int referenceBegins(int i) {
    reference.begin();
    afterReference = state;
    state = State.REFERENCE;
    return i + 1;
  }

  /** Takes a byte that is nowhere plain: the start of a longer character, or forbidden. */
  private int other(byte[] data, int i, int end) throws StreamViolation {
    if (data[i] >= 0) {
      throw malformed("control character U+%04X".formatted((int) data[i]));
    }
    return utf8.check(data, i, end);
  }

  private boolean afterBrackets(byte[] data, int i) {
    return earlier.before(data, i, 1) == ']' && earlier.before(data, i, 2) == ']';
  }

  private static StreamViolation malformed(String message) {
    return new StreamViolation(NOT_WELL_FORMED, message);
  }
}
