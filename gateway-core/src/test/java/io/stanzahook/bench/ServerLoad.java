package io.stanzahook.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A load generator that plays the XMPP server of one component: sends chat messages of many users
 * and takes the replies. A reply is matched with the user's oldest message without one, which rests
 * on the order the gateway promises.
 *
 * <p>Arguments: {@code port}, {@code users}, {@code window} (messages without reply at most; 0:
 * open loop), {@code rate} (a second, open loop), {@code seconds}, {@code warmup}, {@code body}
 * (bytes). Prints {@code ready}, then {@code measuring} when the warm-up is over, then one line of
 * JSON.
 */
public final class ServerLoad {
  private static final byte[] TO = "to='u".getBytes(StandardCharsets.US_ASCII);
  private static final String HEADER =
      "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams'"
          + " xmlns='jabber:component:accept' id='load' from='gw.localhost'><handshake/>";

  private static final int WARM_UP_WINDOW = 1024;

  private final Arguments arguments;
  private final int users;
  private final int window;
  private final int rate;
  private final byte[] tail;
  private final ArrayDeque<Long>[] sentAt;
  private final Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);

  private @Nullable Channel channel;
  private long outstanding;
  private long next;
  private long done;
  private long startedAt;
  private long firstOnSchedule;
  private boolean warm;
  private boolean stopped;

  private int matched;
  private int user;
  private boolean inNumber;

  @SuppressWarnings({"unchecked", "rawtypes"})
  private ServerLoad(Arguments arguments) {
    this.arguments = arguments;
    users = arguments.number("users", 1000);
    window = arguments.number("window", 2000);
    rate = arguments.number("rate", 0);
    sentAt = new ArrayDeque[users];
    tail =
        ("@localhost/res' to='bot@gw.localhost' type='chat' xml:lang='en'><body>"
                + "x".repeat(arguments.number("body", 32))
                + "</body></message>")
            .getBytes(StandardCharsets.US_ASCII);
  }

  private void start() throws InterruptedException {
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    new ServerBootstrap()
        .group(group)
        .channel(EpollServerSocketChannel.class)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel ch) {
                ch.pipeline().addLast(new Connection());
              }
            })
        .bind("127.0.0.1", arguments.number("port", 5347))
        .sync();
    System.out.println("ready");
  }

  private void begin(Channel connected) {
    channel = connected;
    EventLoop loop = connected.eventLoop();
    fill();
    loop.schedule(
        () -> {
          done = 0;
          latency.reset();
          if (window == 0) {
            startedAt = System.nanoTime();
            firstOnSchedule = next;
            warm = true;
            tick();
          }
          Measure measure = new Measure();
          System.out.println("measuring");
          loop.schedule(
              () -> {
                stopped = true;
                System.out.println(measure.line(done, latency));
                System.exit(0);
              },
              arguments.number("seconds", 5),
              TimeUnit.SECONDS);
        },
        arguments.number("warmup", 5),
        TimeUnit.SECONDS);
  }

  private void tick() {
    fill();
    Channel current = channel;
    if (current != null && !stopped) {
      current.eventLoop().schedule(this::tick, 200, TimeUnit.MICROSECONDS);
    }
  }

  /** Sends what may or should be sent by now. */
  private void fill() {
    Channel current = channel;
    if (current == null || stopped) {
      return;
    }
    while (current.isWritable()) {
      ByteBuf out = current.alloc().buffer(32 * 1024);
      while (out.readableBytes() < 30_000 && due()) {
        write(out);
      }
      if (!out.isReadable()) {
        out.release();
        return;
      }
      current.writeAndFlush(out);
    }
  }

  private boolean due() {
    return closedLoop()
        ? outstanding < (window > 0 ? window : WARM_UP_WINDOW)
        : scheduled() <= System.nanoTime();
  }

  /**
   * The warm-up is a closed loop in any case: a schedule that a cold JVM misses is never caught up.
   */
  private boolean closedLoop() {
    return window > 0 || !warm;
  }

  private long scheduled() {
    return startedAt + (next - firstOnSchedule) * 1_000_000_000L / rate;
  }

  private void write(ByteBuf out) {
    int id = (int) (next % users);
    long at = closedLoop() ? System.nanoTime() : scheduled();
    next++;
    outstanding++;
    if (sentAt[id] == null) {
      sentAt[id] = new ArrayDeque<>(1);
    }
    sentAt[id].add(at);
    out.writeCharSequence("<message id='", StandardCharsets.US_ASCII);
    out.writeCharSequence(Long.toString(next), StandardCharsets.US_ASCII);
    out.writeCharSequence("' from='u", StandardCharsets.US_ASCII);
    out.writeCharSequence(Integer.toString(id), StandardCharsets.US_ASCII);
    out.writeBytes(tail);
  }

  private void reply(int id) {
    Long at = sentAt[id].poll();
    if (sentAt[id].isEmpty()) {
      sentAt[id] = null;
    }
    outstanding--;
    done++;
    if (at != null) {
      latency.recordValue(Math.max(0, System.nanoTime() - at));
    }
  }

  /** Finds the addressees {@code to='u123@…'}: one in each reply. */
  private void scan(byte b) {
    if (inNumber) {
      if (b >= '0' && b <= '9') {
        user = user * 10 + (b - '0');
        return;
      }
      inNumber = false;
      reply(user);
    }
    if (b == TO[matched]) {
      if (++matched == TO.length) {
        matched = 0;
        user = 0;
        inNumber = true;
      }
    } else {
      matched = b == TO[0] ? 1 : 0;
    }
  }

  private final class Connection extends ChannelInboundHandlerAdapter {
    private int ends;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf buffer = (ByteBuf) message;
      byte[] bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes);
      buffer.release();
      for (byte b : bytes) {
        if (channel != null) {
          scan(b);
        } else if (b == '>') {
          opening(ctx);
        }
      }
      if (channel != null && closedLoop()) {
        fill();
      }
    }

    /** The declaration, the start tag, the handshake and its end: then the load begins. */
    private void opening(ChannelHandlerContext ctx) {
      ends++;
      if (ends == 2) {
        ByteBuf out = ctx.alloc().buffer();
        out.writeCharSequence(HEADER, StandardCharsets.US_ASCII);
        ctx.writeAndFlush(out);
      } else if (ends == 4) {
        begin(ctx.channel());
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (channel != null) {
        fill();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      System.err.println("connection: " + cause);
      System.exit(1);
    }
  }

  /** Serves one component until the measurement is printed. */
  public static void main(String[] args) throws InterruptedException {
    new ServerLoad(new Arguments(args)).start();
  }
}
