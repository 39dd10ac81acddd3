package io.stanzahook.xml;

/**
 * A quick check of a document before it is parsed. It refuses what RFC 6120 (11.1) forbids, and
 * tags with too many attributes. The parser's time grows with the square of a tag's namespace
 * declarations, 2 s for 20,000 of them, and it reports a tag only after it has read all of it.
 *
 * <p>The parser finds all other errors in the document.
 */
final class XmlPrecheck {
  private static final String CDATA = "<![CDATA[";

  private XmlPrecheck() {}

  /**
   * Checks a document.
   *
   * @param maxAttributes attributes and namespace declarations of one tag
   */
  static void check(String text, int maxAttributes) throws XmlException {
    int i = text.startsWith("<?xml ") ? after(text, "?>", 0) : 0;
    requireBlank(text, i, text.indexOf('<', i));
    requireBlank(text, text.lastIndexOf('>') + 1, text.length());
    while ((i = text.indexOf('<', i)) >= 0) {
      if (text.startsWith(CDATA, i)) {
        i = after(text, "]]>", i + CDATA.length());
      } else if (text.startsWith("<!--", i)) {
        throw new XmlException("comments are not allowed");
      } else if (text.startsWith("<!", i)) {
        throw new XmlException("a DOCTYPE is not allowed");
      } else if (text.startsWith("<?", i)) {
        throw new XmlException("processing instructions are not allowed");
      } else {
        i = tag(text, i + 1, maxAttributes);
      }
    }
  }

  /**
   * Aalto 1.4.0 looks at half of a character there: U+0120 is a space to it, U+B33C begins a tag.
   */
  private static void requireBlank(String text, int from, int to) throws XmlException {
    for (int i = from; i < (to < 0 ? text.length() : to); i++) {
      if (text.charAt(i) > ' ') {
        throw new XmlException("not well-formed XML: text outside of the element");
      }
    }
  }

  /** Where the tag ends; each quoted value is one attribute or declaration. */
  private static int tag(String text, int start, int maxAttributes) throws XmlException {
    int attributes = 0;
    char last = '<';
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '>') {
        return i + 1;
      }
      if (c == '\'' || c == '"') {
        if (++attributes > maxAttributes) {
          throw new XmlException("more than " + maxAttributes + " attributes on one element");
        }
        i = after(text, c == '"' ? "\"" : "'", i + 1) - 1;
      } else if (c == '=' && last == ':') {
        // Aalto would ignore a declaration of no prefix, "xmlns:=".
        throw new XmlException("not well-formed XML: the name of an attribute ends in a colon");
      }
      last = c > ' ' ? c : last;
    }
    throw new XmlException("not well-formed XML: a tag does not end");
  }

  private static int after(String text, String end, int from) throws XmlException {
    int found = text.indexOf(end, from);
    if (found < 0) {
      throw new XmlException("not well-formed XML: no '" + end + "' found");
    }
    return found + end.length();
  }
}
