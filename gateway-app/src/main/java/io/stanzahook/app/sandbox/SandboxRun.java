package io.stanzahook.app.sandbox;

import io.stanzahook.Gateway;
import io.stanzahook.app.config.SandboxSettings;
import io.stanzahook.app.console.WireListener;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerListener;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stream.StreamListener;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import reactor.netty.resources.LoopResources;

/** One use of the sandbox, from its start to its end. */
public final class SandboxRun {
  /** How much longer than a webhook call everything else may take. */
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private final SandboxSettings settings;
  private final LoopResources loops;
  private final Terminal terminal;
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * A run.
   *
   * @param loops for all sockets of the sandbox; not disposed of here
   */
  public SandboxRun(
      SandboxSettings settings,
      LoopResources loops,
      Terminal terminal,
      InputStream in,
      PrintStream out,
      PrintStream err) {
    this.settings = settings;
    this.loops = loops;
    this.terminal = terminal;
    this.in = in;
    this.out = new PrintStream(out, false, charset(terminal.out()));
    this.err = err;
  }

  /** Terminals have their own encoding. Files and pipes get UTF-8. */
  private static Charset charset(boolean ofTerminal) {
    return ofTerminal
        ? Charset.forName(System.getProperty("native.encoding", StandardCharsets.UTF_8.name()))
        : StandardCharsets.UTF_8;
  }

  /** Observes deliveries and the stream, in addition to the sandbox itself. */
  public interface Observed {
    /** The given listeners together with those of the sandbox. */
    Listeners with(DeliveryListener deliveries, StreamListener streams);

    /** Who is told of what the server gets from the gateway, the sandbox's own among them. */
    default ComponentServerListener server(ComponentServerListener own) {
      return own;
    }

    /** All runs, and nothing was sent yet. */
    default void started(Running running) {}
  }

  /**
   * A sandbox that runs.
   *
   * @param server where its users are
   * @param webhook that is called
   * @param shown names the webhook in a text that names the proxy before it
   */
  public record Running(
      Gateway gateway,
      ComponentServer server,
      CalledWebhook webhook,
      UnaryOperator<String> shown) {}

  /**
   * Who is told of what.
   *
   * @param wire calls of the webhook, where a proxy sees them
   */
  public record Listeners(DeliveryListener deliveries, StreamListener streams, WireListener wire) {
    /** Without anybody else to look at the wire. */
    public Listeners(DeliveryListener deliveries, StreamListener streams) {
      this(deliveries, streams, WireListener.NONE);
    }
  }

  /**
   * Sends the messages and prints what happens to them.
   *
   * @param first a line to print before all others when everything runs; empty for none
   * @return whether each message was answered as it should be
   */
  public boolean run(Observed observed, String first) throws InterruptedException {
    try {
      SandboxSettings.Load load = settings.load();
      return load == null ? talk(observed, first) : load(load, observed, first);
    } finally {
      out.flush();
    }
  }

  private Duration patience() {
    return settings.app().gateway().webhook().timeout().plus(MARGIN);
  }

  private boolean talk(Observed observed, String first) throws InterruptedException {
    Steps steps = new Steps();
    Listeners listeners = observed.with(steps.deliveries(), steps.streams());
    try (Sandbox sandbox =
        Sandbox.start(
            settings.app().gateway(),
            settings.ownWebhook(),
            loops,
            new Sandbox.Watchers(
                listeners.deliveries(),
                listeners.streams(),
                observed.server(steps.server()),
                new Recording(steps, listeners.wire())))) {
      observed.started(running(sandbox));
      banner(sandbox, Conversation.USER.toString(), first);
      Transcript transcript = new Transcript(terminal.colours());
      Exchange exchange = new Exchange(sandbox.server(), steps, transcript, out, patience());
      Conversation conversation = new Conversation(exchange, bot(), out);
      List<String> messages = settings.messages();
      if (!messages.isEmpty()) {
        return conversation.say(messages);
      }
      TypedLines lines = new TypedLines(in, charset(terminal.in()));
      if (!terminal.in()) {
        return conversation.sayLines(lines);
      }
      conversation.talk(lines, terminal.out());
      return true;
    }
  }

  private boolean load(SandboxSettings.Load load, Observed observed, String first)
      throws InterruptedException {
    LoadTally tally = new LoadTally(load.count(), load.rate());
    Listeners listeners = observed.with(tally.deliveries(), StreamListener.NONE);
    try (Sandbox sandbox =
        Sandbox.start(
            settings.app().gateway(),
            settings.ownWebhook(),
            loops,
            new Sandbox.Watchers(
                listeners.deliveries(), listeners.streams(), tally.server(), null))) {
      observed.started(running(sandbox));
      banner(sandbox, "many users", first);
      out.flush();
      LoadSummary summary =
          new LoadRun(sandbox.server(), bot(), tally, load.count(), patience(), err, terminal.err())
              .run();
      out.print(summary.text());
      return summary.isComplete();
    }
  }

  private static Running running(Sandbox sandbox) {
    return new Running(
        sandbox.gateway(), sandbox.server(), sandbox.calledWebhook(), sandbox::shown);
  }

  private Jid bot() {
    return Sandbox.bot(settings.app().gateway().component().domain());
  }

  private void banner(Sandbox sandbox, String from, String first) {
    if (!first.isEmpty()) {
      out.println(first);
    }
    out.println(
        "Sandbox: an XMPP server at 127.0.0.1:%d, the gateway as its component %s, and %s %s"
            .formatted(
                sandbox.server().port(),
                bot().domain(),
                settings.ownWebhook() ? "an echo webhook at" : "your webhook",
                sandbox.webhook()));
    out.println("Messages go from %s to %s.".formatted(from, bot()));
    out.println();
    out.flush();
  }
}
