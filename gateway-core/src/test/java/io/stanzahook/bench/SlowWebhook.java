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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A webhook that answers every POST after a while, or hangs at first and then recovers.
 *
 * <p>Arguments: {@code port}; {@code delay} (milliseconds) before each answer; {@code longest}
 * (milliseconds): delays are between the two, most of them short and some very long, as language
 * models answer; {@code workers}: so many requests at a time, the others wait their turn; {@code
 * hang} (seconds): nothing is answered until so long after the first request. Prints {@code ready},
 * and {@code recovered} when it has hung for long enough.
 */
public final class SlowWebhook {
  private static final byte[] ANSWER =
      "{\"body\":\"Did you say hello?\"}".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_REQUEST = 4 * 1024 * 1024;

  /** The tail of the delays: the smaller, the heavier. */
  private static final double SHAPE = 1.1;

  private final int delay;
  private final int longest;
  private final int workers;
  private final long hang;

  /** The same delays in each run. */
  private final Random random = new Random(1);

  /** Requests whose turn has not come, of the event loop alone, as is what follows. */
  private final Deque<ChannelHandlerContext> waiting = new ArrayDeque<>();

  private int busy;

  /** One wheel for all that waits: a timer of the event loop's own for each would cost more. */
  private final HashedWheelTimer wheel = new HashedWheelTimer(1, TimeUnit.MILLISECONDS);

  private long hangsUntil;

  private SlowWebhook(Arguments arguments) {
    delay = arguments.number("delay", 0);
    longest = arguments.number("longest", 0);
    workers = arguments.number("workers", Integer.MAX_VALUE);
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
      return (long) (millis() * 1e6);
    }
    long now = System.nanoTime();
    if (hangsUntil == 0) {
      hangsUntil = now + hang;
      wheel.newTimeout(timeout -> System.out.println("recovered"), hang, TimeUnit.NANOSECONDS);
    }
    return hangsUntil - now;
  }

  /** A Pareto distribution, bounded on both sides. */
  private double millis() {
    if (longest <= delay) {
      return delay;
    }
    double least = Math.pow(delay, SHAPE);
    double most = Math.pow(longest, SHAPE);
    double chance = random.nextDouble();
    return Math.pow(-(chance * most - chance * least - most) / (most * least), -1 / SHAPE);
  }

  private final class Posts extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      if (busy < workers) {
        work(ctx);
      } else {
        waiting.add(ctx);
      }
    }

    private void work(ChannelHandlerContext ctx) {
      long pause = pause();
      if (pause <= 0) {
        answer(ctx);
        return;
      }
      busy++;
      wheel.newTimeout(
          timeout -> ctx.executor().execute(() -> worked(ctx)), pause, TimeUnit.NANOSECONDS);
    }

    private void worked(ChannelHandlerContext ctx) {
      busy--;
      answer(ctx);
      ChannelHandlerContext next = waiting.poll();
      if (next != null) {
        work(next);
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
