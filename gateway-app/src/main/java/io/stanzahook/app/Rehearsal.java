package io.stanzahook.app;

import io.stanzahook.ComponentGateway;
import io.stanzahook.app.config.Transport;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerListener;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.sandbox.EchoWebhook;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A start of {@code run}, one message and the end, with a server and a webhook of its own: whoever
 * makes an archive of classes (packaging/class-data, scripts/package) runs this, so that the
 * archive has what a start loads. Nothing leaves the machine.
 */
final class Rehearsal {
  private static final String DOMAIN = "rehearsal.localhost";
  private static final String SECRET = "rehearsal";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private Rehearsal() {}

  /**
   * Rehearses, and ends the process: with 0 if the message was answered.
   *
   * @param args further flags of {@code run}
   */
  public static void main(String[] args) {
    int code = ExitCode.FAILED.code();
    try {
      code = rehearse(args).code();
    } catch (Exception e) {
      System.err.println("the rehearsal failed: " + e);
    }
    // Whatever still runs: an installation waits for this process.
    System.exit(code);
  }

  private static ExitCode rehearse(String[] args) throws Exception {
    CompletableFuture<Boolean> connected = new CompletableFuture<>();
    CompletableFuture<Stanza> answered = new CompletableFuture<>();
    CompletableFuture<String> stop = new CompletableFuture<>();
    TransportLoops loops = TransportLoops.create(Transport.AUTO, "rehearsal", 1);
    ComponentServer server =
        Objects.requireNonNull(
            ComponentServer.start(
                    ComponentServerSettings.of(DOMAIN, SECRET),
                    loops,
                    new ComponentServerListener() {
                      @Override
                      public void connected(String domain) {
                        connected.complete(true);
                      }

                      @Override
                      public void received(Stanza stanza) {
                        answered.complete(stanza);
                      }
                    })
                .block(PATIENCE));
    EchoWebhook webhook = Objects.requireNonNull(EchoWebhook.start(loops).block(PATIENCE));
    RunCommand run =
        new RunCommand(
            ComponentGateway::start,
            err -> {
              CompletableFuture<String> signals = StopSignals.install(err);
              return CompletableFuture.anyOf(stop, signals).thenApply(String::valueOf);
            },
            StopSignals::onHangup);
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run",
                "--server=127.0.0.1:" + server.port(),
                "--component=" + DOMAIN,
                "--secret=" + SECRET,
                "--post-url=" + webhook.url(),
                "--http-listen=127.0.0.1:0"));
    arguments.addAll(List.of(args));
    CompletableFuture<ExitCode> ended =
        CompletableFuture.supplyAsync(
            () ->
                new Program(List.of(run), "rehearsal")
                    .execute(arguments, Map.of(), new Console(nowhere, nowhere)));
    CompletableFuture.anyOf(connected, ended).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (ended.isDone()) {
      return ended.get();
    }
    server
        .send(
            OutboundStanza.of(
                OutboundStanza.builder(
                        StanzaKind.MESSAGE, Jid.of("bot@" + DOMAIN), Jid.of("ann@localhost"))
                    .attribute("type", "chat")
                    .attribute("id", "1")
                    .textChild(Namespaces.COMPONENT, "body", "Hello")
                    .build()))
        .block(PATIENCE);
    answered.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    stop.complete("the end of the rehearsal");
    return ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
