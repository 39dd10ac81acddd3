package io.stanzahook.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Stanzas off the stream and onto it: many of them a read, as under load. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WireBenchmark {
  private static final int STANZAS = 100;
  private static final String HEADER =
      "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'"
          + " xmlns='jabber:component:accept' id='x' from='gw.localhost'>";

  /** 150 bytes. */
  private static final String MESSAGE =
      "<message id='1234567' from='u123@localhost/res' to='bot@gw.localhost' type='chat'"
          + " xml:lang='en'><body>Hello there, how are you today?</body></message>";

  private final byte[] read = MESSAGE.repeat(STANZAS).getBytes(StandardCharsets.US_ASCII);
  private final StanzaFramer framer;
  private final StreamDecoder decoder;
  private final StanzaEncoder encoder = new StanzaEncoder();
  private final ByteBuf out = Unpooled.directBuffer(4096);
  private final OutboundStanza reply;
  private long cut;
  private StreamEvent last;

  /** Streams that are open. */
  public WireBenchmark() {
    if (MESSAGE.length() != 150) {
      throw new IllegalStateException("the message has " + MESSAGE.length() + " bytes");
    }
    framer = new StanzaFramer(WireLimits.DEFAULTS, new Counter());
    decoder = new StreamDecoder(Jid.of("gw.localhost"), WireLimits.DEFAULTS, e -> last = e);
    byte[] header = HEADER.getBytes(StandardCharsets.US_ASCII);
    try {
      framer.feed(header, 0, header.length);
    } catch (StreamViolation e) {
      throw new IllegalStateException(e);
    }
    decoder.feed(header, 0, header.length);
    reply =
        OutboundStanza.of(
            OutboundStanza.builder(
                    StanzaKind.MESSAGE, Jid.of("u123@localhost/res"), Jid.of("bot@gw.localhost"))
                .attribute("type", "chat")
                .attribute("id", "1234567")
                .child(
                    XmlElement.builder(Namespaces.COMPONENT, "body")
                        .text("Did you say hello?")
                        .build())
                .build());
  }

  /** Only cut into stanzas. */
  @Benchmark
  @OperationsPerInvocation(STANZAS)
  public long framer() throws StreamViolation {
    framer.feed(read, 0, read.length);
    return cut;
  }

  /** Framer and parser together. */
  @Benchmark
  @OperationsPerInvocation(STANZAS)
  public StreamEvent decoder() {
    decoder.feed(read, 0, read.length);
    if (!(last instanceof StreamEvent.Received)) {
      throw new IllegalStateException(String.valueOf(last));
    }
    return last;
  }

  /** A reply with a short body. */
  @Benchmark
  public void encoder(Blackhole hole) {
    encoder.encode(reply, out.clear());
    hole.consume(out.readableBytes());
  }

  private final class Counter implements StanzaFramer.Sink {
    @Override
    public void start(byte[] bytes, int offset, int length) {}

    @Override
    public boolean begins(byte[] bytes, int offset, int length) {
      return false;
    }

    @Override
    public void element(byte[] bytes, int offset, int length) {
      cut++;
    }

    @Override
    public void skipped(SkippedElement element) {}

    @Override
    public void end(byte[] bytes, int offset, int length) {}
  }
}
