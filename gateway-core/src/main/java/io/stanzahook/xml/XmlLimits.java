package io.stanzahook.xml;

/**
 * How large a document {@link XmlParser} accepts.
 *
 * @param maxDepth the maximum depth of nested elements
 * @param maxElements the maximum number of elements
 * @param maxAttributes attributes and namespace declarations of one element
 */
public record XmlLimits(int maxDepth, int maxElements, int maxAttributes) {
  /**
   * The limits for what leaves on the component stream: the parsers of all servers accept this
   * depth.
   */
  public static final XmlLimits OUTBOUND = new XmlLimits(64, 10_000, 256);

  /** The default limits of {@code wire}, so that an accepted stanza can always be read again. */
  public static final XmlLimits INBOUND = new XmlLimits(100, 10_000, 256);

  public XmlLimits {
    if (maxDepth < 1 || maxElements < 1 || maxAttributes < 1) {
      throw new IllegalArgumentException("XML limits must be at least 1");
    }
  }
}
