package io.stanzahook.app;

import io.stanzahook.app.Finding.Result;
import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.logging.Flags;
import io.stanzahook.cluster.ClusterException;
import io.stanzahook.cluster.ClusterNode;
import io.stanzahook.cluster.ClusterSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks whether the brokers answer and the topics are as they should be, and changes nothing. */
final class ClusterCheck {
  private static final String SUBJECT = "cluster";

  private ClusterCheck() {}

  static List<Finding> run(ClusterSettings settings, AppSettings app) {
    List<Finding> findings = new ArrayList<>();
    try {
      List<String> notes =
          ClusterNode.check(
              settings, Cluster.retryFor(app.gateways()), Cluster.maxStanza(app.gateways()));
      findings.add(
          new Finding(
              SUBJECT, Result.OK, "the brokers of " + settings.address() + " answer" + all(notes)));
      String unreachable = Advertised.warning(app, app.httpListen());
      if (unreachable != null) {
        findings.add(new Finding(SUBJECT, Result.DOUBTFUL, unreachable));
      }
    } catch (ClusterException e) {
      e.problems()
          .forEach(each -> findings.add(new Finding(SUBJECT, Result.FAILED, Flags.named(each))));
    }
    return findings;
  }

  /**
   * Why the component is not to be connected now; null if that disturbs nobody. Every edge that
   * runs may hold the stream.
   */
  static @Nullable Finding edges(ClusterSettings settings) {
    try {
      int edges = ClusterNode.edges(settings);
      return edges == 0
          ? null
          : new Finding(
              "handshake",
              Result.OK,
              ("%d edges of the cluster are running; not tried, so as not to disturb the stream"
                      + " (--second-connection tries all the same)")
                  .formatted(edges));
    } catch (ClusterException e) {
      return new Finding(
          "handshake",
          Result.SKIPPED,
          "an edge of the cluster may hold the stream: " + String.join("; ", e.problems()));
    }
  }

  private static String all(List<String> notes) {
    return notes.isEmpty()
        ? "; the topics are as they should be"
        : "; " + Flags.named(String.join("; ", notes));
  }
}
