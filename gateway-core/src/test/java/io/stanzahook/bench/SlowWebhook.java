package io.stanzahook.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.HashedWheelTimer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A webhook that answers every POST after a while, or hangs at first and then recovers.
 *
 * <p>Arguments: {@code port}; {@code delay} (milliseconds) before each answer; {@code hang}
 * (seconds): nothing is answered until so long after the first request. Prints {@code ready}, and
 * {@code recovered} when it has hung for long enough.
 */
public final class SlowWebhook {
  private static final byte[] ANSWER =
      "{\"body\":\"Did you say hello?\"}".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_REQUEST = 4 * 1024 * 1024;

  private final int delay;
  private final long hang;

  /** One wheel for all that waits: a timer of the event loop's own for each would cost more. */
  private final HashedWheelTimer wheel = new HashedWheelTimer(1, TimeUnit.MILLISECONDS);

  private long hangsUntil;

  private SlowWebhook(Arguments arguments) {
    delay = arguments.number("delay", 0);
    hang = TimeUnit.SECONDS.toNanos(arguments.number("hang", 0));
  }

  private void start(int port) throws InterruptedException {
    new ServerBootstrap()
        .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
        .channel(EpollServerSocketChannel.class)
        .option(ChannelOption.SO_BACKLOG, 8192)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(
                        new HttpServerCodec(), new HttpObjectAggregator(MAX_REQUEST), new Posts());
              }
            })
        .bind("127.0.0.1", port)
        .sync();
    System.out.println("ready");
  }

  /** How long a request that came now waits for its answer, in nanoseconds. */
  private long pause() {
    if (hang == 0) {
      return TimeUnit.MILLISECONDS.toNanos(delay);
    }
    long now = System.nanoTime();
    if (hangsUntil == 0) {
      hangsUntil = now + hang;
      wheel.newTimeout(timeout -> System.out.println("recovered"), hang, TimeUnit.NANOSECONDS);
    }
    return hangsUntil - now;
  }

  private final class Posts extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      long pause = pause();
      if (pause <= 0) {
        answer(ctx);
      } else {
        wheel.newTimeout(
            timeout -> ctx.executor().execute(() -> answer(ctx)), pause, TimeUnit.NANOSECONDS);
      }
    }

    private void answer(ChannelHandlerContext ctx) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(ANSWER));
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
          .set(HttpHeaderNames.CONTENT_LENGTH, ANSWER.length);
      ctx.writeAndFlush(response);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  /** Answers until it is ended. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments(args);
    new SlowWebhook(arguments).start(arguments.number("port", 8080));
  }
}
