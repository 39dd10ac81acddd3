package io.stanzahook.sandbox;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.Handshake;
import io.stanzahook.wire.StanzaEncoder;
import io.stanzahook.wire.StreamCondition;
import io.stanzahook.wire.StreamDecoder;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.xml.XmlWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.FutureMono;

/**
 * One component's stream, from the server's side.
 *
 * <p>Threading: all state belongs to the channel's event loop; methods that are not callbacks of
 * Netty may be called on any thread.
 */
final class ServerConnection extends ChannelInboundHandlerAdapter {
  /** The addressee of stanzas that name none: the server itself. */
  private static final Jid SERVER = Jid.of("localhost");

  private enum Phase {
    /** Before the component's start tag. */
    OPENING,
    /** Before its handshake. */
    AUTHENTICATING,
    /** After its handshake, before our acknowledgement. */
    HELD,
    OPEN,
    ENDED
  }

  private final ComponentServer server;
  private final Channel channel;
  private final StreamDecoder decoder;
  private final StanzaEncoder encoder = new StanzaEncoder();
  private final String id = UUID.randomUUID().toString();

  /** Stanzas handed over and not written yet. */
  private final AtomicInteger pending = new AtomicInteger();

  private Phase phase = Phase.OPENING;
  private String domain = "";
  private boolean flushing;
  private boolean frozen;

  /** Read when it was frozen already: no more than was under way then. */
  private final Deque<ByteBuf> unread = new ArrayDeque<>();

