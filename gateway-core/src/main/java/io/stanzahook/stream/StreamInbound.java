package io.stanzahook.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.stanzahook.stanza.Jid;
import io.stanzahook.wire.StreamDecoder;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.wire.WireLimits;
import org.jspecify.annotations.Nullable;

/**
 * Turns the connection's bytes into stream events for the handlers after it, and knows when bytes
 * last came and whether reading has stopped for want of demand.
 */
final class StreamInbound extends ChannelDuplexHandler {
  private static final int TLS_ALERT = 21;

  private final StreamDecoder decoder;
  private final StreamListener listener;
  private final Runnable onLost;

  /** Copied into before decoding: an array is read much faster than a buffer, byte by byte. */
  private byte[] scratch = new byte[16 * 1024];

  private @Nullable ChannelHandlerContext context;
  private @Nullable Runnable discarding;
  private int firstByte = -1;
  private long lastInbound = System.nanoTime();
  private boolean paused;

  /**
   * Nothing was read yet.
   *
   * @param onLost called as the connection ends or breaks, before the handlers after this one know
   */
  StreamInbound(Jid ownDomain, WireLimits limits, StreamListener listener, Runnable onLost) {
    this.listener = listener;
    this.onLost = onLost;
    this.decoder = new StreamDecoder(ownDomain, limits, this::fire);
  }

  /** When bytes last came, or reading was last paused, by {@link System#nanoTime}. */
  long lastInbound() {
    return paused ? System.nanoTime() : lastInbound;
  }

  /** Whether the server's first byte begins an alert of TLS; no XML has it (RFC 8446, 5.1). */
  boolean isTlsAlert() {
    return firstByte == TLS_ALERT;
  }

  /** Whether the server has said nothing yet. */
  boolean isSilent() {
    return firstByte < 0;
  }

  /** Which element has begun and not ended, see {@link StreamDecoder#openElement}. */
  long openElement() {
    return decoder.openElement();
  }

  /** Whether that one is no stanza. */
  boolean isForeignOpen() {
    return decoder.isForeignOpen();
  }

  /** Whether nothing is read, since nobody takes more stanzas. */
  boolean isPaused() {
    return paused;
  }

  /**
   * Reads on without demand and throws away what comes, up to the server's end tag.
   *
   * @param onEnd called when that came, or the connection ended
   */
  void discardUntilEnd(Channel channel, Runnable onEnd) {
    discarding = onEnd;
    channel.config().setAutoRead(true);
  }

  private void fire(StreamEvent event) {
    ChannelHandlerContext current = context;
    Runnable onEnd = discarding;
    if (onEnd != null) {
      if (event instanceof StreamEvent.Closed || event instanceof StreamEvent.Violated) {
        onEnd.run();
      }
    } else if (current != null) {
      current.fireChannelRead(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Runnable onEnd = discarding;
    if (onEnd != null) {
      onEnd.run();
    }
    onLost.run();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    onLost.run();
    ctx.fireExceptionCaught(cause);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf buffer)) {
      ctx.fireChannelRead(message);
      return;
    }
    lastInbound = System.nanoTime();
    try {
      int length = buffer.readableBytes();
      if (length > scratch.length) {
        // Bounded by the channel's largest read buffer.
        scratch = new byte[length];
      }
      buffer.readBytes(scratch, 0, length);
      if (firstByte < 0 && length > 0) {
        firstByte = scratch[0] & 0xff;
      }
      decoder.feed(scratch, 0, length);
    } finally {
      buffer.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (!paused && !ctx.channel().config().isAutoRead()) {
      paused = true;
      listener.paused();
    }
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    if (paused) {
      paused = false;
      lastInbound = System.nanoTime();
      listener.resumed();
    }
    ctx.read();
  }

  /** Sees bytes that are no part of the stream, such as half a record of TLS. */
  final class Life extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      lastInbound = System.nanoTime();
      ctx.fireChannelRead(message);
    }
  }
}
