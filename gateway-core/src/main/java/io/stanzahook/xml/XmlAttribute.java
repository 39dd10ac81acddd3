package io.stanzahook.xml;

/**
 * One attribute of an element.
 *
 * @param namespace the namespace name, or the empty string for the usual unprefixed attribute
 * @param name the local name
 * @param value the unescaped value
 */
public record XmlAttribute(String namespace, String name, String value) {

  /**
   * Checks the name, because a wrong one would break the document that it is written to.
   *
   * @throws IllegalArgumentException if the expanded name is not valid for an attribute; {@code
   *     xmlns} is a declaration
   */
  public XmlAttribute {
    namespace = XmlChars.namespaceName(namespace);
    XmlElement.requireName(namespace, name);
    if (namespace.isEmpty() && name.equals("xmlns")) {
      throw new IllegalArgumentException("xmlns is not an attribute but a declaration");
    }
  }
}
