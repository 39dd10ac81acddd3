package io.stanzahook.app;

import io.stanzahook.app.api.Api;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Option;
import io.stanzahook.app.config.SandboxOptions;
import io.stanzahook.app.config.SandboxSettings;
import io.stanzahook.app.console.RecentDeliveries;
import io.stanzahook.app.http.HttpService;
import io.stanzahook.app.http.ListenException;
import io.stanzahook.app.logging.LogLevels;
import io.stanzahook.app.logging.Logging;
import io.stanzahook.app.sandbox.SandboxRun;
import io.stanzahook.app.sandbox.Terminal;
import io.stanzahook.metrics.GatewayMetrics;
import io.stanzahook.trace.Tracing;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code sandbox}: the gateway with a server and a webhook of its own, to try things out. */
final class SandboxCommand implements Command {
  private static final int SECRET_BYTES = 16;

  private static final Logger log = LoggerFactory.getLogger("stanzahook");

  @Override
  public String name() {
    return "sandbox";
  }

  @Override
  public String summary() {
    return "Tries your webhook, or an echo webhook, without an XMPP server.";
  }

  @Override
  public List<Option> options() {
    return SandboxOptions.ALL;
  }

  @Override
  public ExitCode execute(Invocation invocation) throws ConfigurationException {
    invocation.warnOfVariables(this, SandboxOptions.VARIABLES);
    SandboxSettings settings =
        SandboxOptions.read(
            invocation.flags(), invocation.environment(), secret(), invocation.version());
    Logging.start(settings.app().logFormat());
    Logging.setLevels(LogLevels.WARNINGS);
    try {
      // Never disposed of: the process ends right after, and Netty would complain, stack traces
      // and all, of connections that close while their io_uring loop does.
      TransportLoops loops =
          TransportLoops.create(
              settings.app().transport(), "sandbox", Runtime.getRuntime().availableProcessors());
      return run(settings, loops, invocation) ? ExitCode.ENDED : ExitCode.FAILED;
    } catch (StartException | ListenException | IllegalStateException e) {
      log.error("cannot start: {}", e.getMessage());
      return ExitCode.FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED;
    }
  }

  /** Nobody needs to know it: server and component are in this process. */
  private static String secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static boolean run(SandboxSettings settings, TransportLoops loops, Invocation invocation)
      throws InterruptedException, ListenException, StartException {
    SandboxRun sandbox =
        new SandboxRun(
            settings,
            loops,
            Terminal.of(invocation.environment()),
            System.in,
            invocation.console().out(),
            invocation.console().err());
    int kept = settings.app().deliveryLog();
    String domain = settings.app().gateway().component().domain();
    try (ProcessMetrics process =
        new ProcessMetrics(loops.group(), Tracing.OFF, invocation.version())) {
      SandboxConsole console =
          new SandboxConsole(
              domain,
              new GatewayMetrics(process.registry(), domain),
              kept == 0 ? null : new RecentDeliveries(kept, true));
      try (HttpService http =
          Api.start(
              settings.httpListen(),
              () -> null,
              process.registry(),
              console.readiness(),
              console.administration(settings.httpListen(), settings.app().apiRate()),
              // One thread, as in run: settings change one at a time.
              TransportLoops.create(loops.transport(), "http", 1))) {
        return sandbox.run(
            console,
            SandboxConsole.isFor(settings.httpListen())
                ? "Console: http://%s/".formatted(http.address())
                : "Metrics: http://%s/metrics (the console is off: %s is not loopback)"
                    .formatted(http.address(), settings.httpListen().host()));
      }
    }
  }
}
