package io.stanzahook.stream;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.wire.Handshake;
import io.stanzahook.wire.StreamCondition;
import io.stanzahook.wire.StreamCondition.Cause;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;

/**
 * One live stream: header, handshake, stanzas, liveness, end. Ends with a {@link StreamEnd},
 * always.
 *
 * <p>Threading: all state belongs to the connection's event loop; {@link #close} may be called on
 * any thread.
 */
final class ComponentConnection {
  /** How long the server may take to close its side after we closed ours (RFC 6120, 4.4). */
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** How long a connection that is given up may take to bring what the server sent before. */
  private static final Duration LAST_READ = Duration.ofMillis(500);

  private static final Duration FINISH_AGAIN = Duration.ofMillis(20);

  private enum Phase {
    OPENING,
    AUTHENTICATING,
    OPEN,
    /** We have closed our side and wait for the server's end tag. */
    CLOSING,
    ENDED;

    boolean isEnding() {
      return this == CLOSING || this == ENDED;
    }
  }

  private final Connection connection;
  private final Channel channel;
  private final ComponentSettings settings;
  private final OutboundQueue queue;
  private final Valve valve;
  private final StreamListener listener;
  private final Jid domain;
  private final StreamInbound inbound;
  private final StanzaWriter writer;
  private final String pingPrefix =
      "stanzahook-ping-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
  private final Runnable onAuthenticated;

  private Phase phase = Phase.OPENING;
  private boolean idless;

  /** Of the server's stream error; null before, and for one without a text. */
  private @Nullable String lastText;

  private int pings;
  private boolean pinged;
  private final OpenElement open = new OpenElement();
  private long keptAlive = System.nanoTime();
  private @Nullable MonoSink<Void> endSink;
  private @Nullable MonoSink<Void> closeSink;

  /**
   * Takes over a connection that was just made.
   *
   * @param valve takes the stanzas
   * @param onAuthenticated called once the server accepted the handshake
   */
  ComponentConnection(
      Connection connection,
      ComponentSettings settings,
      OutboundQueue queue,
      Valve valve,
      StreamListener listener,
      Runnable onAuthenticated) {
    this.connection = connection;
    this.channel = connection.channel();
    this.settings = settings;
    this.queue = queue;
    this.valve = valve;
    this.listener = listener;
    this.onAuthenticated = onAuthenticated;
    this.domain = Jid.of(settings.domain());
    this.inbound =
        new StreamInbound(channel, domain, settings.limits(), valve, listener, this::on, this::end);
    this.writer = new StanzaWriter(settings.domain(), channel, queue, this::writesFail);
  }

  /**
   * Opens the stream and reads it, as far as the valve has demand. To be subscribed to once.
   *
   * @return ends with a {@link StreamEnd}
   */
  Mono<Void> run() {
    return Mono.create(
        sink -> {
          endSink = sink;
          sink.onCancel(this::cancelled);
          start();
        });
  }

  private void start() {
    connection.addHandlerLast("stanzahook.inbound", inbound);
    connection.addHandlerLast("stanzahook.writability", writer.new Writability());
    if (settings.tls() != null) {
      // Before the decryption: a record that comes slowly is life as well.
      channel.pipeline().addFirst("stanzahook.life", inbound.new Life());
    }
    writer.writeMarkup(Handshake.start(settings.domain()));
    watch(Phase.OPENING);
    channel.config().setAutoRead(true);
    if (!channel.isActive()) {
      end(StreamEnd.closed("the server closed the connection"));
    }
  }

  /** The server, by its first words, or else by its last ones. */
  private ServerKind server() {
    ServerKind begun = ServerKind.ofStart(inbound.head());
    return begun.isKnown() ? begun : ServerKind.ofError(lastText);
  }

  /** How it ended, with what can be done where the server has not even opened the stream. */
  private StreamEnd explained(Throwable error) {
    TlsSettings tls = settings.tls();
    if (tls != null && TlsFailure.isTls(error)) {
      return TlsFailure.of(error, tls, settings.openTimeout());
    }
    StreamEnd end = StreamEnd.broken(error);
    if (idless && phase == Phase.OPENING && isClosing(end)) {
      return StreamEnd.withoutId(
          "the server opened the stream without an id and closed it without a reason");
    }
    if (phase != Phase.OPENING || !inbound.isSilent() || !end.advice().isEmpty()) {
      return end;
    }
    return end.advised(tls == null ? Advice.TLS_MISSING : TlsFailure.certificateAdvice(tls));
  }

  private static boolean isClosing(StreamEnd end) {
    return end.reason().equals("closed") || end.reason().equals("io");
  }

