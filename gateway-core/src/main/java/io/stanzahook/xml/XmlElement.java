package io.stanzahook.xml;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable element. Prefixes are not kept: names are expanded names, as XML namespaces define
 * equality, and {@link XmlWriter} declares what it needs.
 *
 * @param namespace the namespace name, white space in it as spaces; the empty string for none
 * @param name the local name
 * @param attributes the attributes, in document order
 * @param children text and elements, in document order
 */
public record XmlElement(
    String namespace, String name, List<XmlAttribute> attributes, List<XmlNode> children)
    implements XmlNode {

  /** The namespace that is always bound to the prefix {@code xml}. */
  public static final String XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";

  /** The namespace of namespace declarations; no element or other attribute may have it. */
  private static final String XMLNS_NAMESPACE = "http://www.w3.org/2000/xmlns/";

  /**
   * Checks the names, because a wrong one would break the document that the element is written to.
   *
   * @throws IllegalArgumentException if the expanded name is not valid for an element, or an
   *     attribute appears twice
   */
  public XmlElement {
    namespace = XmlChars.namespaceName(namespace);
    attributes = List.copyOf(attributes);
    children = List.copyOf(children);
    requireName(namespace, name);
    requireDistinct(attributes);
  }

  static void requireName(String namespace, String name) {
    if (!XmlChars.isNcName(name)) {
      throw new IllegalArgumentException("'" + name + "' is not a name in XML");
    }
    if (namespace.equals(XMLNS_NAMESPACE) || XmlChars.firstForbidden(namespace) >= 0) {
      throw new IllegalArgumentException("'" + namespace + "' cannot be a namespace");
    }
  }

  private static void requireDistinct(List<XmlAttribute> attributes) {
    for (int i = 1; i < attributes.size(); i++) {
      XmlAttribute attribute = attributes.get(i);
      for (int k = 0; k < i; k++) {
        XmlAttribute other = attributes.get(k);
        if (attribute.name().equals(other.name())
            && attribute.namespace().equals(other.namespace())) {
          throw new IllegalArgumentException("attribute '" + attribute.name() + "' appears twice");
        }
      }
    }
  }

  /** Starts building an element. */
  public static Builder builder(String namespace, String name) {
    return new Builder(namespace, name);
  }

  /** An element that holds text only. */
  public static XmlElement text(String namespace, String name, String text) {
    return new XmlElement(namespace, name, List.of(), List.of(new XmlText(text)));
  }

  /** An element without attributes and children. */
  public static XmlElement empty(String namespace, String name) {
    return new XmlElement(namespace, name, List.of(), List.of());
  }

  /** The value of an unprefixed attribute, or null if it is absent. */
  public @Nullable String attribute(String attributeName) {
    return attribute("", attributeName);
  }

  /** The value of an attribute by its expanded name, or null if it is absent. */
  public @Nullable String attribute(String attributeNamespace, String attributeName) {
    for (XmlAttribute attribute : attributes) {
      if (attribute.name().equals(attributeName)
          && attribute.namespace().equals(attributeNamespace)) {
        return attribute.value();
      }
    }
    return null;
  }

  /** The child elements, in document order. */
  public List<XmlElement> elements() {
    List<XmlElement> elements = new ArrayList<>(children.size());
    for (XmlNode child : children) {
      if (child instanceof XmlElement element) {
        elements.add(element);
      }
    }
    return elements;
  }

  /** The first child element of that expanded name, or null. */
  public @Nullable XmlElement child(String childNamespace, String childName) {
    for (XmlNode child : children) {
      if (child instanceof XmlElement element && element.is(childNamespace, childName)) {
        return element;
      }
    }
    return null;
  }

  /** The text directly inside this element, all pieces joined. */
  public String text() {
    if (children.size() == 1 && children.get(0) instanceof XmlText only) {
      return only.text();
    }
    StringBuilder text = new StringBuilder();
    for (XmlNode child : children) {
      if (child instanceof XmlText piece) {
        text.append(piece.text());
      }
    }
    return text.toString();
  }

  /** Whether this element has the expanded name. */
  public boolean is(String otherNamespace, String otherName) {
    return name.equals(otherName) && namespace.equals(otherNamespace);
  }

  /** A builder with this element's name, attributes and children already in it. */
  public Builder toBuilder() {
    Builder builder = new Builder(namespace, name);
    builder.attributes.addAll(attributes);
    builder.children.addAll(children);
    return builder;
  }

  /** Collects attributes and children; not thread-safe, used within one call. */
  public static final class Builder {
    private final String namespace;
    private final String name;
    private final List<XmlAttribute> attributes = new ArrayList<>(6);
    private final List<XmlNode> children = new ArrayList<>(4);

    private Builder(String namespace, String name) {
      this.namespace = namespace;
      this.name = name;
    }

    /** The namespace of the element that is being built. */
    public String namespace() {
      return namespace;
    }

    /** Sets an unprefixed attribute, and replaces one with the same name; null removes it. */
    public Builder attribute(String attributeName, @Nullable String value) {
      return attribute("", attributeName, value);
    }

    /**
     * Sets an attribute by its expanded name, and replaces one with the same name; null removes it.
     */
    public Builder attribute(
        String attributeNamespace, String attributeName, @Nullable String value) {
      // By index: each reply sets four, and mostly there is nothing to remove.
      for (int i = attributes.size() - 1; i >= 0; i--) {
        XmlAttribute other = attributes.get(i);
        if (other.name().equals(attributeName) && other.namespace().equals(attributeNamespace)) {
          attributes.remove(i);
        }
      }
      if (value != null) {
        attributes.add(new XmlAttribute(attributeNamespace, attributeName, value));
      }
      return this;
    }

    /** Adds a child element; null leaves it out. */
    public Builder child(@Nullable XmlElement child) {
      if (child != null) {
        children.add(child);
      }
      return this;
    }

    /** Adds a child, element or text. */
    public Builder node(XmlNode child) {
      children.add(child);
      return this;
    }

    /** Adds a child that holds text only; a null text leaves it out. */
    public Builder textChild(String childNamespace, String childName, @Nullable String text) {
      return text == null ? this : child(XmlElement.text(childNamespace, childName, text));
    }

    /** Adds text; the empty string leaves it out. */
    public Builder text(String text) {
      if (!text.isEmpty()) {
        children.add(new XmlText(text));
      }
      return this;
    }

    /** The element. */
    public XmlElement build() {
      return new XmlElement(namespace, name, copy(attributes), copy(children));
    }

    /** As {@link List#copyOf}, which copies its few elements three times. */
    private static <T> List<T> copy(List<T> list) {
      return switch (list.size()) {
        case 0 -> List.of();
        case 1 -> List.of(list.get(0));
        case 2 -> List.of(list.get(0), list.get(1));
        case 3 -> List.of(list.get(0), list.get(1), list.get(2));
        case 4 -> List.of(list.get(0), list.get(1), list.get(2), list.get(3));
        default -> List.copyOf(list);
      };
    }
  }
}
