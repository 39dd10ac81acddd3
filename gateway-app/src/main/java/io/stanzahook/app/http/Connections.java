package io.stanzahook.app.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The connections of the HTTP service, with bounds so that strangers cannot lock others out.
 *
 * <p>Each connection has deadlines and byte limits for its whole life, also after a refused
 * request. If an address, or all addresses together, have the most connections allowed, the
 * connection that has been without a request for the longest time is closed for the new one. If
 * every connection is working on a request, the new one gets a place in the reserve: for one
 * request, to a probe.
 *
 * <p>Any thread may call it; a connection's own state belongs to its event loop.
 */
final class Connections {
  /** Connections, without those of the reserve. */
  static final int MAX_CONNECTIONS = 512;

  /** Connections of one address, or of one IPv6 network of 64 bits. */
  static final int MAX_OF_ADDRESS = 256;

  /** Further connections, for probes. Beyond it, the oldest is closed. */
  static final int MAX_RESERVE = 32;

  /** Requests that one connection may send ahead of their answers. */
  static final int MAX_PIPELINED = 16;

  /** Bytes of a body that are read and dropped beyond the allowed size. */
  static final int MAX_DROPPED = 4 * 1024 * 1024;

  /** How long a connection may stay open between requests. */
  static final Duration IDLE = Duration.ofSeconds(75);

  /** How long the first request's headers may take, and then each request as a whole. */
  static final Duration ARRIVAL = Duration.ofSeconds(10);

  /** How long a connection of the reserve lives at most. */
  static final Duration RESERVE_LIFE = Duration.ofSeconds(5);

  /** How long a client may take to read the end of an answer. */
  static final Duration DEPARTURE = Duration.ofSeconds(30);

  private static final AttributeKey<Connection> KEY =
      AttributeKey.valueOf(Connections.class, "connection");

  private static final int NETWORK_BYTES = 8;

  private final RefusedRequests refused;
  private final Map<String, Integer> byAddress = new HashMap<>();

  /** Connections without a request, the longest idle first. */
  private final Set<Connection> silent = new LinkedHashSet<>();

  private final Set<Connection> reserve = new LinkedHashSet<>();
  private int count;

  Connections(RefusedRequests refused) {
    this.refused = refused;
  }

  /** The key to count connections by. */
  static String address(@Nullable SocketAddress remote) {
    InetAddress address = remote instanceof InetSocketAddress inet ? inet.getAddress() : null;
    if (address instanceof Inet6Address six) {
      byte[] network = Arrays.copyOf(six.getAddress(), NETWORK_BYTES);
      return six.isLoopbackAddress()
          ? "::1"
          : HexFormat.ofDelimiter(":").formatHex(network) + "/64";
    }
    return address == null ? "unknown" : address.getHostAddress();
  }

  /** The connection of a request. */
  static @Nullable Connection of(HttpServerRequest request) {
    Connection[] found = new Connection[1];
    var unused = request.withConnection(each -> found[0] = each.channel().attr(KEY).get());
    return found[0];
  }

  /** Registers a new connection. */
  void opened(Channel channel) {
    if (channel.parent() == null) {
      return;
    }
    Connection connection = new Connection(address(channel.remoteAddress()));
    channel.attr(KEY).set(connection);
    Channel victim;
    synchronized (this) {
      victim = place(connection, channel);
    }
    channel.closeFuture().addListener(closed -> closed(connection));
    channel.pipeline().addAfter(NettyPipeline.HttpCodec, "connections", connection);
    if (victim != null) {
      var unused = victim.close();
    }
  }

  /** Finds a place for it, and returns the connection to close for it. */
  private @Nullable Channel place(Connection connection, Channel channel) {
    connection.channel = channel;
    boolean ofAddress = byAddress.getOrDefault(connection.address, 0) >= MAX_OF_ADDRESS;
    if (!ofAddress && count < MAX_CONNECTIONS) {
      admit(connection);
      return null;
    }
    refused.tooManyConnections(
        ofAddress ? "address " + connection.address : "all addresses",
        ofAddress
            ? "%s has %d connections to --http-listen, the maximum for one address: the one that is idle the longest is closed for the next; make its programs reuse connections, or open fewer"
                .formatted(connection.address, MAX_OF_ADDRESS)
            : "there are %d connections to --http-listen, the maximum: the one that is idle the longest is closed for the next; let a proxy or a firewall limit who may connect"
                .formatted(MAX_CONNECTIONS));
    Connection victim = longestSilent(ofAddress ? connection.address : null);
    if (victim != null) {
      forget(victim);
      admit(connection);
      return victim.channel;
    }
    connection.ofReserve = true;
    reserve.add(connection);
    if (reserve.size() <= MAX_RESERVE) {
      return null;
    }
    Iterator<Connection> oldest = reserve.iterator();
    Connection first = oldest.next();
    oldest.remove();
    return first.channel;
  }

