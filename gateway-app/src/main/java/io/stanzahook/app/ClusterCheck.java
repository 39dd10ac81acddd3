package io.stanzahook.app;

import io.stanzahook.app.Finding.Result;
import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.logging.Flags;
import io.stanzahook.cluster.ClusterException;
import io.stanzahook.cluster.ClusterNode;
import io.stanzahook.cluster.ClusterSettings;
import java.util.ArrayList;
import java.util.List;

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
    } catch (ClusterException e) {
      e.problems()
          .forEach(each -> findings.add(new Finding(SUBJECT, Result.FAILED, Flags.named(each))));
    }
    return findings;
  }

  private static String all(List<String> notes) {
    return notes.isEmpty()
        ? "; the topics are as they should be"
        : "; " + Flags.named(String.join("; ", notes));
  }
}
