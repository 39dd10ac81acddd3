package io.stanzahook.fuzz;

import io.stanzahook.stanza.Message;
import io.stanzahook.wire.StreamDecoder;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Wrong on purpose: says that no message's body begins with "bug". Fuzzing that does not prove it
 * wrong within seconds would find nothing else either.
 */
public final class CanaryTarget {
  private static final String WORD = "bug";
  private static final byte[] BEFORE =
      ascii(
          "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'"
              + " xmlns='jabber:component:accept'><message from='a@b'><body>");
  private static final byte[] AFTER = ascii("</body></message>");

  private CanaryTarget() {}

  /** Jazzer's entry. */
  public static void fuzzerTestOneInput(byte[] input) {
    List<StreamEvent> events = new ArrayList<>();
    StreamDecoder decoder =
        new StreamDecoder(StreamTarget.OWN_DOMAIN, WireLimits.DEFAULTS, events::add);
    for (byte[] part : List.of(BEFORE, input, AFTER)) {
      decoder.feed(part, 0, part.length);
    }
    for (StreamEvent event : events) {
      if (event instanceof StreamEvent.Received received
          && received.stanza() instanceof Message message
          && message.body() != null) {
        look(message.body(), 0);
      }
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Letter by letter, so that each that is right is progress. */
  private static void look(String body, int index) {
    if (index == WORD.length()) {
      throw new AssertionError("the canary was found");
    }
    if (body.length() > index && body.charAt(index) == WORD.charAt(index)) {
      look(body, index + 1);
    }
  }
}
