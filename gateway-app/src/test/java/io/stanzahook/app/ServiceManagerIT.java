package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code run} tells systemd, read from a socket as systemd has one. */
class ServiceManagerIT extends RunFixture {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Path path;
  private final List<String> told = new ArrayList<>();
  private Socket socket;

  ServiceManagerIT(@TempDir Path folder) {
    path = folder.resolve("notify");
  }

  @BeforeEach
  void listen() throws IOException {
    Epoll.ensureAvailability();
    socket = Socket.newSocketDomainDgram();
    socket.bind(new DomainSocketAddress(path.toString()));
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
  }

  /** Reads what has arrived; nothing blocks. */
  private List<String> told() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
    try {
      while (true) {
        buffer.clear();
        int read = socket.recv(buffer, 0, buffer.capacity());
        if (read <= 0) {
          return told;
        }
        byte[] bytes = new byte[read];
        buffer.get(0, bytes);
        told.add(new String(bytes, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitTold(String text) {
    long begun = System.nanoTime();
    while (told().stream().noneMatch(each -> each.contains(text))) {
      if (System.nanoTime() - begun > LIMIT.toNanos()) {
        throw new AssertionError("not told: " + text + ", but: " + told);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  @Test
  void readinessWatchdogAndEndAreTold() throws Exception {
    environment =
        Map.of(
            "NOTIFY_SOCKET",
            path.toString(),
            "WATCHDOG_USEC",
            "150000",
            "WATCHDOG_PID",
            Long.toString(ProcessHandle.current().pid()));
    CompletableFuture<ExitCode> exit = run("--drain-timeout", "7s");
    FakeGateway gateway = started.get(120, TimeUnit.SECONDS);

    awaitTold("READY=1\nSTATUS=gw.localhost connecting");
    gateway.connect();
    awaitTold("WATCHDOG=1\nSTATUS=gw.localhost connected");
    signal.complete("SIGTERM");

    assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);
    assertThat(told()).last().asString().startsWith("STOPPING=1\nEXTEND_TIMEOUT_USEC=22000000\n");
  }

  @Test
  void theWatchdogOfAnotherProcessIsNotOurs() throws Exception {
    environment =
        Map.of("NOTIFY_SOCKET", path.toString(), "WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1");
    CompletableFuture<ExitCode> exit = run();
    awaitTold("READY=1");
    signal.complete("SIGTERM");
    assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);

    assertThat(told()).noneMatch(each -> each.contains("WATCHDOG"));
  }

  @Test
  void aSocketThatIsNotThereEndsNothing() throws Exception {
    environment = Map.of("NOTIFY_SOCKET", path + "-gone");
    CompletableFuture<ExitCode> exit = run();
    started.get(120, TimeUnit.SECONDS);
    signal.complete("SIGTERM");

    assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);
  }
}
