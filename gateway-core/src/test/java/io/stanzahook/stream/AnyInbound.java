package io.stanzahook.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.stanzahook.stanza.Jid;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.wire.WireLimits;
import java.util.ArrayList;
import java.util.List;

/** What the connection's pipeline makes of buffers. */
public final class AnyInbound {
  private AnyInbound() {}

  /** The events of a stream that comes in those pieces; all buffers are released. */
  public static List<StreamEvent> events(Jid ownDomain, WireLimits limits, List<byte[]> pieces) {
    EmbeddedChannel channel = new EmbeddedChannel();
    List<StreamEvent> events = new ArrayList<>();
    channel
        .pipeline()
        .addLast(
            new StreamInbound(
                channel,
                ownDomain,
                limits,
                new Valve(() -> {}, () -> {}),
                StreamListener.NONE,
                events::add,
                end -> {}));
    for (byte[] piece : pieces) {
      ByteBuf buffer = Unpooled.copiedBuffer(piece);
      channel.writeInbound(buffer);
      // The empty buffer is one for all.
      if (piece.length > 0 && buffer.refCnt() != 0) {
        throw new AssertionError("an inbound buffer was not released");
      }
    }
    channel.finish();
    return events;
  }
}
