package io.stanzahook.guard;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes Netty's leak detectors such that each leak they find is recorded besides being logged.
 *
 * <p>A detector finds a leak once the leaked object was collected, and tells of it when it is next
 * used; {@link #drain} brings both about.
 */
public final class LeakRecorder extends ResourceLeakDetectorFactory {
  private static final long PATIENCE = TimeUnit.MINUTES.toNanos(2);
  private static final long BETWEEN_COLLECTIONS = TimeUnit.MILLISECONDS.toNanos(20);

  private final List<Detector<?>> detectors = new CopyOnWriteArrayList<>();
  private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

  /** The recorder of this JVM, installed at the first call. */
  public static LeakRecorder installed() {
    if (ResourceLeakDetectorFactory.instance() instanceof LeakRecorder recorder) {
      return recorder;
    }
    LeakRecorder recorder = new LeakRecorder();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(recorder);
    return recorder;
  }

  @Override
  @SuppressWarnings("deprecation") // Netty still has it, and abstract.
  public <T> ResourceLeakDetector<T> newResourceLeakDetector(
      Class<T> resource, int samplingInterval, long maxActive) {
    return newResourceLeakDetector(resource, samplingInterval);
  }

  @Override
  public <T> ResourceLeakDetector<T> newResourceLeakDetector(
      Class<T> resource, int samplingInterval) {
    Detector<T> detector = new Detector<>(resource, samplingInterval, leaks);
    detectors.add(detector);
    return detector;
  }

  /**
   * Collects garbage until an object leaked on purpose is found, then takes what the detectors have
   * found since the last call.
   *
   * @throws IllegalStateException if the object is not found: then nothing else would be either
   */
  public List<String> drain() {
    Queue<String> found = new ConcurrentLinkedQueue<>();
    Detector<Object> probe = new Detector<>(Object.class, 1, found);
    leak(probe);
    long start = System.nanoTime();
    while (found.isEmpty()) {
      if (System.nanoTime() - start > PATIENCE) {
        throw new IllegalStateException("Netty's leak detection finds nothing in this JVM");
      }
      collect();
      probe.report();
    }
    // References are handed over one after another: once more for those behind the probe's.
    collect();
    detectors.forEach(Detector::report);
    List<String> drained = new ArrayList<>();
    for (String leak = leaks.poll(); leak != null; leak = leaks.poll()) {
      drained.add(leak);
    }
    return drained;
  }

  private static void leak(Detector<Object> probe) {
    ResourceLeakTracker<Object> tracker = probe.trackForcibly(new Object());
    tracker.record("leaked on purpose");
  }

  private static void collect() {
    System.gc();
    LockSupport.parkNanos(BETWEEN_COLLECTIONS);
  }

  private static final class Detector<T> extends ResourceLeakDetector<T> {
    private final Queue<String> leaks;

    Detector(Class<T> resource, int samplingInterval, Queue<String> leaks) {
      super(resource, samplingInterval);
      this.leaks = leaks;
    }

    /** Tells of what was found: tracking anything does. */
    @SuppressWarnings("unchecked") // Any object can be tracked; T is only what usually is.
    void report() {
      T anything = (T) new Object();
      trackForcibly(anything).close(anything);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      leaks.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      leaks.add(resourceType);
    }
  }
}
