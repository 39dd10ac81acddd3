package io.stanzahook.cluster;

/**
 * Who owns a slot, as its owner says.
 *
 * @param url where the owner takes requests of other nodes; empty once it has given the slot away
 * @param epoch higher for each later owner of this slot
 * @param streams how many each component has, as the owner is configured
 */
public record SlotOwner(String url, long epoch, int streams) {
  /** Longer URLs are not read. */
  static final int MAX_URL = 2048;

  /** One where each component has one stream. */
  public SlotOwner(String url, long epoch) {
    this(url, epoch, 1);
  }
}
