package io.stanzahook.cluster;

/** What a process does for the cluster. */
public enum ClusterRole {
  /** It holds streams and calls webhooks. */
  ALL,
  /** It holds streams. */
  EDGE,
  /** It calls webhooks. */
  WORKER;

  /** Whether it holds streams. */
  public boolean isEdge() {
    return this != WORKER;
  }

  /** Whether it calls webhooks. */
  public boolean isWorker() {
    return this != EDGE;
  }
}
