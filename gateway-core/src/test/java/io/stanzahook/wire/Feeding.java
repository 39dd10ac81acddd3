package io.stanzahook.wire;

import io.stanzahook.stanza.Jid;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Feeds bytes to a decoder, cut in different ways. */
final class Feeding {
  static final String HEADER =
      "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams'"
          + " xmlns='jabber:component:accept' id='abc' from='gw.localhost' xml:lang='en'>";

  private Feeding() {}

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static List<StreamEvent> whole(WireLimits limits, byte[] stream) {
    return inPieces(limits, stream, new int[] {stream.length});
  }

  static List<StreamEvent> whole(String stream) {
    return whole(WireLimits.DEFAULTS, bytes(stream));
  }

  static List<StreamEvent> byteByByte(WireLimits limits, byte[] stream) {
    int[] sizes = new int[stream.length];
    Arrays.fill(sizes, 1);
    return inPieces(limits, stream, sizes);
  }

  static List<StreamEvent> cutAt(WireLimits limits, byte[] stream, int index) {
    return inPieces(limits, stream, new int[] {index, stream.length - index});
  }

  static List<StreamEvent> atRandom(WireLimits limits, byte[] stream, Random random, int most) {
    List<Integer> sizes = new ArrayList<>();
    for (int left = stream.length; left > 0; ) {
      int size = Math.min(left, random.nextInt(most + 1));
      sizes.add(size);
      left -= size;
    }
    return inPieces(limits, stream, sizes.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Each piece lies at another offset of an array that is overwritten after the call. */
  private static List<StreamEvent> inPieces(WireLimits limits, byte[] stream, int[] sizes) {
    List<StreamEvent> events = new ArrayList<>();
    StreamDecoder decoder = new StreamDecoder(Jid.of("gw.localhost"), limits, events::add);
    int position = 0;
    for (int size : sizes) {
      int offset = position % 7;
      byte[] lent = new byte[offset + size + 3];
      Arrays.fill(lent, (byte) '<');
      System.arraycopy(stream, position, lent, offset, size);
      decoder.feed(lent, offset, size);
      Arrays.fill(lent, (byte) 'X');
      position += size;
    }
    return events;
  }
}
