package io.stanzahook.fuzz.canary;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.wire.StreamDecoder;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Wrong on purpose: says that no message's body begins with "bu". Fuzzing that does not prove it
 * wrong within seconds would find nothing else either. In a package of its own, since unlike the
 * real targets, which only judge, it is instrumented.
 */
public final class CanaryTarget {
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
        new StreamDecoder(Jid.of("gw.localhost"), WireLimits.DEFAULTS, events::add);
    for (byte[] part : List.of(BEFORE, input, AFTER)) {
      decoder.feed(part, 0, part.length);
    }
    for (StreamEvent event : events) {
      if (event instanceof StreamEvent.Received received
          && received.stanza() instanceof Message message
          && message.body() != null) {
        look(message.body());
      }
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Letter by letter, each a branch of its own, so that each that is right is progress. */
  private static void look(String body) {
    if (body.startsWith("b")) {
      if (body.startsWith("u", 1)) {
        throw new AssertionError("the canary was found");
      }
    }
  }
}
