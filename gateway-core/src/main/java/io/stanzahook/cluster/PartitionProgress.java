package io.stanzahook.cluster;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;

/**
 * Which offsets of a partition are finished. Messages of one partition end in any order, but Kafka
 * commits one offset. So the commit is the lowest offset that is not finished, and its metadata
 * says which ones above it are.
 *
 * <p>Offsets have gaps: those that a transaction used for itself, and those that were deleted. An
 * offset that is skipped while reading is finished.
 *
 * <p>Not thread-safe.
 */
final class PartitionProgress {
  /** The maximum number of characters of a commit's metadata: the default of brokers. */
  static final int MAX_METADATA = 4096;

  /** How far reading may be ahead of the lowest offset that is not finished: a bit for each. */
  static final int MAX_AHEAD = 1_000_000;

  private static final byte BITS = 'b';
  private static final byte RUNS = 'r';

  /** What fits into the metadata as BASE64, behind one character that says what it is. */
  static final int MAX_BYTES = (MAX_METADATA - 1) / 4 * 3;

  /** Finished bits are moved to the front beyond so many. */
  private static final int COMPACT = 1 << 16;

  /** Bit i is the offset origin + i. */
  private BitSet finished = new BitSet();

  private long origin;

  /** All offsets below it are finished. */
  private long lowest;

  /** One more than the highest offset that was read. */
  private long next;

  /**
   * Goes on where a commit ended.
   *
   * @param committed all offsets below it are finished
   * @param metadata of the commit; what cannot be read means that none above is finished
   */
  PartitionProgress(long committed, String metadata) {
    this(committed, decode(metadata));
  }

  /** The same, with what {@link #encoded} said. */
  PartitionProgress(long committed, byte[] encoded) {
    this(committed, decode(encoded));
  }

  private PartitionProgress(long committed, BitSet finished) {
    origin = committed;
    lowest = committed;
    next = committed;
    this.finished = finished;
    advance();
  }

  /**
   * An offset was read.
   *
   * @return whether it is to be worked on: it is not finished
   */
  boolean read(long offset) {
    if (offset < lowest) {
      return false;
    }
    if (offset > next && next == lowest && !knowsMore()) {
      // Nothing is open: the gap may be of any length.
      origin = offset;
      lowest = offset;
      finished.clear();
    } else if (offset > next) {
      finished.set(bit(next), bit(offset));
      advance();
    }
    next = Math.max(next, offset + 1);
    return !finished.get(bit(offset));
  }

  /** The offset that was read last is to be read once more, as the next one. */
  void unread(long offset) {
    if (next == offset + 1 && lowest <= offset) {
      next = offset;
    }
  }

  /** What lies before that offset and was not read is not to be worked on. */
  void skip(long to) {
    if (to > next) {
      if (next == lowest && !knowsMore()) {
        origin = to;
        lowest = to;
        finished.clear();
      } else {
        finished.set(bit(next), bit(to));
        advance();
      }
      next = Math.max(next, to);
    }
  }

  /** The offset that is read next. */
  long next() {
    return next;
  }

  /** Whether something was read that is not finished. */
  boolean isOpen() {
    return lowest < next;
  }

  /** Whether something from that offset on is known to be finished. */
  boolean knowsFrom(long offset) {
    return lowest > offset || origin + finished.length() > offset;
  }

  private boolean knowsMore() {
    return finished.length() > bit(lowest);
  }

  /** An offset that was read is finished. */
  void finish(long offset) {
    if (offset >= lowest) {
      finished.set(bit(offset));
      advance();
    }
  }

  /** Whether an offset is finished, as far as is known. */
  boolean isFinished(long offset) {
    return offset < lowest || (offset < next + finished.length() && finished.get(bit(offset)));
  }

  /** Reading begins again at the lowest offset that is not finished, which is returned. */
  long again() {
    next = lowest;
    return lowest;
  }

  /** What to commit. */
  long committed() {
    return lowest;
  }

  /** Whether reading is so far ahead that it is to wait. */
  boolean isTooFarAhead() {
    return next - lowest >= MAX_AHEAD;
  }

