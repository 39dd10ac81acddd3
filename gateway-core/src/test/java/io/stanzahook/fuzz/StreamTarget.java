package io.stanzahook.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stream.AnyInbound;
import io.stanzahook.wire.StreamDecoder;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.wire.WireLimits;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bytes of a component stream: the events do not depend on how they are cut, and {@link
 * StreamOracle} agrees with each.
 *
 * <p>First line: a letter for the header, the last for none, so that the data begins with one; a
 * letter for the limits; then bytes that are the sizes of pieces.
 */
public final class StreamTarget {
  static final Jid OWN_DOMAIN = Jid.of("gw.localhost");

  private static final WireLimits SMALL = new WireLimits(1024, 4, 8, 1024, 6, 2048);

  private static final List<String> HEADERS =
      List.of(
          // Prosody's and ejabberd's.
          "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams'"
              + " from='gw.localhost' id='2a5b' xmlns='jabber:component:accept'>",
          "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept'"
              + " xmlns:stream='http://etherx.jabber.org/streams' id='1834' from='gw.localhost'"
              + " xml:lang='en'>",
          "<s:stream xmlns:p='urn:p' xmlns:q=\"urn:q\" id='&amp;&#x1F600;'"
              + " xmlns:s='http://etherx.jabber.org/streams' xmlns='jabber:component:accept'\n>",
          "");

  private StreamTarget() {}

  /** Jazzer's entry. */
  public static void fuzzerTestOneInput(byte[] input) {
    FuzzInput in = new FuzzInput(input);
    byte[] header = in.oneOf(0, HEADERS).getBytes(StandardCharsets.UTF_8);
    WireLimits limits = in.oneOf(1, List.of(WireLimits.DEFAULTS, SMALL));
    byte[] stream = joined(header, in.data());

    List<Integer> ends = new ArrayList<>();
    List<StreamEvent> events = byteByByte(limits, stream, ends);
    assertThat(inPieces(limits, List.of(stream))).as("whole").isEqualTo(events);
    List<byte[]> pieces = in.pieces(stream, 2);
    assertThat(inPieces(limits, pieces)).as("in pieces").isEqualTo(events);
    assertThat(AnyInbound.events(OWN_DOMAIN, limits, pieces)).as("by Netty").isEqualTo(events);

    new StreamOracle(stream, limits, events, ends).check();
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }

  /** Notes for each event how many bytes had been fed. */
  private static List<StreamEvent> byteByByte(
      WireLimits limits, byte[] stream, List<Integer> ends) {
    List<StreamEvent> events = new ArrayList<>();
    StreamDecoder decoder = new StreamDecoder(OWN_DOMAIN, limits, events::add);
    byte[] lent = new byte[1];
    for (int i = 0; i < stream.length; i++) {
      lent[0] = stream[i];
      decoder.feed(lent, 0, 1);
      while (ends.size() < events.size()) {
        ends.add(i + 1);
      }
    }
    return events;
  }

  /** Each piece lies inside of an array that is overwritten after the call. */
  private static List<StreamEvent> inPieces(WireLimits limits, List<byte[]> pieces) {
    List<StreamEvent> events = new ArrayList<>();
    StreamDecoder decoder = new StreamDecoder(OWN_DOMAIN, limits, events::add);
    for (byte[] piece : pieces) {
      ByteArrayOutputStream lent = new ByteArrayOutputStream();
      lent.writeBytes("<<<".getBytes(StandardCharsets.US_ASCII));
      lent.writeBytes(piece);
      lent.writeBytes("<<<".getBytes(StandardCharsets.US_ASCII));
      byte[] array = lent.toByteArray();
      decoder.feed(array, 3, piece.length);
      Arrays.fill(array, (byte) 'X');
    }
    return events;
  }
}
