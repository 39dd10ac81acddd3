package io.stanzahook.cluster;

import java.util.List;

/**
 * How the edges of a cluster share the streams, once they were asked to.
 *
 * @param edges all that are there
 * @param moved the streams that have another edge now
 * @param isEven whether they are shared evenly; if not, the edges may still be at it
 */
public record Balance(List<Edge> edges, List<String> moved, boolean isEven) {
  public Balance {
    edges = List.copyOf(edges);
    moved = List.copyOf(moved);
  }

  /**
   * An edge.
   *
   * @param host as the brokers see it
   * @param url where it takes requests of other nodes; empty if that is not known
   * @param slots that it owns
   * @param streams that have these slots
   */
  public record Edge(String host, String url, int slots, List<String> streams) {
    public Edge {
      streams = List.copyOf(streams);
    }
  }
}
