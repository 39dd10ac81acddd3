package io.stanzahook.cluster;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One time in which this process owns a partition. It is compared by identity: the next time is
 * another one.
 */
public final class Ownership {
  private final int partition;
  private final int generation;
  private final AtomicInteger held = new AtomicInteger();
  private volatile boolean leaving;
  private volatile boolean lost;

  Ownership(int partition, int generation) {
    this.partition = partition;
    this.generation = generation;
  }

  int partition() {
    return partition;
  }

  /** Of the group, when it became the owner. A later owner has a higher one. */
  int generation() {
    return generation;
  }

  /** Whether the next owner is waited for: what is not finished is left to it. */
  boolean isLeaving() {
    return leaving;
  }

  void leave() {
    leaving = true;
  }

  boolean isLost() {
    return lost;
  }

  void lose() {
    lost = true;
  }

  /** Messages were taken from it, or are not held any more. */
  void hold(int more) {
    held.addAndGet(more);
  }

  /** Messages that this process holds of it. */
  int held() {
    return held.get();
  }
}
