package io.stanzahook.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.stanzahook.wire.Handshake;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@link Load} whose users are those of a component of their own ({@value #DOMAIN}) on a real
 * server, which routes between them and the bot's component. Takes {@code port}, {@code secret} and
 * the load's arguments.
 */
public final class ComponentLoad {
  static final String DOMAIN = "load.localhost";
  private static final Pattern ID = Pattern.compile("<stream:stream [^>]*\\bid=['\"]([^'\"]+)");

  private ComponentLoad() {}

  /** Sends to the server until the measurement is printed. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments(args);
    Load load = new Load(arguments, DOMAIN);
    String secret = arguments.text("secret", "");
    new Bootstrap()
        .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
        .channel(EpollSocketChannel.class)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Connection(load, secret));
              }
            })
        .connect("127.0.0.1", arguments.number("port", 5347))
        .sync();
  }

  private static final class Connection extends LoadConnection {
    private final String secret;
    private boolean identified;

    Connection(Load load, String secret) {
      super(load);
      this.secret = secret;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      send(ctx, Handshake.start(DOMAIN));
    }

    @Override
    boolean opening(ChannelHandlerContext ctx, String soFar) {
      Matcher id = ID.matcher(soFar);
      if (!identified && id.find()) {
        identified = true;
        send(ctx, Handshake.element(id.group(1), secret));
      }
      return soFar.endsWith("<handshake/>") || soFar.endsWith("</handshake>");
    }
  }
}
