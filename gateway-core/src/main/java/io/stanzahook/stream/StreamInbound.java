package io.stanzahook.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.stanzahook.stanza.Jid;
import io.stanzahook.wire.StreamDecoder;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Turns the connection's bytes into stream events, and reads as far as the valve has demand: the
 * channel's {@code autoRead} is the switch, and nothing else remembers how it stands. Knows when
 * bytes last came.
 *
 * <p>On the connection's event loop.
 */
final class StreamInbound extends ChannelInboundHandlerAdapter {
  private static final int TLS_ALERT = 21;

  /** How much of what came first is kept: a start tag, and a stream error. */
  private static final int MAX_HEAD = 1024;

  private final Channel channel;
  private final StreamDecoder decoder;
  private final Valve valve;
  private final StreamListener listener;
  private final Consumer<Throwable> onEnd;

  /** Copied into before decoding: an array is read much faster than a buffer, byte by byte. */
  private byte[] scratch = new byte[16 * 1024];

  private int firstByte = -1;
  private final StringBuilder head = new StringBuilder();
  private long lastInbound = System.nanoTime();
  private boolean obeysValve;

  /**
   * Nothing is read before the channel's {@code autoRead} is on.
   *
   * @param events takes each event, also those that come after the connection's end is known
   * @param onEnd told how the connection ended or broke; it may be several times
   */
  StreamInbound(
      Channel channel,
      Jid ownDomain,
      WireLimits limits,
      Valve valve,
      StreamListener listener,
      Consumer<StreamEvent> events,
      Consumer<Throwable> onEnd) {
    this.channel = channel;
    this.decoder = new StreamDecoder(ownDomain, limits, events);
    this.valve = valve;
    this.listener = listener;
    this.onEnd = onEnd;
  }

  /** When bytes last came, or reading was last paused, by {@link System#nanoTime}. */
  long lastInbound() {
    return isPaused() ? System.nanoTime() : lastInbound;
  }

  /** Whether the server's first byte begins an alert of TLS; no XML has it (RFC 8446, 5.1). */
  boolean isTlsAlert() {
    return firstByte == TLS_ALERT;
  }

  /** Whether the server has said nothing yet. */
  boolean isSilent() {
    return firstByte < 0;
  }

  /** What the server sent first, byte by byte: at least its start tag, if there is one. */
  String head() {
    return head.toString();
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
    return !channel.config().isAutoRead();
  }

  /** From now on reads only as far as there is demand: stanzas may come. */
  void obeyValve() {
    obeysValve = true;
    valve.onDemand(this::demanded);
  }

  /** From now on reads whatever comes: the handshake, or the rest of a connection that ends. */
  void readAll() {
    if (obeysValve) {
      obeysValve = false;
      valve.onDemand(() -> {});
    }
    readOn();
  }

  /** On any thread. */
  private void demanded() {
    if (isPaused()) {
      if (channel.eventLoop().inEventLoop()) {
        look();
      } else {
        channel.eventLoop().execute(this::look);
      }
    }
  }

  private void look() {
    if (obeysValve && !valve.isShut()) {
      readOn();
    }
  }

  private void readOn() {
    if (isPaused()) {
      lastInbound = System.nanoTime();
      listener.resumed();
      channel.config().setAutoRead(true);
    }
  }

  private void pause() {
    if (obeysValve && valve.isShut() && !isPaused()) {
      listener.paused();
      channel.config().setAutoRead(false);
      // Demand may have come in between, and have seen nobody paused.
      look();
    }
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
      if (head.length() < MAX_HEAD) {
        int more = Math.min(length, MAX_HEAD - head.length());
        head.append(new String(scratch, 0, more, StandardCharsets.ISO_8859_1));
      }
      decoder.feed(scratch, 0, length);
    } finally {
      buffer.release();
    }
    pause();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    onEnd.accept(StreamEnd.closed("the server closed the connection"));
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    onEnd.accept(cause);
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
