package io.stanzahook.app;

import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * The program with a gateway that has no server, as a process of its own: for {@link
 * StopSignalsIT}. The first argument says how the gateway stops: {@code soon} or {@code never}.
 */
final class SignalledProgram {
  private SignalledProgram() {}

  public static void main(String[] args) {
    RunCommand run =
        new RunCommand(
            (settings, loops, deliveries, streams) -> {
              FakeGateway gateway = new FakeGateway(settings, deliveries, streams);
              gateway.stopping = args[0].equals("never") ? Mono.never() : Mono.empty();
              gateway.connect();
              return gateway;
            },
            StopSignals::install);
    List<String> flags =
        List.of(
            "run",
            "--component=gw.localhost",
            "--secret=s",
            "--post-url=http://localhost/",
            "--http-listen=127.0.0.1:0",
            "--drain-timeout=1h");
    Console console = new Console(System.out, System.err);
    System.exit(new Program(List.<Command>of(run), "1").execute(flags, Map.of(), console).code());
  }
}
