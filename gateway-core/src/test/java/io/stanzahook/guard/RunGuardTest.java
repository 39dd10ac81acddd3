package io.stanzahook.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherFactory;
import reactor.blockhound.BlockingMethod;

class RunGuardTest {
  private final LeakRecorder leaks = new LeakRecorder();
  private final BlockingRecorder blocking = new BlockingRecorder();
  private final ResourceLeakDetector<ByteBuf> detector =
      leaks.newResourceLeakDetector(ByteBuf.class, 1);

  @Test
  void isInstalledInThisJvm() {
    assertThat(ResourceLeakDetectorFactory.instance()).isInstanceOf(LeakRecorder.class);
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
  }

  @Test
  void aLeakedBufferEndsTheRunWithAnErrorNamingIt() {
    LauncherSession session = open();
    leak("RunGuardTest wrote this buffer");

    assertThatThrownBy(session::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 fault")
        .hasMessageContaining("ByteBuf")
        .hasMessageContaining("RunGuardTest wrote this buffer");
  }

  @Test
  void aReleasedBufferDoesNot() {
    LauncherSession session = open();
    ByteBuf buffer = buffer();
    ResourceLeakTracker<ByteBuf> tracker = detector.track(buffer);
    buffer.release();

    assertThat(tracker.close(buffer)).isTrue();
    session.close();
  }

  @Test
  void aLeakIsReportedOnce() {
    leak("once");

    assertThat(leaks.drain()).hasSize(1);
    assertThat(leaks.drain()).isEmpty();
  }

  @Test
  void aBlockedThreadEndsTheRunWithAnErrorNamingTheCall() {
    LauncherSession session = open();
    blocking.caught(new BlockingMethod("a/Disk", "seek", 0));

    assertThatThrownBy(session::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Disk#seek")
        .hasMessageContaining(Thread.currentThread().getName())
        .hasMessageContaining("aBlockedThreadEndsTheRun");
  }

  private LauncherSession open() {
    return LauncherFactory.openSession(
        LauncherConfig.builder()
            .enableLauncherSessionListenerAutoRegistration(false)
            .addLauncherSessionListeners(new RunGuard(leaks, blocking))
            .build());
  }

  private void leak(String hint) {
    detector.track(buffer()).record(hint);
  }

  /** A buffer that the detectors of this JVM do not know, lest the test end its own run. */
  private static ByteBuf buffer() {
    return new UnpooledByteBufAllocator(false, true).heapBuffer(8).writeByte(1);
  }
}
