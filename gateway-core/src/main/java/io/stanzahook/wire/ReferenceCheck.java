package io.stanzahook.wire;

import io.stanzahook.xml.XmlChars;

/**
 * What may be between an ampersand and its semicolon: the five entities of XML and references to
 * characters that XML allows (XML 1.0, 4.1 and 4.6; RFC 6120, 11.1).
 */
final class ReferenceCheck {
  private enum Part {
    FIRST,
    NAME,
    NUMBER_FIRST,
    DECIMAL,
    HEX_FIRST,
    HEX
  }

  private Part part = Part.FIRST;

  /** The name's bytes, the last eight of them: longer names are none of the five. */
  private long name;

  private int nameLength;
  private int value;

  void begin() {
    part = Part.FIRST;
    name = 0;
    nameLength = 0;
    value = 0;
  }

  /**
   * Takes the next byte.
   *
   * @return whether the reference has ended with it
   */
  boolean accept(byte b) throws StreamViolation {
    switch (part) {
      case FIRST -> {
        if (b == '#') {
          part = Part.NUMBER_FIRST;
        } else {
          part = Part.NAME;
          return name(b);
        }
      }
      case NAME -> {
        return name(b);
      }
      case NUMBER_FIRST -> {
        if (b == 'x') {
          part = Part.HEX_FIRST;
        } else {
          part = Part.DECIMAL;
          digit(b, 10);
        }
      }
      case HEX_FIRST -> {
        part = Part.HEX;
        digit(b, 16);
      }
      case DECIMAL, HEX -> {
        if (b == ';') {
          if (!XmlChars.isAllowed(value)) {
            throw malformed("a reference to a character that XML forbids");
          }
          return true;
        }
        digit(b, part == Part.HEX ? 16 : 10);
      }
    }
    return false;
  }

  private void digit(byte b, int radix) throws StreamViolation {
    int digit = b < 0 ? -1 : Character.digit(b, radix);
    if (digit < 0) {
      throw malformed("a malformed character reference");
    }
    // Saturates far above the last code point, so that no number of digits wraps around.
    value = Math.min(value * radix + digit, 0x1000000);
  }

  private boolean name(byte b) throws StreamViolation {
    if (b == ';') {
      if (!predefined()) {
        throw nameLength == 0
            ? malformed("an ampersand that does not begin a reference")
            : new StreamViolation(
                StreamCondition.RESTRICTED_XML, "an entity other than the five of XML");
      }
      return true;
    }
    boolean letterOrDigit =
        b < 0 || Character.isLetterOrDigit(b) || b == '.' || b == '-' || b == '_' || b == ':';
    if (!letterOrDigit) {
      throw malformed("an ampersand that does not begin a reference");
    }
    name = (name << 8) | (b & 0xFF);
    nameLength = Math.min(nameLength + 1, 9);
    return false;
  }

  private boolean predefined() {
    return switch (nameLength) {
      case 2 -> name == 0x6C74 || name == 0x6774; // lt, gt
      case 3 -> name == 0x616D70; // amp
      case 4 -> name == 0x61706F73 || name == 0x71756F74; // apos, quot
      default -> false;
    };
  }

  private static StreamViolation malformed(String message) {
    return new StreamViolation(StreamCondition.NOT_WELL_FORMED, message);
  }
}
