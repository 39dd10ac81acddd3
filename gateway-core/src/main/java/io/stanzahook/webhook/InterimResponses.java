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
 * Drops interim responses of a webhook, such as 103 Early Hints. Any number of them may come before
 * the final response (RFC 9110, 15.2). If one were taken for the final one, the next request of the
 * connection would get that. The call's time-out limits how long they may come.
 *
 * <p>A response that cannot be decoded gets an exception of its own, to distinguish it from a
 * connection that broke.
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
        // Nobody asked for it, and what follows is not HTTP. It ends the call and the connection.
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
        // The handlers after this one have seen nothing, so they do not ask for more.
        ctx.read();
      }
    }
  }
}
