package io.stanzahook.app.interop;

import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerListener;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * The component server of the package sandbox where a test wants to say itself what arrives, and
 * when. It knows one component and no users.
 */
final class SandboxServer implements XmppServer {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final LoopResources loops = LoopResources.create("sandbox-server", 1, true);
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger errors = new AtomicInteger();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private ComponentServerSettings settings;
  private @Nullable ComponentServer server;

  private SandboxServer(ComponentServerSettings settings) {
    this.settings = settings;
  }

  static SandboxServer started() {
    return started(ComponentServerSettings.LOOPBACK);
  }

  /** Listens at that address of this machine. */
  static SandboxServer started(String host) {
    ComponentServerSettings usual = ComponentServerSettings.of(COMPONENT, SECRET);
    SandboxServer started =
        new SandboxServer(
            new ComponentServerSettings(
                host, 0, usual.components(), usual.limits(), usual.maxPending()));
    started.start();
    return started;
  }

  /** Sends the component a message of a user. */
  void send(String user, String body) {
    send(Jid.of(user + "@" + HOST + "/tests"), "m-" + user, body);
  }

  /**
   * Sends the component a message.
   *
   * @param id null for none
   */
  void send(Jid from, @Nullable String id, String body) {
    running()
        .send(
            OutboundStanza.of(
                OutboundStanza.builder(StanzaKind.MESSAGE, Jid.of("bot@" + COMPONENT), from)
                    .attribute("type", "chat")
                    .attribute("id", id)
                    .textChild(Namespaces.COMPONENT, "body", body)
                    .build()))
        .block(LIMIT);
  }

  /** Asks the component for something that only the webhook can know. */
  void ask(String user) {
    running()
        .send(
            OutboundStanza.of(
                OutboundStanza.builder(
                        StanzaKind.IQ,
                        Jid.of("bot@" + COMPONENT),
                        Jid.of(user + "@" + HOST + "/tests"))
                    .attribute("type", "get")
                    .attribute("id", "q-" + user)
                    .textChild("urn:example:question", "query", "")
                    .build()))
        .block(LIMIT);
  }

  /** What came back for users so far. */
  int answered() {
    return answered.get();
  }

  /** The bodies of what was no error, in order. */
  List<String> bodies() {
    return List.copyOf(bodies);
  }

  /** How many of them were errors. */
  int errors() {
    return errors.get();
  }

  /** Cuts the component's connection. */
  void drop() {
    running().drop();
  }

  private ComponentServer running() {
    return Objects.requireNonNull(server, "the server is not started");
  }

  @Override
  public int clientPort() {
    throw new UnsupportedOperationException("there are no clients");
  }

  @Override
  public int componentPort() {
    return settings.port();
  }

  @Override
  public void start() {
    ComponentServer started =
        Objects.requireNonNull(
            ComponentServer.start(
                    settings,
                    loops,
                    new ComponentServerListener() {
                      @Override
                      public void received(Stanza stanza) {
                        if ("error".equals(stanza.type())) {
                          errors.incrementAndGet();
                        } else if (stanza instanceof Message message) {
                          bodies.add(String.valueOf(message.body()));
                        }
                        answered.incrementAndGet();
                      }
                    })
                .block(LIMIT));
    settings = settings.withPort(started.port());
    server = started;
  }

  @Override
  public void stop() {
    ComponentServer running = server;
    if (running != null) {
      running.stop().block(LIMIT);
      server = null;
    }
  }

  @Override
  public void kill() {
    stop();
  }

  @Override
  public void register(String user) {
    throw new UnsupportedOperationException("there are no accounts");
  }

  @Override
  public String name() {
    return "sandbox-server";
  }

  @Override
  public String log() {
    return answered + " stanzas came back\n";
  }

  @Override
  public void close() {
    stop();
    loops.disposeLater(Duration.ZERO, LIMIT).block(LIMIT.plusSeconds(1));
  }
}