  private void admit(Connection connection) {
    count++;
    byAddress.merge(connection.address, 1, Integer::sum);
    connection.counted = true;
    silent.add(connection);
  }

  private @Nullable Connection longestSilent(@Nullable String address) {
    for (Connection each : silent) {
      if (address == null || each.address.equals(address)) {
        return each;
      }
    }
    return null;
  }

  private synchronized void closed(Connection connection) {
    forget(connection);
    reserve.remove(connection);
  }

  private void forget(Connection connection) {
    silent.remove(connection);
    if (connection.counted) {
      connection.counted = false;
      count--;
      byAddress.computeIfPresent(
          connection.address, (key, number) -> number == 1 ? null : number - 1);
    }
  }

  private synchronized void mark(Connection connection, boolean busy) {
    if (busy) {
      silent.remove(connection);
    } else if (connection.counted) {
      silent.add(connection);
    }
  }

  /** One connection: a handler behind the codec that sees what it reads and writes. */
  final class Connection extends ChannelDuplexHandler {
    private final String address;
    private @Nullable Channel channel;
    private boolean ofReserve;
    private boolean counted;

    /** Requests without an answer yet. */
    private int pending;

    private boolean bodyOpen;
    private long bodyBytes;
    private boolean informational;

    /** By {@link System#nanoTime}; null for no deadline. */
    private @Nullable Long readUntil;

    private @Nullable Long writtenUntil;
    private boolean watched;

    /** Whether the body at hand is read by its handler, part for part. */
    private boolean streamed;

    Connection(String address) {
      this.address = address;
    }

    /** The key to count it by. */
    String address() {
      return address;
    }

    /** Whether it may only reach probes. */
    boolean isOfReserve() {
      return ofReserve;
    }

    /**
     * Lets the body of the request at hand be as long as it is, and take as long as its parts come;
     * until it is answered. On the event loop.
     */
    void streams() {
      streamed = true;
      readUntil = in(IDLE);
    }

    /** Marks it busy: it has an allowed request, and is not closed for others until the answer. */
    void works() {
      mark(this, true);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      readUntil = in(ofReserve ? RESERVE_LIFE : ARRIVAL);
      watch(context);
    }

    private static Long in(Duration time) {
      return System.nanoTime() + time.toNanos();
    }

    /** Keeps at most one timer, which checks the deadlines and waits again. */
    private void watch(ChannelHandlerContext context) {
      Long next = earlier(readUntil, writtenUntil);
      if (next == null || watched) {
        return;
      }
      watched = true;
      var unused =
          context
              .executor()
              .schedule(
                  () -> {
                    watched = false;
                    if (isOver(readUntil) || isOver(writtenUntil)) {
                      context.close();
                    } else if (context.channel().isActive()) {
                      watch(context);
                    }
                  },
                  Math.max(0, next - System.nanoTime()),
                  TimeUnit.NANOSECONDS);
    }

    private static @Nullable Long earlier(@Nullable Long one, @Nullable Long other) {
      return one == null ? other : other == null || one - other < 0 ? one : other;
    }

    private static boolean isOver(@Nullable Long end) {
      return end != null && end - System.nanoTime() <= 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
      if (message instanceof HttpRequest) {
        pending++;
        bodyOpen = true;
        bodyBytes = 0;
        streamed = false;
        readUntil = ofReserve ? readUntil : in(ARRIVAL);
      }
      if (message instanceof HttpContent content) {
        if (streamed) {
          readUntil = in(IDLE);
        } else {
          bodyBytes += content.content().readableBytes();
        }
      }
      if (message instanceof LastHttpContent) {
        bodyOpen = false;
        rest();
      }
      if (pending > MAX_PIPELINED || bodyBytes > SentBody.MAX_BYTES + MAX_DROPPED) {
        ReferenceCountUtil.release(message);
        context.close();
        return;
      }
      watch(context);
      super.channelRead(context, message);
    }

    /** Sets the deadline after a whole request, or a whole answer. */
    private void rest() {
      if (!bodyOpen && !ofReserve) {
        readUntil = pending == 0 ? in(IDLE) : null;
      }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
        throws Exception {
      if (message instanceof HttpResponse response) {
        informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
      }
      if (message instanceof LastHttpContent && !informational) {
        pending = Math.max(0, pending - 1);
        streamed = false;
        writtenUntil = in(DEPARTURE);
        ChannelPromise written = promise.unvoid();
        written.addListener(
            end -> {
              if (pending == 0) {
                writtenUntil = null;
              }
            });
        rest();
        if (pending == 0) {
          mark(this, false);
        }
        watch(context);
        super.write(context, message, written);
        return;
      }
      super.write(context, message, promise);
    }
  }
}
