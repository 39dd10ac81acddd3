package io.stanzahook.app;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import io.netty.channel.uring.IoUring;
import io.netty.util.concurrent.EventExecutor;
import io.stanzahook.net.SocketErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * Tells systemd what the process does, as sd_notify(3) says: READY, RELOADING, STOPPING, and
 * WATCHDOG as long as all event loops work. Without systemd, it does nothing.
 *
 * <p>Java has no datagram sockets of the Unix domain. Netty's native code does, so without a native
 * transport nothing is told, and the log says so. Sending does not block: any thread may call.
 */
final class ServiceManager implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("stanzahook");

  private static final String SOCKET = "NOTIFY_SOCKET";
  private static final String WATCHDOG_MICROS = "WATCHDOG_USEC";
  private static final String WATCHDOG_PID = "WATCHDOG_PID";

  /** What closing connections may take beyond the time to drain. */
  private static final Duration CLOSING = Duration.ofSeconds(15);

  /** How often it tells that the process is alive, in parts of the time that systemd waits. */
  private static final int PARTS = 3;

  private final @Nullable Socket socket;
  private final byte[] path;
  private final @Nullable Duration watchdog;
  private final Supplier<String> status;
  private final Disposable.Swap watching = Disposables.swap();

  private ServiceManager(
      @Nullable Socket socket, byte[] path, @Nullable Duration watchdog, Supplier<String> status) {
    this.socket = socket;
    this.path = path;
    this.watchdog = watchdog;
    this.status = status;
  }

  /**
   * The one that the environment names.
   *
   * @param status gives a line for {@code systemctl status}
   */
  static ServiceManager of(Map<String, String> environment, Supplier<String> status) {
    String name = environment.getOrDefault(SOCKET, "");
    boolean isPath = name.startsWith("/");
    if (!isPath && !name.startsWith("@")) {
      return new ServiceManager(null, new byte[0], null, status);
    }
    if (!Epoll.isAvailable() && !IoUring.isAvailable()) {
      log.warn(
          "{} is set, but without a native transport systemd cannot be told that the gateway is"
              + " ready; set Type=exec in the unit",
          SOCKET);
      return new ServiceManager(null, new byte[0], null, status);
    }
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    if (!isPath) {
      // An abstract name: systemd writes its first byte, which is 0, as @.
      path[0] = 0;
    }
    return new ServiceManager(Socket.newSocketDomainDgram(), path, watchdog(environment), status);
  }

  /** How long systemd waits for a sign of life; null if it does not. */
  private static @Nullable Duration watchdog(Map<String, String> environment) {
    String pid = environment.get(WATCHDOG_PID);
    if (pid != null && !pid.equals(Long.toString(ProcessHandle.current().pid()))) {
      return null;
    }
    try {
      long micros = Long.parseLong(environment.getOrDefault(WATCHDOG_MICROS, "0"));
      return micros <= 0 ? null : Duration.of(micros, ChronoUnit.MICROS);
    } catch (NumberFormatException e) {
      log.warn("{} is not a number: the watchdog is off", WATCHDOG_MICROS);
      return null;
    }
  }

  /** The gateway serves. */
  void ready() {
    send("READY=1\nSTATUS=" + status.get());
  }

  /** The configuration is being read again; {@link #ready} ends that. */
  void reloading() {
    // systemd compares this with its own clock, which is the one of nanoTime.
    send(
        "RELOADING=1\nMONOTONIC_USEC=%d\nSTATUS=reading the configuration"
            .formatted(TimeUnit.NANOSECONDS.toMicros(System.nanoTime())));
  }

  /**
   * The gateway ends.
   *
   * @param drain how long deliveries in flight may take
   */
  void stopping(Duration drain) {
    long micros = TimeUnit.MILLISECONDS.toMicros(drain.plus(CLOSING).toMillis());
    send("STOPPING=1\nEXTEND_TIMEOUT_USEC=%d\nSTATUS=draining".formatted(micros));
  }

  /**
   * Gives signs of life from now on, if systemd asks for them. Each is given once all event loops
   * have done a task for it: if one hangs, systemd ends the process.
   */
  void watch(List<EventLoopGroup> groups, Scheduler scheduler) {
    if (watchdog == null) {
      return;
    }
    List<EventExecutor> loops = new ArrayList<>();
    groups.forEach(group -> group.forEach(loops::add));
    long millis = Math.max(1, watchdog.toMillis() / PARTS);
    watching.update(
        scheduler.schedulePeriodically(() -> ask(loops), millis, millis, TimeUnit.MILLISECONDS));
  }

  private void ask(List<EventExecutor> loops) {
    AtomicInteger missing = new AtomicInteger(loops.size());
    for (EventExecutor loop : loops) {
      if (!loop.isShuttingDown()) {
        loop.execute(
            () -> {
              if (missing.decrementAndGet() == 0) {
                send("WATCHDOG=1\nSTATUS=" + status.get());
              }
            });
      }
    }
  }

  private synchronized void send(String state) {
    if (socket == null || !socket.isOpen()) {
      return;
    }
    byte[] bytes = state.getBytes(StandardCharsets.UTF_8);
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes);
    try {
      socket.sendToDomainSocket(direct, 0, bytes.length, path);
    } catch (IOException e) {
      // The next one may arrive: systemd itself may be starting anew.
      log.warn(
          "systemd was not told {}: {}",
          state.lines().findFirst().orElse(""),
          SocketErrors.text(e));
    }
  }

  @Override
  public synchronized void close() {
    watching.dispose();
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        log.debug("the socket of systemd", e);
      }
    }
  }
}
