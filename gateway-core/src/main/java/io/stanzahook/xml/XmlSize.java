package io.stanzahook.xml;

/**
 * Counts the bytes of UTF-8 that {@link XmlWriter} would write for an element, without writing it.
 * Otherwise a namespace name of some kilobytes on thousands of children would need far more memory
 * than the text that it was parsed from.
 */
public final class XmlSize {
  /** The longest form of one character: the reference to a quote. */
  private static final long MAX_OF_CHARACTER = 6;

  /** Three bytes each, in start and end tag. */
  private static final long MAX_OF_NAME = 6;

  /** {@code <xml:></xml:> xmlns=''}. */
  private static final long MAX_OF_TAGS = 22;

  /** {@code xmlns:a=''} and {@code a:=''}, with a number of ten digits twice. */
  private static final long MAX_OF_ATTRIBUTE = 40;

  private final long limit;
  private long bytes;

  private XmlSize(long limit) {
    this.limit = limit;
  }

  /**
   * Whether the element has more bytes than the limit if it is written where the namespace is the
   * default. Stops counting at the limit.
   */
  public static boolean exceeds(XmlElement element, String contextNamespace, long limit) {
    if (mostBytes(element, limit) <= limit) {
      return false;
    }
    XmlSize size = new XmlSize(limit);
    size.element(element, contextNamespace);
    return size.bytes > limit;
  }

  /**
   * An upper bound that does not read any characters: enough for nearly all elements. Stops at the
   * limit.
   */
  private static long mostBytes(XmlElement element, long limit) {
    long most =
        MAX_OF_TAGS
            + MAX_OF_NAME * element.name().length()
            + MAX_OF_CHARACTER * element.namespace().length();
    for (int i = 0; i < element.attributes().size() && most <= limit; i++) {
      XmlAttribute attribute = element.attributes().get(i);
      most +=
          MAX_OF_ATTRIBUTE
              + MAX_OF_CHARACTER
                  * ((long) attribute.name().length()
                      + attribute.namespace().length()
                      + attribute.value().length());
    }
    for (int i = 0; i < element.children().size() && most <= limit; i++) {
      XmlNode child = element.children().get(i);
      if (child instanceof XmlElement inner) {
        most += mostBytes(inner, limit - most);
      } else if (child instanceof XmlText text) {
        most += MAX_OF_CHARACTER * text.text().length();
      }
    }
    return most;
  }

  private void element(XmlElement element, String contextNamespace) {
    boolean reserved = element.namespace().equals(XmlElement.XML_NAMESPACE);
    String innerContext = reserved ? contextNamespace : element.namespace();
    int name = utf8(element.name()) + (reserved ? "xml:".length() : 0);
    bytes += 1 + name;
    if (!innerContext.equals(contextNamespace)) {
      bytes += " xmlns=''".length();
      escaped(element.namespace(), true);
    }
    int prefixes = 0;
    for (int i = 0; i < element.attributes().size() && bytes <= limit; i++) {
      XmlAttribute attribute = element.attributes().get(i);
      bytes += " =''".length() + utf8(attribute.name());
      if (attribute.namespace().equals(XmlElement.XML_NAMESPACE)) {
        bytes += "xml:".length();
      } else if (!attribute.namespace().isEmpty()) {
        prefixes++;
        bytes += "xmlns:a='' a:".length() + 2L * Integer.toString(prefixes).length();
        escaped(attribute.namespace(), true);
      }
      escaped(attribute.value(), true);
    }
    if (element.children().isEmpty()) {
      bytes += "/>".length();
      return;
    }
    bytes += "></>".length() + name;
    for (int i = 0; i < element.children().size() && bytes <= limit; i++) {
      XmlNode child = element.children().get(i);
      if (child instanceof XmlElement inner) {
        element(inner, innerContext);
      } else if (child instanceof XmlText text) {
        escaped(text.text(), false);
      }
    }
  }

  private static int utf8(String name) {
    int bytes = 0;
    for (int i = 0; i < name.length(); i++) {
      bytes += utf8(name.charAt(i));
    }
    return bytes;
  }

  /** A surrogate pair has four bytes: two for each half. */
  private static int utf8(char c) {
    return c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
  }

  private void escaped(String text, boolean attribute) {
    int length = text.length();
    for (int i = 0; i < length && bytes <= limit; i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < length
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        bytes += 4;
        i++;
        continue;
      }
      bytes +=
          switch (c) {
            case '<', '>' -> 4;
            case '&', '\r' -> 5;
            case '\'', '"' -> 6;
            case '\n' -> attribute ? 5 : 1;
            case '\t' -> attribute ? 4 : 1;
            default -> XmlChars.isAllowed(c) ? utf8(c) : 3;
          };
    }
  }
}
