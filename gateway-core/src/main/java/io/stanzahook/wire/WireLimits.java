package io.stanzahook.wire;

import io.stanzahook.settings.Setting;

/**
 * The limits beyond which an incoming stanza is skipped instead of read. Such a stanza is discarded
 * byte by byte and counted, its sender gets an error if that is allowed, and the stream continues.
 * Any user of the server can send such a stanza, and must not take the component away from the
 * others.
 *
 * @param maxStanza bytes of one stanza
 * @param maxDepth the maximum depth of nested elements, the stanza itself included
 * @param maxAttributes attributes and namespace declarations of one element, together
 * @param maxTag bytes of one start tag
 * @param maxElements elements in one stanza, itself included
 * @param hardCeiling bytes of one stanza after which the stream is closed, because it is hostile; 0
 *     for the value that fits {@code maxStanza}, see {@link #MAX_SKIPPED}
 */
public record WireLimits(
    @Setting(
            name = "max-stanza",
            value = "BYTES",
            fallback = "524288",
            min = 1024,
            max = 64 << 20,
            help =
                "maximum size of an incoming stanza; the sender of a larger one gets "
                    + "`policy-violation`")
        int maxStanza,
    @Setting(
            name = "max-depth",
            value = "N",
            fallback = "100",
            min = 4,
            max = WireLimits.MAX_DEPTH,
            help = "maximum depth of an incoming stanza, including itself")
        int maxDepth,
    @Setting(
            name = "max-attributes",
            value = "N",
            fallback = "256",
            min = 16,
            max = WireLimits.MAX_ATTRIBUTES,
            help =
                "maximum number of attributes and namespace declarations on one element of an "
                    + "incoming stanza")
        int maxAttributes,
    @Setting(
            name = "max-tag",
            value = "BYTES",
            fallback = "65536",
            min = 1024,
            max = 1 << 20,
            help = "maximum size of one tag in an incoming stanza")
        int maxTag,
    @Setting(
            name = "max-elements",
            value = "N",
            fallback = "10000",
            min = 16,
            max = 1_000_000,
            help = "maximum number of elements in an incoming stanza")
        int maxElements,
    long hardCeiling) {

  /**
   * The maximum that may be set, because the writer and the parser of trees use one call for each
   * level.
   */
  public static final int MAX_DEPTH = 1000;

  /**
   * The maximum that may be set, because the XML parser's time grows with the square of an
   * element's namespace declarations, and reaches some milliseconds here.
   */
  public static final int MAX_ATTRIBUTES = 1000;

  /**
   * Bytes of one stanza after which the stream ends. Skipping costs time too, and no server
   * forwards this much; with a {@code maxStanza} of more than half of this it is twice that
   * instead.
   */
  public static final long MAX_SKIPPED = 16L * 1024 * 1024;

  public static final WireLimits DEFAULTS =
      new WireLimits(512 * 1024, 100, 256, 64 * 1024, 10_000, 0);

  public WireLimits {
    hardCeiling = hardCeiling == 0 ? Math.max(MAX_SKIPPED, 2L * maxStanza) : hardCeiling;
    require(maxStanza >= 1024, "max-stanza must be at least 1024 bytes");
    require(maxDepth >= 2 && maxDepth <= MAX_DEPTH, "max-depth must be between 2 and " + MAX_DEPTH);
    require(
        maxAttributes >= 8 && maxAttributes <= MAX_ATTRIBUTES,
        "max-attributes must be between 8 and " + MAX_ATTRIBUTES);
    require(maxTag >= 1024, "max-tag must be at least 1024 bytes");
    require(maxElements >= 1, "max-elements must be at least 1");
    require(hardCeiling >= maxStanza, "the hard ceiling must not be below max-stanza");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
