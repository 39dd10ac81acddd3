package io.stanzahook.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.blockhound.BlockingOperationError;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/** Canaries: were the detector off, no other test would tell. */
class BlockingRecorderTest {
  private static final Path FILE = Path.of(System.getProperty("java.home"), "release");

  static List<Callable<?>> calls() {
    return List.of(
        BlockingRecorderTest::sleep,
        () -> new CompletableFuture<>().orTimeout(200, TimeUnit.MILLISECONDS).join(),
        () -> Files.readAllBytes(FILE),
        BlockingRecorderTest::force,
        BlockingRecorderTest::connect);
  }

  /**
   * Here, where blocking is allowed: a class of the JDK that is first needed on a canary's thread,
   * and reads a file as it is loaded, would stay broken for all tests that come after.
   */
  @BeforeAll
  static void loadClasses() {
    for (Callable<?> call : calls()) {
      try {
        var unused = call.call();
      } catch (Exception expected) {
        // A refused connection, and a future that times out, are what these calls end with.
      }
    }
  }

  @ParameterizedTest
  @MethodSource("calls")
  void blockingAnEventLoopOfNettyIsCaught(Callable<?> call) {
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, canaries(), NioIoHandler.newFactory());
    try {
      assertThat(result(group, call)).isInstanceOf(BlockingOperationError.class);
    } finally {
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void blockingAnEventLoopOfReactorNettyIsCaught() {
    LoopResources loops = LoopResources.create(BlockingRecorder.CANARY, 1, true);
    try {
      assertThat(result(loops.onServer(false), BlockingRecorderTest::sleep))
          .isInstanceOf(BlockingOperationError.class);
    } finally {
      loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block();
    }
  }

  @Test
  void blockingASchedulerOfReactorIsCaught() {
    Scheduler scheduler = Schedulers.newParallel(BlockingRecorder.CANARY, 1);
    try {
      assertThat(result(scheduler::schedule, BlockingRecorderTest::sleep))
          .isInstanceOf(BlockingOperationError.class);
    } finally {
      scheduler.dispose();
    }
  }

  @Test
  void otherThreadsMayBlock() {
    assertThatCode(BlockingRecorderTest::sleep).doesNotThrowAnyException();
  }

  private static ThreadFactory canaries() {
    return new DefaultThreadFactory(BlockingRecorder.CANARY);
  }

  /** What the call ends with there. */
  private static Object result(Executor executor, Callable<?> call) {
    CompletableFuture<Object> result = new CompletableFuture<>();
    executor.execute(
        () -> {
          try {
            result.complete("returned " + call.call());
          } catch (Throwable e) {
            result.complete(e);
          }
        });
    return result.orTimeout(120, TimeUnit.SECONDS).join();
  }

  private static Object force() throws IOException {
    try (FileChannel channel = FileChannel.open(FILE)) {
      channel.force(false);
      return channel;
    }
  }

  private static Object connect() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), 1)) {
      return socket;
    }
  }

  private static Object sleep() throws InterruptedException {
    TimeUnit.MICROSECONDS.sleep(1);
    return "slept";
  }
}