  ServerConnection(ComponentServer server, Channel channel) {
    this.server = server;
    this.channel = channel;
    this.decoder = new StreamDecoder(SERVER, server.settings().limits(), this::on);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf buffer)) {
      ctx.fireChannelRead(message);
      return;
    }
    if (frozen) {
      unread.add(buffer);
    } else {
      feed(buffer);
    }
  }

  private void feed(ByteBuf buffer) {
    try {
      byte[] bytes = ByteBufUtil.getBytes(buffer);
      decoder.feed(bytes, 0, bytes.length);
    } finally {
      buffer.release();
    }
  }

  /**
   * The socket is closed, whichever way: when it was reset, this handler is taken out before it
   * could hear of it.
   */
  void closed() {
    over();
    unread.forEach(ByteBuf::release);
    unread.clear();
  }

  private void on(StreamEvent event) {
    if (phase == Phase.ENDED) {
      return;
    }
    if (event instanceof StreamEvent.Opened opened) {
      opened(opened);
    } else if (event instanceof StreamEvent.Handshake handshake) {
      handshake(handshake.text());
    } else if (event instanceof StreamEvent.Received received) {
      received(received.stanza());
    } else if (event instanceof StreamEvent.Refused refused) {
      refuse(
          switch (refused.reason()) {
            case BAD_FROM -> StreamCondition.INVALID_FROM;
            case BAD_TO -> StreamCondition.IMPROPER_ADDRESSING;
            case SIZE, DEPTH, ATTRIBUTES, TAG, ELEMENTS -> StreamCondition.POLICY_VIOLATION;
          },
          "a stanza that cannot be accepted (" + refused.reason().label() + ")");
    } else if (event instanceof StreamEvent.Violated violated) {
      refuse(violated.condition(), violated.message());
    } else if (event instanceof StreamEvent.Failed || event instanceof StreamEvent.Closed) {
      markup(Handshake.END).addListener(ChannelFutureListener.CLOSE);
      over();
    }
  }

  private void opened(StreamEvent.Opened opened) {
    String to = opened.to();
    domain = to == null ? "" : to;
    if (!server.settings().components().containsKey(domain)) {
      refuse(
          StreamCondition.HOST_UNKNOWN,
          "a stream for '%s', which is not a component here".formatted(domain));
      return;
    }
    markup(startTag(id));
    phase = Phase.AUTHENTICATING;
  }

  /**
   * The server's start tag (XEP-0114, 3, example 2).
   *
   * @param streamId the empty string where an error follows at once
   */
  private String startTag(String streamId) {
    StringBuilder tag = new StringBuilder("<?xml version='1.0'?><stream:stream xmlns='");
    tag.append(Namespaces.COMPONENT).append("' xmlns:stream='").append(Namespaces.STREAM);
    tag.append("' id='").append(streamId).append('\'');
    if (!streamId.isEmpty()) {
      tag.append(" from='");
      XmlWriter.attributeValue(domain, tag);
      tag.append('\'');
    }
    return tag.append('>').toString();
  }

  private void handshake(String digest) {
    String secret = server.settings().components().get(domain);
    if (phase != Phase.AUTHENTICATING || secret == null) {
      refuse(StreamCondition.NOT_AUTHORIZED, "a handshake out of turn");
    } else if (!MessageDigest.isEqual(bytes(Handshake.digest(id, secret)), bytes(digest))) {
      refuse(StreamCondition.NOT_AUTHORIZED, "a handshake with a wrong secret");
    } else {
      phase = Phase.HELD;
      if (server.isHolding()) {
        server.listener().held(domain);
      }
      acknowledge();
    }
  }

  private void acknowledge() {
    if (phase != Phase.HELD || server.isHolding()) {
      return;
    }
    if (!server.register(domain, this)) {
      refuse(StreamCondition.CONFLICT, "a second stream of " + domain);
      return;
    }
    phase = Phase.OPEN;
    markup("<handshake/>");
    server.listener().connected(domain);
  }

  private void received(Stanza stanza) {
    if (phase != Phase.OPEN) {
      refuse(StreamCondition.NOT_AUTHORIZED, "a stanza before the handshake was acknowledged");
    } else if (!stanza.from().hasDomain(domain)) {
      refuse(StreamCondition.INVALID_FROM, "a stanza from " + stanza.from());
    } else if (server.route(stanza.to().domain(), component -> component.loop(stanza))) {
      server.listener().looped(stanza);
    } else {
      server.listener().received(stanza);
    }
  }

  /** What overflows is lost, as between components of a server that is short of memory. */
  private void loop(Stanza stanza) {
    write(1, out -> out.writeBytes(stanza.xml().utf8())).subscribe(done -> {}, error -> {});
  }

  private void refuse(StreamCondition condition, String detail) {
    if (phase == Phase.ENDED) {
      return;
    }
    String start = phase == Phase.OPENING ? startTag("") : "";
    markup(start + Handshake.error(condition)).addListener(ChannelFutureListener.CLOSE);
    over();
    server.listener().refused(condition, detail);
  }

  /** Nothing more is taken or sent. */
  private void over() {
    boolean wasOpen = phase == Phase.OPEN;
    phase = Phase.ENDED;
    if (wasOpen) {
      server.unregister(domain, this);
      server.listener().disconnected(domain);
    }
  }

  private ChannelFuture markup(String text) {
    ByteBuf buffer = channel.alloc().buffer(text.length());
    ByteBufUtil.writeUtf8(buffer, text);
    return channel.writeAndFlush(buffer);
  }

  /** Sends stanzas; completes when they are written. */
  Mono<Void> send(List<OutboundStanza> stanzas) {
    return write(stanzas.size(), out -> stanzas.forEach(stanza -> encoder.encode(stanza, out)));
  }

  /** Sends text as it is; completes when it is written. */
  Mono<Void> sendRaw(String text) {
    return write(1, out -> ByteBufUtil.writeUtf8(out, text));
  }

  private Mono<Void> write(int stanzas, Consumer<ByteBuf> content) {
    return Mono.create(
        sink -> {
          int limit = server.settings().maxPending();
          if (pending.addAndGet(stanzas) > limit) {
            pending.addAndGet(-stanzas);
            sink.error(NotRoutedException.full(domain, limit));
            return;
          }
          channel
              .eventLoop()
              .execute(
                  () -> {
                    ByteBuf buffer = channel.alloc().buffer(512);
                    content.accept(buffer);
                    channel
                        .write(buffer)
                        .addListener(
                            written -> {
                              pending.addAndGet(-stanzas);
                              Throwable failure = written.cause();
                              if (failure == null) {
                                sink.success();
                              } else {
                                sink.error(NotRoutedException.broken(domain, failure));
                              }
                            });
                    flushSoon();
                  });
        });
  }

  /** After the writes that are already handed to the event loop: one flush for all of them. */
  private void flushSoon() {
    if (!flushing) {
      flushing = true;
      channel
          .eventLoop()
          .execute(
              () -> {
                flushing = false;
                channel.flush();
              });
    }
  }

  /** To be called before anything was read. */
  void beginFrozen() {
    frozen = true;
    freeze(true);
  }

  void freeze(boolean freeze) {
    onLoop(
        () -> {
          frozen = freeze;
          while (!frozen && !unread.isEmpty()) {
            feed(unread.poll());
          }
          channel.config().setAutoRead(!freeze);
        });
  }

  void acknowledgeHeld() {
    onLoop(this::acknowledge);
  }

  void drop() {
    onLoop(channel::close);
  }

  void end(StreamCondition condition) {
    onLoop(() -> refuse(condition, "the stream was ended on demand"));
  }

  /** Sends the end tag, and closes. */
  Mono<Void> close() {
    onLoop(
        () -> {
          if (phase != Phase.ENDED) {
            String start = phase == Phase.OPENING ? startTag("") : "";
            markup(start + Handshake.END).addListener(ChannelFutureListener.CLOSE);
            over();
          }
        });
    return FutureMono.from(channel.closeFuture());
  }

  private void onLoop(Runnable action) {
    channel.eventLoop().execute(action);
  }

  private static byte[] bytes(@Nullable String text) {
    return String.valueOf(text).getBytes(StandardCharsets.UTF_8);
  }
}