  private void advance() {
    int clear = finished.nextClearBit(bit(lowest));
    lowest = origin + clear;
    next = Math.max(next, lowest);
    if (clear >= COMPACT) {
      finished = finished.get(clear, Math.max(clear, finished.length()));
      origin = lowest;
    }
  }

  private int bit(long offset) {
    return (int) (offset - origin);
  }

  /**
   * What is finished above the commit, in at most {@link #MAX_METADATA} characters. Where it does
   * not fit, the highest are left out: they are delivered again if another worker takes over.
   */
  String metadata() {
    byte[] encoded = encoded(MAX_BYTES + 1);
    return encoded.length == 0
        ? ""
        : (char) encoded[0]
            + Base64.getEncoder()
                .withoutPadding()
                .encodeToString(Arrays.copyOfRange(encoded, 1, encoded.length));
  }

  /** The same in at most so many bytes. */
  byte[] encoded(int most) {
    int first = bit(lowest);
    if (finished.length() <= first || most < 2) {
      return new byte[0];
    }
    BitSet above = finished.get(first, finished.length());
    byte[] bits = above.toByteArray();
    Encoded runs = runs(above, most - 1);
    if (bits.length < most && (bits.length <= runs.bytes.length || runs.covered < above.length())) {
      return concat(new byte[] {BITS}, bits);
    }
    byte[] some = Arrays.copyOf(bits, Math.min(bits.length, most - 1));
    return runs.covered >= some.length * 8
        ? concat(new byte[] {RUNS}, runs.bytes)
        : concat(new byte[] {BITS}, some);
  }

  /** Lengths of runs, not finished and finished in turn, and how many bits they cover. */
  @SuppressWarnings("ArrayRecordComponent") // It never leaves this class.
  private record Encoded(byte[] bytes, int covered) {}

  private static Encoded runs(BitSet above, int most) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int covered = 0;
    for (int at = 0; at < above.length(); ) {
      int set = above.nextSetBit(at);
      int clear = above.nextClearBit(set);
      byte[] two = concat(number(set - at), number(clear - set));
      if (out.size() + two.length > most) {
        break;
      }
      out.writeBytes(two);
      covered = clear;
      at = clear;
    }
    return new Encoded(out.toByteArray(), covered);
  }

  /** Seven bits a byte, the lowest first; all but the last have the highest bit. */
  private static byte[] number(int value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(5);
    int rest = value;
    for (; rest >= 0x80; rest >>>= 7) {
      out.write(rest | 0x80);
    }
    out.write(rest);
    return out.toByteArray();
  }

  private static byte[] concat(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static BitSet decode(String metadata) {
    try {
      if (!metadata.isEmpty() && metadata.charAt(0) < 0x80) {
        byte[] kind = {(byte) metadata.charAt(0)};
        return decode(concat(kind, Base64.getDecoder().decode(metadata.substring(1))));
      }
    } catch (IllegalArgumentException e) {
      // Another program's: then nothing is known.
    }
    return new BitSet();
  }

  private static BitSet decode(byte[] encoded) {
    try {
      if (encoded.length > 0 && encoded[0] == BITS) {
        return BitSet.valueOf(Arrays.copyOfRange(encoded, 1, encoded.length));
      }
      if (encoded.length > 0 && encoded[0] == RUNS) {
        return decodeRuns(Arrays.copyOfRange(encoded, 1, encoded.length));
      }
    } catch (IllegalArgumentException e) {
      // As above.
    }
    return new BitSet();
  }

  private static BitSet decodeRuns(byte[] bytes) {
    BitSet set = new BitSet();
    int at = 0;
    boolean isFinished = false;
    for (int i = 0; i < bytes.length; ) {
      int value = 0;
      for (int shift = 0; ; shift += 7) {
        int one = bytes[i++];
        value |= (one & 0x7f) << shift;
        if (one >= 0) {
          break;
        }
        if (i == bytes.length || shift > 21) {
          throw new IllegalArgumentException("a number has no end");
        }
      }
      if (value < 0 || value > MAX_AHEAD * 2 - at) {
        throw new IllegalArgumentException("a run is too long");
      }
      if (isFinished) {
        set.set(at, at + value);
      }
      at += value;
      isFinished = !isFinished;
    }
    return set;
  }
}
