package io.stanzahook.guard;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingMethod;
import reactor.blockhound.BlockingOperationError;

/**
 * BlockHound for a whole test run: a call that blocks a thread of Reactor or Netty that must not
 * block is recorded, and the run fails at its end. The call itself goes on: to fail it may break
 * what it is in the middle of (a thread thrown out of its wait for a lock stays in the lock's
 * queue, and nobody behind it ever gets the lock), and then other tests fail far from the cause.
 */
public final class BlockingRecorder {
  /** Calls on threads whose name begins so are made to be caught: they fail, unrecorded. */
  static final String CANARY = "blocking-canary";

  /** More calls than anyone will read. */
  private static final int MAX_RECORDED = 50;

  /** Of file channels, which BlockHound does not watch by itself. */
  private static final Map<String, String> FILE_CALLS =
      Map.of(
          "read", "(Ljava/nio/ByteBuffer;)I", "write", "(Ljava/nio/ByteBuffer;)I", "force", "(Z)V");

  /** All that may block on an event loop in tests, each with its reason. */
  private static final List<Allowance> ALLOWANCES =
      List.of(
          new Allowance(
              "ch.qos.logback.classic.Logger",
              "callAppenders",
              "tests log to a file; how the program logs is the operator's choice"),
          new Allowance(
              "java.security.SecureRandom",
              "nextBytes",
              "reads /dev/urandom, which does not wait; TLS needs it on the event loop"),
          new Allowance(
              "io.netty.buffer.AdaptivePoolingAllocator$MagazineGroup",
              "tryExpandMagazines",
              "waits for an allocation of another thread to end, a few times in a run"),
          new Allowance(
              "java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue",
              "remove",
              "ends a timer, under the lock that Reactor allows itself where it sets one"),
          new Allowance(
              "io.netty.channel.uring.IoUringIoHandler",
              "closeWakeupGate",
              "as an event loop ends, it spins until a wake-up under way is through"));

  private static @Nullable BlockingRecorder installed;

  /** Without a lock: those who tell of a blocking call must not block themselves. */
  private final Queue<String> calls = new ConcurrentLinkedQueue<>();

  /** A recorder that nothing reports to yet. */
  BlockingRecorder() {}

  /** The recorder of this JVM, installed at the first call. */
  public static synchronized BlockingRecorder installed() {
    BlockingRecorder recorder = installed;
    if (recorder == null) {
      recorder = new BlockingRecorder();
      installed = recorder;
      BlockHound.Builder builder =
          BlockHound.builder().loadIntegrations().blockingMethodCallback(recorder::caught);
      FILE_CALLS.forEach(
          (method, signature) ->
              builder.markAsBlocking("sun.nio.ch.FileChannelImpl", method, signature));
      for (Allowance allowance : ALLOWANCES) {
        builder.allowBlockingCallsInside(allowance.className(), allowance.method());
      }
      builder.install();
    }
    return recorder;
  }

  /** Takes the calls caught since the last time. */
  public List<String> drain() {
    List<String> drained = new ArrayList<>();
    for (String call = calls.poll(); call != null; call = calls.poll()) {
      drained.add(call);
    }
    return drained;
  }

  /** Records the call, or fails it where it is a canary's. */
  void caught(BlockingMethod method) {
    BlockingOperationError error = new BlockingOperationError(method);
    Thread thread = Thread.currentThread();
    if (thread.getName().startsWith(CANARY)) {
      throw error;
    }
    StringWriter trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace));
    if (calls.size() < MAX_RECORDED) {
      calls.add(thread.getName() + ": " + trace);
    }
  }

  /**
   * A method that may block.
   *
   * @param reason why that is right, or does no harm
   */
  private record Allowance(String className, String method, String reason) {}
}
