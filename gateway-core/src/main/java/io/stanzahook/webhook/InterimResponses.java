package io.stanzahook.webhook;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.util.ReferenceCountUtil;

/**
 * Drops a webhook's interim responses, such as 103 Early Hints: any number of them may come before
 * the response that counts (RFC 9110, 15.2). Taken for that one, they would leave it to the next
 * request of the connection, and so to somebody else. How long they may go on is up to the call's
 * time-out.
 *
 * <p>Gives what cannot be decoded an exception of its own: such an answer is told from a connection
 * that broke.
 */
final class InterimResponses extends ChannelInboundHandlerAdapter {
  private static final int SWITCHING_PROTOCOLS = 101;

  private boolean interim;
  private boolean dropped;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpObject part
        && part.decoderResult().isFailure()
        && !(part.decoderResult().cause() instanceof PrematureChannelClosureException)) {
      part.setDecoderResult(
          DecoderResult.failure(UndecodableResponseException.of(part.decoderResult().cause())));
      interim = false;
    } else if (message instanceof HttpResponse response) {
      interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
      if (response.status().code() == SWITCHING_PROTOCOLS) {
        // Nobody asked for it, and what follows is not HTTP: final, for call and connection.
        interim = false;
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      }
    }
    if (interim) {
      dropped = true;
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (dropped) {
      dropped = false;
      if (!ctx.channel().config().isAutoRead()) {
        // The handlers behind have seen nothing, and so ask for nothing.
        ctx.read();
      }
    }
  }
}
