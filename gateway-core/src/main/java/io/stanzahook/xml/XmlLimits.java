package io.stanzahook.xml;

/**
 * How large a document {@link XmlParser} takes.
 *
 * @param maxDepth elements inside each other
 * @param maxElements elements in all
 * @param maxAttributes attributes and namespace declarations of one element
 */
public record XmlLimits(int maxDepth, int maxElements, int maxAttributes) {
  /** What may leave on the component stream: a depth that every server's own parser takes. */
  public static final XmlLimits OUTBOUND = new XmlLimits(64, 10_000, 256);

  /** What {@code wire} lets in by default, so that an accepted stanza can always be read again. */
  public static final XmlLimits INBOUND = new XmlLimits(100, 10_000, 256);

  public XmlLimits {
    if (maxDepth < 1 || maxElements < 1 || maxAttributes < 1) {
      throw new IllegalArgumentException("XML limits must be at least 1");
    }
  }
}