  private void watch(Phase opening) {
    channel
        .eventLoop()
        .schedule(
            () -> {
              if (phase == opening) {
                fail(
                    StreamEnd.openTimeout(
                        "the server did not answer the %s within %d s"
                            .formatted(
                                opening == Phase.OPENING ? "stream header" : "handshake",
                                settings.openTimeout().toSeconds())));
              }
            },
            settings.openTimeout().toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private void on(StreamEvent event) {
    if (phase == Phase.ENDED) {
      return;
    }
    if (phase == Phase.CLOSING) {
      // What comes after our end tag does not matter, but for the server's.
      if (event instanceof StreamEvent.Closed || event instanceof StreamEvent.Violated) {
        closed();
      }
    } else if (event instanceof StreamEvent.Received received) {
      on(received.stanza());
    } else if (event instanceof StreamEvent.Refused refused) {
      refuse(refused);
    } else if (event instanceof StreamEvent.Opened opened) {
      authenticate(opened);
    } else if (event instanceof StreamEvent.Handshake) {
      authenticated();
    } else if (event instanceof StreamEvent.Failed failed) {
      writer.writeMarkup(Handshake.END);
      end(ended(failed));
    } else if (event instanceof StreamEvent.Closed) {
      writer.writeMarkup(Handshake.END);
      end(StreamEnd.closed("the server closed the stream"));
    } else if (event instanceof StreamEvent.Violated && inbound.isTlsAlert()) {
      end(
          StreamEnd.tls(
              "the server answered with an alert of TLS", "Its port wants TLS: give ‹tls›."));
    } else if (event instanceof StreamEvent.Violated violated) {
      writer.writeMarkup(Handshake.error(violated.condition()));
      end(StreamEnd.violation(violated.condition(), "the server sent " + violated.message()));
    }
  }

  private StreamEnd ended(StreamEvent.Failed failed) {
    String text = failed.text();
    lastText = text;
    StreamEnd end =
        StreamEnd.error(
            failed.condition(),
            failed.name(),
            "the server ended the stream with <%s/>%s"
                .formatted(failed.name(), text == null ? "" : ": " + text));
    if (phase == Phase.OPEN && end.fault() == Cause.OUR_OUTPUT) {
      listener.quarantined(end.reason(), writer.lastWritten());
    }
    return switch (failed.condition()) {
      case BAD_NAMESPACE_PREFIX, BAD_FORMAT, UNSUPPORTED_STANZA_TYPE ->
          // All that was written is our start tag, which every component port takes.
          phase == Phase.OPEN ? end : end.misconfigured().advised(Advice.PORT);
      default -> end;
    };
  }

  private void on(Stanza stanza) {
    // Before the acknowledgement no stanza may come (XEP-0114, 3).
    if (phase == Phase.OPEN && !isOwnPing(stanza) && !valve.put(stanza)) {
      end(StreamEnd.closed("more stanzas came, unasked for, than can be kept"));
    }
  }

  /** Our ping comes back, looped by the server: that it came is all we want to know. */
  private boolean isOwnPing(Stanza stanza) {
    String id = stanza.id();
    return id != null && stanza.kind() == StanzaKind.IQ && id.startsWith(pingPrefix);
  }

  private void refuse(StreamEvent.Refused refused) {
    listener.refused(refused);
    Stanza shell = refused.shell();
    if (phase != Phase.OPEN
        || shell == null
        || shell.kind() == StanzaKind.PRESENCE
        // Neither to ourselves, nor in the name of others: that would end the stream.
        || shell.from().hasDomain(settings.domain())
        || !shell.to().hasDomain(settings.domain())) {
      return;
    }
    OutboundStanza bounce =
        OutboundStanza.error(shell, ErrorCondition.POLICY_VIOLATION.error(refused.sentence()));
    if (bounce != null) {
      queue
          .send(List.of(bounce))
          .subscribe(done -> {}, error -> {}, () -> listener.bounced(bounce));
    }
  }

  private void authenticate(StreamEvent.Opened opened) {
    String id = opened.id();
    idless = id == null || id.isEmpty();
    // Without an id there is nothing to prove; the server's error follows, but for Openfire's.
    if (phase == Phase.OPENING && id != null && !id.isEmpty()) {
      phase = Phase.AUTHENTICATING;
      writer.writeMarkup(Handshake.element(id, settings.secret()));
      watch(Phase.AUTHENTICATING);
    }
  }

  private void authenticated() {
    if (phase == Phase.AUTHENTICATING) {
      phase = Phase.OPEN;
      inbound.obeyValve();
      ServerKind server = server();
      if (server.isKnown()) {
        listener.recognised(server);
      }
      onAuthenticated.run();
      writer.open();
      watchLiveness();
    }
  }

  /** Pings after half the time-out without a byte, leaves after all of it (RFC 6120, 4.6.1). */
  private void watchLiveness() {
    long limit = settings.pingTimeout().toNanos();
    long silent = System.nanoTime() - inbound.lastInbound();
    if (phase != Phase.OPEN || !channel.isActive()) {
      return;
    }
    if (inbound.isPaused() && writer.stalledNanos() >= limit) {
      // Whether it sends anything is not known while nothing is read; it does not read.
      inbound.readAll();
      leave(
          StreamEnd.pingTimeout(
              "the server read nothing for %d s".formatted(settings.pingTimeout().toSeconds())),
          LAST_READ);
      return;
    }
    if (silent >= limit) {
      fail(
          StreamEnd.pingTimeout(
              "the server was silent for %d s".formatted(settings.pingTimeout().toSeconds())));
      return;
    }
    Duration endless = open.past(inbound, settings.openTimeout(), settings.pingTimeout());
    if (endless != null) {
      writer.writeMarkup(Handshake.error(StreamCondition.BAD_FORMAT));
      fail(
          StreamEnd.violation(
              StreamCondition.BAD_FORMAT,
              "the server sent an element that did not end within %d s; all that follows would be taken for a part of it"
                  .formatted(endless.toSeconds())));
      return;
    }
    if (inbound.isPaused()) {
      keepAlive(limit / 2);
    } else if (silent < limit / 2) {
      pinged = false;
    } else if (!pinged) {
      pinged = true;
      ping();
    }
    channel.eventLoop().schedule(this::watchLiveness, limit / 8, TimeUnit.NANOSECONDS);
  }

  /** While nothing is read, only a write can show that the server has gone (RFC 6120, 4.6.1). */
  private void keepAlive(long every) {
    if (System.nanoTime() - keptAlive >= every) {
      keptAlive = System.nanoTime();
      writer.writeSpace();
    }
  }

  private void ping() {
    XmlElement ping =
        OutboundStanza.builder(StanzaKind.IQ, domain, domain)
            .attribute("type", "get")
            .attribute("id", pingPrefix + "-" + ++pings)
            .child(XmlElement.empty(Namespaces.PING, "ping"))
            .build();
    queue.send(List.of(OutboundStanza.of(ping))).subscribe(done -> {}, error -> {});
  }

  /** What the server had sent, and perhaps had to say about it, comes first, and then the end. */
  private void writesFail() {
    inbound.readAll();
    leave(
        StreamEnd.closed("the server takes nothing any more and does not say why"), CLOSE_TIMEOUT);
  }

  private void leave(StreamEnd end, Duration in) {
    channel
        .eventLoop()
        .schedule(
            () -> {
              if (phase == Phase.OPEN) {
                fail(end);
              }
            },
            in.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void fail(StreamEnd end) {
    end(end);
    channel.close();
  }

  private void end(Throwable error) {
    if (phase == Phase.ENDED) {
      return;
    }
    ServerKind server = server();
    StreamEnd end = explained(error).at(server);
    if (server == ServerKind.TIGASE && phase == Phase.AUTHENTICATING && end.advice().isEmpty()) {
      end = end.advised(Advice.TIGASE);
    }
    if (server.isKnown()) {
      listener.recognised(server);
    }
    boolean closing = phase == Phase.CLOSING;
    ended();
    MonoSink<Void> sink = endSink;
    if (closing) {
      closed();
    } else if (sink != null) {
      sink.error(end);
    }
  }

  /** Nobody waits for how it ends. On any thread. */
  private void cancelled() {
    EventLoop loop = channel.eventLoop();
    if (loop.inEventLoop()) {
      ended();
    } else if (!loop.isShuttingDown()) {
      loop.execute(this::ended);
    }
  }

  /** Before anybody hears of the end: the next connection's turn comes then. */
  private void ended() {
    if (phase == Phase.ENDED) {
      return;
    }
    phase = Phase.ENDED;
    writer.close();
    inbound.readAll();
    // After what was written last: the end tag or the stream error. Whether it is read or not.
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    if (channel.isOpen() && !channel.eventLoop().isShuttingDown()) {
      Future<?> closing =
          channel
              .eventLoop()
              .schedule((Runnable) channel::close, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      channel.closeFuture().addListener(closed -> closing.cancel(false));
    }
  }

  /** Nothing more comes that we would wait for. */
  private void closed() {
    MonoSink<Void> waiting = closeSink;
    if (waiting != null) {
      waiting.success();
    }
  }

  /** Ends the stream at once, for another process to begin one. On any thread. */
  void leave() {
    channel
        .eventLoop()
        .execute(
            () -> {
              if (!phase.isEnding() && channel.isActive()) {
                writer.writeMarkup(Handshake.END);
                end(StreamEnd.closed("another process of the cluster takes the stream over"));
              }
            });
  }

  /** Writes what waits and the end tag, and waits a little for the server's (RFC 6120, 4.4). */
  Mono<Void> close() {
    return Mono.<Void>create(
            sink ->
                channel
                    .eventLoop()
                    .execute(
                        () -> {
                          if (phase.isEnding() || !channel.isActive()) {
                            sink.success();
                            return;
                          }
                          closeSink = sink;
                          phase = Phase.CLOSING;
                          inbound.readAll();
                          finish();
                        }))
        .timeout(CLOSE_TIMEOUT, Mono.empty())
        .doFinally(signal -> channel.close());
  }

  /** Writes the end tag once the socket has taken all that waits. */
  private void finish() {
    writer.drain();
    if (writer.isDone() || !channel.isActive()) {
      writer.close();
      writer.writeMarkup(Handshake.END);
    } else {
      channel.eventLoop().schedule(this::finish, FINISH_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
