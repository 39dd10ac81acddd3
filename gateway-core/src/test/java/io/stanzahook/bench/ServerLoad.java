package io.stanzahook.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;

/**
 * A {@link Load} that plays the XMPP server of one component. Takes {@code port} and the load's
 * arguments; prints {@code ready} when it listens.
 */
public final class ServerLoad {
  private static final String HEADER =
      "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams'"
          + " xmlns='jabber:component:accept' id='load' from='gw.localhost'><handshake/>";

  private ServerLoad() {}

  /** Serves one component until the measurement is printed. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments(args);
    Load load = new Load(arguments, "localhost");
    new ServerBootstrap()
        .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
        .channel(EpollServerSocketChannel.class)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Connection(load));
              }
            })
        .bind("127.0.0.1", arguments.number("port", 5347))
        .sync();
    System.out.println("ready");
  }

  private static final class Connection extends LoadConnection {
    private boolean greeted;

    Connection(Load load) {
      super(load);
    }

    /** Any secret is right. */
    @Override
    boolean opening(ChannelHandlerContext ctx, String soFar) {
      if (!greeted && soFar.contains("<stream:stream ")) {
        greeted = true;
        send(ctx, HEADER);
      }
      return soFar.endsWith("</handshake>");
    }
  }
}
