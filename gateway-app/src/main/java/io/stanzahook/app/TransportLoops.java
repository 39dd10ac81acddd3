package io.stanzahook.app;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.stanzahook.app.config.Transport;
import io.stanzahook.settings.Values;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.resources.LoopResources;

/**
 * Event loops of a chosen transport. Reactor Netty's own always take the best transport they find
 * on the class path; these can be told.
 *
 * <p>Clients are colocated: what connects from an event loop stays on that loop, so that a call and
 * the stanza it answers need no hop between threads.
 */
final class TransportLoops implements LoopResources {
  /**
   * A loop that ends at once does not take the completions of its last reads, and with io_uring the
   * buffers of those reads are lost.
   */
  static final Duration MIN_QUIET = Duration.ofMillis(100);

  private static final List<Transport> BEST_FIRST =
      List.of(Transport.IO_URING, Transport.EPOLL, Transport.NIO);

  private final Transport transport;
  private final EventLoopGroup group;
  private final EventLoopGroup clients;

  private TransportLoops(Transport transport, EventLoopGroup group) {
    this.transport = transport;
    this.group = group;
    this.clients = LoopResources.colocate(group);
  }

  /**
   * Starts no thread yet: each begins with its first work.
   *
   * @param wanted the transport, or the best one
   * @param name what threads are called
   * @throws StartException if that transport does not work here
   */
  static TransportLoops create(Transport wanted, String name, int threads) throws StartException {
    Transport transport = wanted == Transport.AUTO ? best() : wanted;
    Throwable obstacle = obstacle(transport);
    if (obstacle != null) {
      throw new StartException(
          "--transport %s does not work here: %s; omit the flag to use what works"
              .formatted(Values.label(transport), reason(obstacle)));
    }
    ThreadFactory factory = threads(name + "-" + Values.label(transport));
    return new TransportLoops(
        transport, new MultiThreadIoEventLoopGroup(threads, factory, handlers(transport)));
  }

  private static Transport best() {
    for (Transport transport : BEST_FIRST) {
      if (obstacle(transport) == null) {
        return transport;
      }
    }
    return Transport.NIO;
  }

  private static @Nullable Throwable obstacle(Transport transport) {
    return switch (transport) {
      case IO_URING -> IoUring.unavailabilityCause();
      case EPOLL -> Epoll.unavailabilityCause();
      case NIO, AUTO -> null;
    };
  }

  private static IoHandlerFactory handlers(Transport transport) {
    return switch (transport) {
      case IO_URING -> IoUringIoHandler.newFactory();
      case EPOLL -> EpollIoHandler.newFactory();
      case NIO, AUTO -> NioIoHandler.newFactory();
    };
  }

  private static String reason(Throwable obstacle) {
    Throwable root = obstacle;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }

  private static ThreadFactory threads(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new LoopThread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Which one it became. */
  Transport transport() {
    return transport;
  }

  /** The loops themselves, for their meters. */
  EventLoopGroup group() {
    return group;
  }

  @Override
  public boolean daemon() {
    return true;
  }

  @Override
  public EventLoopGroup onServer(boolean useNative) {
    return group;
  }

  @Override
  public EventLoopGroup onClient(boolean useNative) {
    return clients;
  }

  @Override
  public boolean isDisposed() {
    return group.isShuttingDown();
  }

  @Override
  public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
    Duration quiet = quietPeriod.compareTo(MIN_QUIET) < 0 ? MIN_QUIET : quietPeriod;
    return Mono.create(
        sink -> {
          group.terminationFuture().addListener(ended -> sink.success());
          var unused =
              group.shutdownGracefully(quiet.toMillis(), timeout.toMillis(), TimeUnit.MILLISECONDS);
        });
  }

  /** A thread on which Reactor refuses to block. */
  private static final class LoopThread extends FastThreadLocalThread implements NonBlocking {
    LoopThread(Runnable task, String name) {
      super(task, name);
    }
  }
}
