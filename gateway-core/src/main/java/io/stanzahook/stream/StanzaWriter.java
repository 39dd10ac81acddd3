package io.stanzahook.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.stanzahook.stanza.Delay;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stream.OutboundQueue.Batch;
import io.stanzahook.wire.StanzaEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Writes what waits in the queue to one connection: many stanzas a write, one flush for all that
 * came since the last, and nothing while the socket takes no more.
 *
 * <p>Threading: {@link #wake} on any thread, the rest on the connection's event loop.
 */
final class StanzaWriter {
  /** Stanzas are gathered up to this many bytes a write. */
  private static final int WRITE_BYTES = 32 * 1024;

  /** A flush of fewer bytes than this comes to a server in one read, as a rule. */
  private static final int CUT_FROM = 1024;

  private static final long LATE_NANOS = Delay.LATE.toNanos();

  private final String domain;
  private final Channel channel;
  private final OutboundQueue queue;
  private final Runnable onBroken;
  private final StanzaEncoder encoder = new StanzaEncoder();
  private final AtomicBoolean awake = new AtomicBoolean();
  private final LastWritten lastWritten = new LastWritten();
  private final TagRest tagRest = new TagRest();
  private boolean open;

  /** Bytes of stanzas since the last white space, or since nothing was left to write. */
  private int unflushed;

  /** Writes that the socket has not taken yet, and when it last took one or had none to take. */
  private int writing;

  private long lastTaken;

  /**
   * Writes nothing before it is opened.
   *
   * @param onBroken called once a write has failed
   */
  StanzaWriter(String domain, Channel channel, OutboundQueue queue, Runnable onBroken) {
    this.domain = domain;
    this.channel = channel;
    this.queue = queue;
    this.onBroken = onBroken;
  }

  /** The handshake is done: stanzas may be written from now on. */
  void open() {
    open = true;
    queue.onOffer(this::wake);
    drain();
  }

  /** No more stanzas are taken from the queue. */
  void close() {
    open = false;
    queue.onOffer(() -> {});
  }

  /** Whether nothing waits, or nothing may be written. */
  boolean isDone() {
    return !open || queue.isEmpty();
  }

  /** What was written to this connection last, the last one last. */
  List<WrittenStanza> lastWritten() {
    return lastWritten.list();
  }

  /** Sees to it that what waits is written soon. */
  void wake() {
    if (awake.compareAndSet(false, true)) {
      // As a task of its own even when on the loop: it runs once the reads at hand are done, so
      // that the replies of many webhook responses leave in one write.
      channel.eventLoop().execute(this::drain);
    }
  }

  /** Writes text that is no stanza: the stream's own markup. */
  ChannelFuture writeMarkup(String markup) {
    ByteBuf buffer = channel.alloc().buffer(markup.length());
    buffer.writeCharSequence(markup, StandardCharsets.UTF_8);
    return channel.writeAndFlush(buffer);
  }

  /** Writes what waits, as far as the socket takes it. */
  void drain() {
    awake.set(false);
    boolean wrote = false;
    while (open && channel.isWritable() && !queue.isEmpty()) {
      writeOnce();
      wrote = true;
    }
    if (completeLastTag() || wrote) {
      channel.flush();
    }
  }

  /**
   * A server whose libexpat defers parsing holds back a stanza whose last tag was cut by its reads
   * until more bytes come. White space, which means nothing, is more bytes: nobody waits for the
   * next stanza. Where the socket takes no more now, it comes once it does.
   *
   * @return whether any was written
   */
  private boolean completeLastTag() {
    if (!open || !queue.isEmpty() || !channel.isWritable()) {
      return false;
    }
    int spaces = unflushed < CUT_FROM ? 0 : tagRest.spacesDue();
    if (spaces > 0) {
      write(
          channel
              .alloc()
              .buffer(spaces)
              .writeBytes(" ".repeat(spaces).getBytes(StandardCharsets.US_ASCII)),
          List.of(),
          System.nanoTime());
    }
    unflushed = 0;
    return spaces > 0;
  }

  /** Nothing can be written any more: what waits is for the next connection. */
  private void broken() {
    if (!open) {
      return;
    }
    close();
    onBroken.run();
  }

  /** Writes a space, which means nothing (RFC 6120, 4.6.1), where nothing is on its way. */
  void writeSpace() {
    if (open && writing == 0) {
      write(channel.alloc().buffer(1).writeByte(' '), List.of(), System.nanoTime());
      channel.flush();
    }
  }

  /** For how long the socket has taken nothing of what is written, in nanoseconds. */
  long stalledNanos() {
    return writing == 0 ? 0 : System.nanoTime() - lastTaken;
  }

  /** It waited for the stream to come back (XEP-0203). */
  private OutboundStanza late(OutboundStanza stanza, long waitedNanos) {
    return Delay.stamped(stanza, Instant.now().minusNanos(waitedNanos), domain);
  }

  private void writeOnce() {
    List<Batch> batches = new ArrayList<>();
    long now = System.nanoTime();
    ByteBuf buffer = channel.alloc().buffer(1024);
    try {
      while (buffer.readableBytes() < WRITE_BYTES) {
        Batch batch = queue.poll();
        if (batch == null) {
          break;
        }
        batches.add(batch);
        long waited = now - batch.since();
        List<OutboundStanza> stanzas = batch.stanzas();
        for (int i = 0; i < stanzas.size(); i++) {
          OutboundStanza next = stanzas.get(i);
          OutboundStanza stanza = waited < LATE_NANOS ? next : late(next, waited);
          int start = buffer.writerIndex();
          encoder.encode(stanza, buffer);
          lastWritten.add(WrittenStanza.of(stanza, buffer.writerIndex() - start));
        }
      }
    } catch (RuntimeException e) {
      buffer.release();
      batches.forEach(batch -> batch.failed(NotSentException.broken(domain, e)));
      return;
    }
    unflushed += buffer.readableBytes();
    tagRest.wrote(buffer);
    write(buffer, batches, now);
  }

  private void write(ByteBuf buffer, List<Batch> batches, long now) {
    if (writing++ == 0) {
      lastTaken = now;
    }
    channel
        .write(buffer)
        .addListener(
            future -> {
              writing--;
              lastTaken = System.nanoTime();
              Throwable failure = future.cause();
              if (failure != null) {
                broken();
              }
              for (Batch batch : batches) {
                if (failure == null) {
                  batch.written();
                } else {
                  batch.failed(NotSentException.broken(domain, failure));
                }
              }
            });
  }

  /** Writes on when the socket takes more. */
  final class Writability extends ChannelInboundHandlerAdapter {
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (ctx.channel().isWritable()) {
        wake();
      }
      ctx.fireChannelWritabilityChanged();
    }
  }
}
