package io.stanzahook.wire;

import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An element that is discarded while it is read. It keeps only what an error needs: the name and
 * the four attributes of the root, each bounded.
 */
final class SkippedElement {
  /** What is kept of the root's attributes. */
  static final List<String> ATTRIBUTES = List.of("to", "from", "id", "type");

  private enum Part {
    START,
    NAME,
    TAG,
    ATTRIBUTE_NAME,
    BEFORE_VALUE,
    VALUE,
    DONE
  }

  /** Three parts of 1023 bytes and two separators; escaping may make it longer. */
  private static final int MAX_VALUE = 2 * (3 * 1023 + 2);

  private static final int MAX_NAME = 64;

  private final Refusal reason;
  private final ByteArrayOutputStream token = new ByteArrayOutputStream(64);
  private final Map<String, String> raw = new TreeMap<>();
  private Part part = Part.START;
  private String name = "";
  private String attribute = "";
  private byte quote;

  SkippedElement(Refusal reason) {
    this.reason = reason;
  }

  /** Which limit it went past first. */
  Refusal reason() {
    return reason;
  }

  /** The root's name as written, prefix included. */
  String name() {
    return name;
  }

  /** Takes the next bytes of the element; those past the root's start tag are ignored. */
  void read(byte[] data, int from, int to) {
    for (int i = from; i < to && part != Part.DONE; i++) {
      read(data[i]);
    }
  }

  private void read(byte b) {
    switch (part) {
      case START -> part = Part.NAME;
      case NAME -> {
        if (isSpace(b) || b == '>' || b == '/') {
          name = takeToken();
          part = b == '>' ? Part.DONE : Part.TAG;
        } else {
          collect(b, MAX_NAME);
        }
      }
      case TAG -> {
        if (b == '>') {
          part = Part.DONE;
        } else if (!isSpace(b) && b != '/') {
          collect(b, MAX_NAME);
          part = Part.ATTRIBUTE_NAME;
        }
      }
      case ATTRIBUTE_NAME -> {
        if (b == '=') {
          attribute = takeToken();
          part = Part.BEFORE_VALUE;
        } else if (!isSpace(b)) {
          collect(b, MAX_NAME);
        }
      }
      case BEFORE_VALUE -> {
        if (b == '\'' || b == '"') {
          quote = b;
          part = Part.VALUE;
        }
      }
      case VALUE -> {
        if (b == quote) {
          takeValue();
          part = Part.TAG;
        } else if (wanted()) {
          collect(b, MAX_VALUE);
        }
      }
      case DONE -> {}
    }
  }

  private boolean wanted() {
    return ATTRIBUTES.contains(attribute);
  }

  private void takeValue() {
    boolean whole = token.size() <= MAX_VALUE;
    String value = takeToken();
    if (wanted() && whole) {
      String mark = quote == '"' ? "\"" : "'";
      raw.put(attribute, mark + value + mark);
    }
  }

  /** Collects one byte more than allowed, so that what is too long can be told. */
  private void collect(byte b, int max) {
    if (token.size() <= max) {
      token.write(b);
    }
  }

  private String takeToken() {
    String text = token.toString(StandardCharsets.UTF_8);
    token.reset();
    return text;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }

  /** The root's value of {@code to}, {@code from}, {@code id} or {@code type}, or null. */
  @Nullable String attribute(String attributeName) {
    String value = raw.get(attributeName);
    if (value == null) {
      return null;
    }
    try {
      XmlElement element = XmlParser.parse("<a v=" + value + "/>", XmlLimits.INBOUND);
      return element.attribute("v");
    } catch (XmlException e) {
      return null;
    }
  }
}
