package io.stanzahook.wire;

/**
 * How large an incoming stanza may be before it is skipped instead of read. A stanza past one of
 * these is discarded byte by byte, counted, bounced where it may be, and the stream goes on: any
 * user of the server can send such a stanza, and must not cost the others their component.
 *
 * @param maxStanza bytes of one stanza
 * @param maxDepth elements inside each other
 * @param maxAttributes attributes and namespace declarations of one element
 * @param maxTag bytes of one start tag
 * @param maxElements elements in one stanza
 * @param hardCeiling bytes of one stanza after which the stream is closed, as it cannot be meant
 *     well
 */
public record WireLimits(
    int maxStanza, int maxDepth, int maxAttributes, int maxTag, int maxElements, long hardCeiling) {

  public static final WireLimits DEFAULTS =
      new WireLimits(512 * 1024, 100, 256, 64 * 1024, 10_000, 16L * 1024 * 1024);

  public WireLimits {
    require(maxStanza >= 1024, "max-stanza must be at least 1024 bytes");
    require(maxDepth >= 2 && maxDepth <= 1000, "max-depth must be between 2 and 1000");
    require(maxAttributes >= 8, "max-attributes must be at least 8");
    require(maxTag >= 1024, "max-tag must be at least 1024 bytes");
    require(maxElements >= 1, "max-elements must be at least 1");
    require(hardCeiling >= maxStanza, "the hard ceiling must not be below max-stanza");
  }

  /** These limits with another size of a stanza; the hard ceiling rises with it where it must. */
  public WireLimits withMaxStanza(int bytes) {
    return new WireLimits(
        bytes, maxDepth, maxAttributes, maxTag, maxElements, Math.max(hardCeiling, 2L * bytes));
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
