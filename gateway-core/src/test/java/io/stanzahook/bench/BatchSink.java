package io.stanzahook.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * A webhook that answers each stanza of a batch, and costs as little as one can: the answers are
 * written beforehand, one response for each length that a batch can have.
 *
 * <p>Arguments: {@code port}, {@code most} (stanzas in a batch). Prints {@code ready}.
 */
public final class BatchSink {
  private static final String REPLY = "{\"body\":\"Did you say hello?\"}";
  private static final String BATCH = "webhook-batch";

  /** By the length of the batch; at 0 the response to a stanza alone. */
  private final ByteBuf[] responses;

  private BatchSink(int most) {
    responses = new ByteBuf[most + 1];
    StringBuilder elements = new StringBuilder();
    responses[0] = response(REPLY);
    for (int i = 1; i <= most; i++) {
      elements.append(i == 1 ? "" : ",").append(REPLY);
      responses[i] = response("[" + elements + "]");
    }
  }

  private static ByteBuf response(String body) {
    String text =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
            .formatted(body.length(), body);
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer(text.length())
            .writeBytes(text.getBytes(StandardCharsets.US_ASCII))
            .asReadOnly());
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
                channel.pipeline().addLast(new HttpRequestDecoder(), new Answers());
              }
            })
        .bind("127.0.0.1", port)
        .sync();
    System.out.println("ready");
  }

  private final class Answers extends ChannelInboundHandlerAdapter {
    private int size;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpRequest request) {
        String length = request.headers().get(BATCH);
        size = length == null ? 0 : Integer.parseInt(length);
      }
      if (message instanceof LastHttpContent) {
        ctx.write(responses[size].duplicate());
      }
      ReferenceCountUtil.release(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  /** Answers until it is ended. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments(args);
    new BatchSink(arguments.number("most", 1000)).start(arguments.number("port", 8080));
  }
}
