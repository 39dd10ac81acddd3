package io.stanzahook.stanza;

import io.stanzahook.xml.XmlElement;

/**
 * Why a stanza failed, for its sender (RFC 6120, 8.3).
 *
 * @param text one line in English; never a URL, a response body or a trace, since any user reads it
 */
public record StanzaError(ErrorType type, ErrorCondition condition, String text) {

  /** The {@code <error>} element. */
  public XmlElement toElement() {
    XmlElement.Builder error =
        XmlElement.builder(Namespaces.COMPONENT, "error")
            .attribute("type", type.value())
            .child(XmlElement.empty(Namespaces.STANZA_ERRORS, condition.elementName()));
    if (!text.isEmpty()) {
      error.child(
          XmlElement.builder(Namespaces.STANZA_ERRORS, "text")
              .attribute(XmlElement.XML_NAMESPACE, "lang", "en")
              .text(text)
              .build());
    }
    return error.build();
  }
}
