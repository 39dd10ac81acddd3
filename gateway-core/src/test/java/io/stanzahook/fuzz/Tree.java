package io.stanzahook.fuzz;

import io.stanzahook.stanza.Namespaces;
import io.stanzahook.xml.XmlAttribute;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlNode;
import io.stanzahook.xml.XmlText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An element as the two parsers are compared by: expanded names, attributes without their order,
 * text joined. Shares nothing with the elements of the program.
 *
 * @param children trees and strings
 */
record Tree(String namespace, String name, Map<String, String> attributes, List<Object> children) {

  private static final Pattern FORBIDDEN =
      Pattern.compile(
          "[^\\x09\\x0A\\x0D\\x{20}-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]");

  /** The key of an attribute. */
  static String key(String namespace, String name) {
    return "{" + namespace + "}" + name;
  }

  static Tree of(XmlElement element) {
    Map<String, String> attributes = new TreeMap<>();
    for (XmlAttribute attribute : element.attributes()) {
      attributes.put(key(attribute.namespace(), attribute.name()), attribute.value());
    }
    List<Object> children = new ArrayList<>();
    for (XmlNode child : element.children()) {
      if (child instanceof XmlElement inner) {
        children.add(of(inner));
      } else if (child instanceof XmlText text && !text.text().isEmpty()) {
        children.add(text.text());
      }
    }
    return new Tree(element.namespace(), element.name(), attributes, children);
  }

  String attribute(String attributeName) {
    return attributes.get(key("", attributeName));
  }

  String lang() {
    return attributes.get(key(XmlElement.XML_NAMESPACE, "lang"));
  }

  List<Tree> elements() {
    return children.stream().filter(Tree.class::isInstance).map(Tree.class::cast).toList();
  }

  /** The text directly inside. */
  String text() {
    StringBuilder text = new StringBuilder();
    children.stream().filter(String.class::isInstance).forEach(text::append);
    return text.toString();
  }

  /** How many elements are inside each other. */
  int depth() {
    return 1 + elements().stream().mapToInt(Tree::depth).max().orElse(0);
  }

  /** How many elements there are. */
  int size() {
    return 1 + elements().stream().mapToInt(Tree::size).sum();
  }

  /** Whether its namespace is one that a component stream takes for its content's. */
  boolean isContent() {
    return namespace.isEmpty()
        || namespace.equals(Namespaces.COMPONENT)
        || namespace.equals(Namespaces.CLIENT);
  }

  /**
   * A stanza in one form for all the spellings of its content namespace. As a document of its own
   * it has none (that is mod_component_http's form), so there a child that was in no namespace
   * cannot be told from one in the stream's.
   */
  Tree stanza() {
    return inContent(namespace.equals(Namespaces.COMPONENT) ? "" : namespace);
  }

  private Tree inContent(String spelling) {
    List<Object> moved = new ArrayList<>();
    for (Object child : children) {
      boolean follows =
          child instanceof Tree inner
              && (inner.namespace.isEmpty()
                  || inner.namespace.equals(Namespaces.COMPONENT)
                  || inner.namespace.equals(spelling));
      moved.add(follows ? ((Tree) child).inContent(spelling) : child);
    }
    return new Tree(Namespaces.COMPONENT, name, attributes, moved);
  }

  /** As it is once written: characters that XML forbids became U+FFFD (conformance B15). */
  Tree withoutForbidden() {
    Map<String, String> allowed = new TreeMap<>();
    attributes.forEach((key, value) -> allowed.put(key, replaced(value)));
    List<Object> replaced = new ArrayList<>();
    for (Object child : children) {
      replaced.add(
          child instanceof Tree inner ? inner.withoutForbidden() : replaced((String) child));
    }
    return new Tree(namespace, name, allowed, replaced);
  }

  private static String replaced(String text) {
    return text.codePoints()
        .map(c -> FORBIDDEN.matcher(Character.toString(c)).matches() ? 0xFFFD : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
