package io.stanzahook.xml;

import org.jspecify.annotations.Nullable;

/**
 * Writes elements so that nothing in them can break the document around them. It escapes the five
 * special characters, writes CR (and in attributes also LF and TAB) as references so that they
 * survive normalisation (XML 1.0, 2.11 and 3.3.3), and replaces forbidden characters by U+FFFD.
 *
 * <p>Elements are written without prefixes: {@code xmlns} is written if an element's namespace
 * differs from its parent's. Attributes in a namespace get a prefix declared on their own element.
 */
public final class XmlWriter {
  private XmlWriter() {}

  /** The element as a complete document. */
  public static String write(XmlElement element) {
    StringBuilder out = new StringBuilder(256);
    write(element, "", out);
    return out.toString();
  }

  /**
   * Appends the element.
   *
   * @param contextNamespace the default namespace where it is written
   */
  public static void write(XmlElement element, String contextNamespace, StringBuilder out) {
    write(element, contextNamespace, new Characters(out));
  }

  /**
   * Appends the element in bytes of UTF-8.
   *
   * @param contextNamespace the default namespace where it is written
   */
  public static void write(XmlElement element, String contextNamespace, XmlBytes out) {
    write(element, contextNamespace, (Output) out);
  }

  /** Where markup goes. */
  sealed interface Output permits Characters, XmlBytes {
    /** Appends text as it is. */
    Output plain(String text);

    /** Appends text, escaped. */
    Output escaped(String text, boolean attribute);
  }

  private record Characters(StringBuilder out) implements Output {
    @Override
    public Output plain(String text) {
      out.append(text);
      return this;
    }

    @Override
    public Output escaped(String text, boolean attribute) {
      escape(text, attribute, out);
      return this;
    }
  }

  private static void write(XmlElement element, String contextNamespace, Output out) {
    // The one namespace that may not be made the default (Namespaces in XML 1.0, section 3).
    boolean reserved = element.namespace().equals(XmlElement.XML_NAMESPACE);
    String innerContext = reserved ? contextNamespace : element.namespace();
    out.plain(reserved ? "<xml:" : "<").plain(element.name());
    if (!innerContext.equals(contextNamespace)) {
      out.plain(" xmlns='").escaped(element.namespace(), true).plain("'");
    }
    int prefixes = 0;
    for (int i = 0; i < element.attributes().size(); i++) {
      XmlAttribute attribute = element.attributes().get(i);
      out.plain(" ");
      if (attribute.namespace().equals(XmlElement.XML_NAMESPACE)) {
        out.plain("xml:");
      } else if (!attribute.namespace().isEmpty()) {
        String prefix = "a" + ++prefixes;
        out.plain("xmlns:").plain(prefix).plain("='").escaped(attribute.namespace(), true);
        out.plain("' ").plain(prefix).plain(":");
      }
      out.plain(attribute.name()).plain("='").escaped(attribute.value(), true).plain("'");
    }
    if (element.children().isEmpty()) {
      out.plain("/>");
      return;
    }
    out.plain(">");
    for (int i = 0; i < element.children().size(); i++) {
      XmlNode child = element.children().get(i);
      if (child instanceof XmlElement inner) {
        write(inner, innerContext, out);
      } else if (child instanceof XmlText text) {
        out.escaped(text.text(), false);
      }
    }
    out.plain(reserved ? "</xml:" : "</").plain(element.name()).plain(">");
  }

  /** Appends character data, escaped. */
  public static void text(String text, StringBuilder out) {
    escape(text, false, out);
  }

  /** Appends an attribute's value, escaped for either kind of quote. */
  public static void attributeValue(String value, StringBuilder out) {
    escape(value, true, out);
  }

  private static void escape(String text, boolean attribute, StringBuilder out) {
    int written = 0;
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x20 && c < 0xD800 && c != '<' && c != '&' && c != '>' && c != '\'' && c != '"') {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < length
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
        continue;
      }
      String replacement = replacement(c, attribute);
      if (replacement != null) {
        out.append(text, written, i).append(replacement);
        written = i + 1;
      }
    }
    if (written == 0) {
      // Mostly. The copy of a range goes character by character, that of a whole string does not.
      out.append(text);
    } else {
      out.append(text, written, length);
    }
  }

  /** What is written instead of a character, or null where it stays. */
  static @Nullable String replacement(char c, boolean attribute) {
    return switch (c) {
      case '<' -> "&lt;";
      case '>' -> "&gt;";
      case '&' -> "&amp;";
      case '\'' -> "&apos;";
      case '"' -> "&quot;";
      case '\r' -> "&#13;";
      case '\n' -> attribute ? "&#10;" : null;
      case '\t' -> attribute ? "&#9;" : null;
      default -> XmlChars.isAllowed(c) ? null : "\uFFFD";
    };
  }
}
