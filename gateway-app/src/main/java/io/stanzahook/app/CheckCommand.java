package io.stanzahook.app;

import io.stanzahook.ComponentGateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.Finding.Result;
import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Option;
import io.stanzahook.app.config.RunOptions;
import io.stanzahook.app.logging.Logging;
import io.stanzahook.settings.HostPort;
import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.webhook.SigningKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code check}: tries what {@code run} would need, and says what is wrong. While it is connected,
 * for a moment, it is the component: stanzas that come then are not posted. Where a gateway with
 * the same {@code --http-listen} is connected already it asks that one and does not connect; nor
 * does it where something there does not answer.
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

  @Override
  public List<Option> options() {
    return RunOptions.ALL;
  }

  @Override
  public ExitCode execute(Invocation invocation) throws ConfigurationException {
    AppSettings settings = invocation.settings(this);
    Logging.start(settings.logFormat());
    Logging.setLevels(settings.logLevel());
    List<Finding> findings = new ArrayList<>();
    report(new Finding("configuration", Result.OK, "read"), findings, invocation.console());
    try {
      TransportLoops loops = TransportLoops.create(settings.transport(), "check", 1);
      try {
        for (GatewaySettings gateway : settings.gateways()) {
          if (settings.gateways().size() > 1) {
            invocation.console().out().println(gateway.component().domain());
          }
          probe(settings.httpListen(), gateway, loops, findings, invocation.console());
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
      HostPort httpListen,
      GatewaySettings settings,
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
    for (Finding handshake : handshake(httpListen, settings, server, loops)) {
      report(handshake, findings, console);
    }
    for (Finding webhook :
        WebhookCheck.all(
            settings.webhook(),
            settings.dispatch().postKinds(),
            settings.component().domain(),
            loops)) {
      report(webhook, findings, console);
    }
  }

  private List<Finding> handshake(
      HostPort httpListen, GatewaySettings settings, Finding server, TransportLoops loops) {
    if (server.result() != Result.OK) {
      return List.of(new Finding("handshake", Result.SKIPPED, "the server is not reached"));
    }
    String domain = settings.component().domain();
    Finding running = RunningCheck.find(httpListen, domain, loops);
    return running == null ? HandshakeCheck.run(gateways, settings, loops) : List.of(running);
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
