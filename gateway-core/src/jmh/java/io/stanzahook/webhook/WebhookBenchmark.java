package io.stanzahook.webhook;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.stanzahook.exchange.PostFormat;
import io.stanzahook.exchange.ReadReply;
import io.stanzahook.exchange.ReplyReader;
import io.stanzahook.exchange.RequestWriter;
import io.stanzahook.exchange.UnreadableResponseException;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.Stanzas;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The request's JSON written, the response's read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WebhookBenchmark {
  private final RequestWriter request = PostFormat.JSON.writer();
  private final ReplyReader reader = new ReplyReader(262_144, 100, PostFormat.JSON);
  private final byte[] response =
      "{\"body\":\"Did you say hello?\"}".getBytes(StandardCharsets.US_ASCII);
  private final Stanza message =
      Stanzas.of(
          "<message id='1234567' from='u123@localhost/res' to='bot@gw.localhost' type='chat'"
              + " xml:lang='en'><body>Hello there, how are you today?</body></message>");

  /** The request of a 150-byte message, into a pooled buffer. */
  @Benchmark
  public int requestJson() {
    ByteBuf written = request.write(message, PooledByteBufAllocator.DEFAULT);
    int length = written.readableBytes();
    written.release();
    return length;
  }

  /** A reply with a short body. */
  @Benchmark
  public List<ReadReply> replyReader() throws UnreadableResponseException {
    return reader.read("application/json", response, response.length);
  }
}
