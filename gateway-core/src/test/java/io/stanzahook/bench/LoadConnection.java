package io.stanzahook.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/** A connection that opens a component stream and then carries a {@link Load}. */
abstract class LoadConnection extends ChannelInboundHandlerAdapter {
  private final Load load;
  private final StringBuilder opening = new StringBuilder();
  private boolean open;

  LoadConnection(Load load) {
    this.load = load;
  }

  /**
   * The peer's opening goes on by a tag.
   *
   * @param soFar all that it sent
   * @return whether the stream is open now, and stanzas come next
   */
  abstract boolean opening(ChannelHandlerContext ctx, String soFar);

  static void send(ChannelHandlerContext ctx, String text) {
    ByteBuf out = ctx.alloc().buffer();
    out.writeCharSequence(text, StandardCharsets.US_ASCII);
    ctx.writeAndFlush(out);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    try {
      while (!open && buffer.isReadable()) {
        char c = (char) buffer.readByte();
        opening.append(c);
        if (c == '>' && opening(ctx, opening.toString())) {
          open = true;
          load.begin(ctx.channel());
        }
      }
      if (open) {
        load.read(buffer);
      }
    } finally {
      buffer.release();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    load.fill();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    System.err.println("the peer closed the connection");
    System.exit(1);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    System.err.println("connection: " + cause);
    System.exit(1);
  }
}
