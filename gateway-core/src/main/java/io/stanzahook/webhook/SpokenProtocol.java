package io.stanzahook.webhook;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the first bytes of a connection. If they belong to another protocol than HTTP/1, the
 * port is not the webhook's, and no request was understood there. It recognises only bytes with
 * which no answer of a webhook begins, however broken it is. Confined to the connection's event
 * loop.
 */
final class SpokenProtocol extends ChannelInboundHandlerAdapter {
  /** This many bytes are enough to recognise all protocols: the head of an HTTP/2 frame. */
  private static final int ENOUGH = 9;

  private final byte[] first = new byte[ENOUGH];
  private int length;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      int more = Math.min(bytes.readableBytes(), ENOUGH - length);
      bytes.getBytes(bytes.readerIndex(), first, length, more);
      length += more;
      String other = other(first, length);
      if (other != null) {
        ReferenceCountUtil.release(message);
        ctx.fireExceptionCaught(new OtherProtocolException(other));
        ctx.close();
        return;
      }
      if (length == ENOUGH || (length > 0 && (first[0] | 0x20) == 'h')) {
        ctx.pipeline().remove(this);
      }
    }
    ctx.fireChannelRead(message);
  }

  /** The protocol of these first bytes, with the remedy; null if they may be a response. */
  static @Nullable String other(byte[] first, int length) {
    if (length >= 3
        && first[0] >= 0x14
        && first[0] <= 0x17
        && first[1] == 3
        && first[2] >= 0
        && first[2] <= 4) {
      return "TLS there: use https:// in ‹post-url›";
    }
    if (length == ENOUGH
        && first[3] == 4
        && (first[4] | 1) == 1
        && first[5] == 0
        && first[6] == 0
        && first[7] == 0
        && first[8] == 0) {
      return "HTTP/2 only there: have it speak HTTP/1.1 too, or name a port that does in"
          + " ‹post-url›";
    }
    if (length >= 5 && first[3] == 0 && first[4] == 10 && first[2] == 0) {
      return named("MySQL");
    }
    String text = new String(first, 0, length, StandardCharsets.ISO_8859_1);
    if (text.startsWith("SSH-")) {
      return named("SSH");
    }
    if (text.startsWith("220 ") || text.startsWith("220-")) {
      return named("SMTP or FTP");
    }
    if (text.startsWith("+OK ") || text.startsWith("* OK ")) {
      return named("POP3 or IMAP");
    }
    if (text.startsWith("-ERR ") || text.toUpperCase(Locale.ROOT).startsWith("-DENIED ")) {
      return named("Redis");
    }
    return text.startsWith("AMQP") ? named("AMQP") : null;
  }

  private static String named(String protocol) {
    return protocol + " there, which is no webhook's: is the port of ‹post-url› right?";
  }

  /** The port speaks something else. The message says what, and the remedy. */
  static final class OtherProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    private OtherProtocolException(String message) {
      super(message, null, false, false);
    }
  }
}
