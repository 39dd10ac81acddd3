package io.stanzahook.webhook;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.BatchReader;
import io.stanzahook.exchange.PostFormat;
import io.stanzahook.exchange.ReplyRules;
import io.stanzahook.exchange.RequestWriter;
import io.stanzahook.exchange.UnreadableResponseException;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.Stanzas;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The request for a batch written, its response read and made into replies; all for one stanza. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BatchBenchmark {
  private static final int SIZE = 50;

  private final RequestWriter request = PostFormat.JSON.writer();
  private final BatchReader reader =
      new BatchReader(262_144, 100, PostFormat.JSON, new ReplyRules("gw.localhost"));
  private final byte[] response =
      ("[" + String.join(",", Collections.nCopies(SIZE, "{\"body\":\"Did you say hello?\"}")) + "]")
          .getBytes(StandardCharsets.US_ASCII);
  private final Stanza message =
      Stanzas.of(
          "<message id='1234567' from='u123@localhost/res' to='bot@gw.localhost' type='chat'"
              + " xml:lang='en'><body>Hello there, how are you today?</body></message>");

  private final Batch batch =
      new Batch() {
        @Override
        public String id() {
          return "bat_1_1";
        }

        @Override
        public int attempt() {
          return 1;
        }

        @Override
        public int size() {
          return SIZE;
        }

        @Override
        public Stanza stanza(int index) {
          return message;
        }

        @Override
        public String webhookId(int index) {
          return "msg_a8qg8g1zn4lxbvux86qk0rwf_123456";
        }

        @Override
        public int attempt(int index) {
          return 1;
        }
      };

  /** The request, into a pooled buffer. */
  @Benchmark
  @OperationsPerInvocation(SIZE)
  public int requestJson() {
    ByteBuf written = request.write(batch, PooledByteBufAllocator.DEFAULT);
    int length = written.readableBytes();
    written.release();
    return length;
  }

  /** An answer for each, with a short body. */
  @Benchmark
  @OperationsPerInvocation(SIZE)
  public WebhookResult response() throws UnreadableResponseException {
    return reader.read(
        batch,
        "application/json",
        response,
        response.length,
        true,
        "",
        (status, retryAfter) -> {
          throw new IllegalStateException("no element has a status");
        });
  }
}
