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
 * Wrong on purpose: says that no message's body is "canary". Fuzzing that does not prove it wrong
 * within seconds would find nothing else either. In a package of its own, since unlike the real
 * targets, which only judge, it is instrumented.
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

  /** Chance does not come by that word, but Jazzer sees what is compared. */
  private static void look(String body) {
    if (body.equals("canary")) {
      throw new AssertionError("the canary was found");
    }
  }
}
