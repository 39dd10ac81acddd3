package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import org.jspecify.annotations.Nullable;

/** Texts that an element may have in several languages (RFC 6120, 8.1.5; RFC 6121, 5.2.3). */
final class Language {
  private Language() {}

  /** The language of an element. */
  static @Nullable String of(XmlElement element, @Nullable String around) {
    String own = element.attribute(XmlElement.XML_NAMESPACE, "lang");
    return own == null ? around : own;
  }

  /**
   * The first child with that name that is in the language of the element or names no language,
   * else the first; null if there is none.
   */
  static @Nullable XmlElement chosen(
      XmlElement holder, String namespace, String name, @Nullable String lang) {
    XmlElement first = null;
    for (XmlElement child : holder.elements()) {
      if (child.is(namespace, name)) {
        String own = child.attribute(XmlElement.XML_NAMESPACE, "lang");
        if (own == null || own.isEmpty() || own.equalsIgnoreCase(lang)) {
          return child;
        }
        first = first == null ? child : first;
      }
    }
    return first;
  }
}
