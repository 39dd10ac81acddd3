package io.stanzahook.wire;

/** The bytes before the current one, even if they were in an earlier array. */
final class LookBack {
  /** Where the current feed began. */
  private int feedOffset;

  private byte last;
  private byte secondLast;

  /** The last byte of earlier feeds that is no white space. */
  private byte lastSolid;

  /** New bytes begin at that index of the next array. */
  void feedBegins(int offset) {
    feedOffset = offset;
  }

  /** The bytes of the array, from where the feed began up to that index, are used up. */
  void feedEnds(byte[] data, int end) {
    byte beforeLast = before(data, end, 2);
    last = before(data, end, 1);
    secondLast = beforeLast;
    lastSolid = solidBefore(data, end);
  }

  /** The byte that many places, one or two, before index i. */
  byte before(byte[] data, int i, int distance) {
    int index = i - distance;
    if (index >= feedOffset) {
      return data[index];
    }
    return index == feedOffset - 1 ? last : secondLast;
  }

  /** The last byte before index i that is no white space. */
  byte solidBefore(byte[] data, int i) {
    int index = i - 1;
    while (index >= feedOffset && ByteClass.isSpace(data[index])) {
      index--;
    }
    return index >= feedOffset ? data[index] : lastSolid;
  }
}
