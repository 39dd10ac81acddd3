package io.stanzahook.app;

import io.stanzahook.ComponentGateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.Finding.Result;
import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.config.Configuration;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Option;
import io.stanzahook.app.config.RunOptions;
import io.stanzahook.app.logging.Logging;
import io.stanzahook.cluster.ClusterSettings;
import io.stanzahook.settings.Setting;
import io.stanzahook.signing.SigningKeys;
import io.stanzahook.spool.SpoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code check}: tries what {@code run} would need, and says what is wrong. While it is connected,
 * for a moment, it is the component: stanzas that come then are not posted. Where a gateway with
 * the same {@code --http-listen} is connected already it asks that one and does not connect; nor
 * does it where something there does not answer, or while edges of the cluster run.
 */
final class CheckCommand implements Command {
  private static final Duration CLOSING = Duration.ofSeconds(3);

  private final GatewayStarter gateways;

  CheckCommand() {
    this(ComponentGateway::start);
  }

  CheckCommand(GatewayStarter gateways) {
    this.gateways = gateways;
  }

  @Override
  public String name() {
    return "check";
  }

  @Override
  public String summary() {
    return "Checks the configuration, the server, the handshake and the webhook, and "
        + "says what is wrong.";
  }

  /**
   * What only this command is told.
   *
   * @param post whether a sample is POSTed
   * @param secondConnection whether to connect twice, also where that disturbs a cluster
   */
  record Settings(
      @Setting(
              name = "post",
              fallback = "false",
              inFile = false,
              inSandbox = false,
              help =
                  "also sends one sample message to each webhook, with the header "
                      + "`webhook-test: true`, and prints what came back and what the sender would "
                      + "be told")
          boolean post,
      @Setting(
              name = "second-connection",
              fallback = "false",
              inFile = false,
              inSandbox = false,
              help =
                  "also connects a second time beside the first, and says what the server does with "
                      + "the two. With `--cluster` this is done by itself while no edge is running; "
                      + "with the flag it is done all the same, and an edge may lose its stream for "
                      + "a moment")
          boolean secondConnection) {}

  private static final List<Option> OPTIONS =
      Stream.concat(
              Option.of(Settings.class, Option.Scope.PROCESS).stream(), RunOptions.ALL.stream())
          .toList();

  @Override
  public List<Option> options() {
    return OPTIONS;
  }

  @Override
  public ExitCode execute(Invocation invocation) throws ConfigurationException {
    AppSettings settings = invocation.settings(this);
    Settings own =
        Configuration.read(
            Settings.class, invocation.flags(), invocation::warn, (values, problems) -> {});
    Logging.start(settings.logFormat());
    Logging.setLevels(settings.logLevel());
    List<Finding> findings = new ArrayList<>();
    report(new Finding("configuration", Result.OK, "read"), findings, invocation.console());
    ClusterSettings cluster = settings.cluster();
    if (cluster != null) {
      ClusterCheck.run(cluster, settings)
          .forEach(finding -> report(finding, findings, invocation.console()));
    }
    try {
      TransportLoops loops = TransportLoops.create(settings.transport(), "check", 1);
      try {
        for (GatewaySettings gateway : settings.gateways()) {
          if (settings.gateways().size() > 1) {
            invocation.console().out().println(gateway.component().domain());
          }
          probe(settings, gateway, own, loops, findings, invocation.console());
        }
      } finally {
        loops.disposeLater(Duration.ZERO, CLOSING).block(CLOSING.plusSeconds(1));
      }
    } catch (StartException e) {
      report(new Finding("transport", Result.FAILED, e.line()), findings, invocation.console());
    }
    return exitCode(findings);
  }

  private void probe(
      AppSettings app,
      GatewaySettings settings,
      Settings own,
      TransportLoops loops,
      List<Finding> findings,
      Console console) {
    SigningKeys signing = settings.webhook().signingKeys();
    if (signing != null) {
      report(
          new Finding("signatures", Result.OK, "each request is signed: " + signing.kinds()),
          findings,
          console);
    }
    SpoolSettings spool = settings.spool();
    if (spool != null) {
      report(SpoolCheck.run(spool), findings, console);
    }
    Finding server = ServerCheck.run(settings.component());
    report(server, findings, console);
    for (Finding handshake : handshake(app, settings, own.secondConnection(), server, loops)) {
      report(handshake, findings, console);
    }
    for (Finding webhook :
        WebhookCheck.all(
            settings.webhook(),
            settings.dispatch().postKinds(),
            settings.component().domain(),
            own.post(),
            settings.dispatch().flow().batches().isOn(),
            loops)) {
      report(webhook, findings, console);
    }
  }

  private List<Finding> handshake(
      AppSettings app,
      GatewaySettings settings,
      boolean secondConnection,
      Finding server,
      TransportLoops loops) {
    if (server.result() != Result.OK) {
      return List.of(new Finding("handshake", Result.SKIPPED, "the server is not reached"));
    }
    String domain = settings.component().domain();
    Finding running = RunningCheck.find(app.httpListen(), app.httpTlsCert(), domain, loops);
    ClusterSettings cluster = app.cluster();
    if (running == null && cluster != null && !secondConnection) {
      running = ClusterCheck.edges(cluster);
    }
    int streams = cluster == null ? (secondConnection ? 1 : 0) : cluster.edges();
    return running == null
        ? HandshakeCheck.run(gateways, settings, streams, loops)
        : List.of(running);
  }

  private static void report(Finding finding, List<Finding> findings, Console console) {
    findings.add(finding);
    finding.lines().forEach(console.out()::println);
  }

  private static ExitCode exitCode(List<Finding> findings) {
    if (findings.stream().anyMatch(f -> f.result() == Result.REFUSED)) {
      return ExitCode.REFUSED;
    }
    return findings.stream().allMatch(f -> f.result() == Result.OK || f.result() == Result.DOUBTFUL)
        ? ExitCode.ENDED
        : ExitCode.FAILED;
  }
}
