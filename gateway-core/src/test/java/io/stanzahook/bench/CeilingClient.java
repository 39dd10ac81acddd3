package io.stanzahook.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.reactivestreams.Subscription;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * The ceiling: a bare Reactor Netty client that POSTs the same body in a loop, prepared as well as
 * it can be. Nothing of the gateway is in it.
 *
 * <p>Arguments: {@code port}, {@code concurrency}, {@code seconds}, {@code warmup}, {@code body}
 * (bytes), {@code rate} (a second; 0: as fast as answers come).
 */
public final class CeilingClient {
  /** What takes longer, because this process was stopped meanwhile, counts as so long. */
  private static final long LONGEST = TimeUnit.MINUTES.toNanos(1);

  private final Flux<Integer> exchange;
  private final Histogram latency = new Histogram(LONGEST, 3);
  private final int concurrency;
  private final int rate;
  private final io.netty.channel.EventLoop loop;

  private long done;
  private long scheduled;
  private int inFlight;
  private long startedAt;
  private boolean stopped;

  private CeilingClient(Arguments arguments) {
    concurrency = arguments.number("concurrency", 256);
    rate = arguments.number("rate", 0);
    LoopResources loops = LoopResources.create("ceiling", 1, true);
    loop = loops.onClient(true).next();
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), arguments.number("port", 8080));
    byte[] body = body(arguments.number("body", 300)).getBytes(StandardCharsets.UTF_8);
    ByteBuf buffer = Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(body));
    exchange =
        HttpClient.create(
                ConnectionProvider.builder("ceiling")
                    .maxConnections(concurrency + concurrency / 4 + 1)
                    .pendingAcquireMaxCount(-1)
                    .pendingAcquireTimer((task, delay) -> Disposables.disposed())
                    .lifo()
                    .build())
            .runOn(loops)
            .remoteAddress(() -> address)
            .noSSL()
            .disableRetry(true)
            .headers(
                headers ->
                    headers
                        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                        .set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length)))
            .post()
            .uri("/")
            .send((request, out) -> out.sendObject(buffer.duplicate()))
            .response((response, content) -> content.aggregate().asByteArray().map(b -> b.length));
  }

  private static String body(int size) {
    return "{\"body\":\"" + "x".repeat(Math.max(0, size - 11)) + "\"}";
  }

  private void begin(long at) {
    inFlight++;
    exchange.subscribe(
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(Subscription subscription) {
            requestUnbounded();
          }

          @Override
          protected void hookOnComplete() {
            inFlight--;
            done++;
            latency.recordValue(Math.min(LONGEST, Math.max(0, System.nanoTime() - at)));
            if (rate == 0 && !stopped) {
              begin(System.nanoTime());
            }
          }

          @Override
          protected void hookOnError(Throwable error) {
            throw new IllegalStateException(error);
          }
        });
  }

  /**
   * Open loop: what should have begun by now begins, and its latency counts from when it should.
   */
  private void tick() {
    long now = System.nanoTime();
    while (!stopped && startedAt + scheduled * 1_000_000_000L / rate <= now) {
      begin(startedAt + scheduled++ * 1_000_000_000L / rate);
    }
    if (!stopped) {
      loop.schedule(this::tick, 200, TimeUnit.MICROSECONDS);
    }
  }

  private void run(Arguments arguments) throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    loop.execute(
        () -> {
          startedAt = System.nanoTime();
          if (rate > 0) {
            tick();
          } else {
            for (int i = 0; i < concurrency; i++) {
              begin(System.nanoTime());
            }
          }
          loop.schedule(
              () -> {
                done = 0;
                latency.reset();
                Measure measure = new Measure();
                loop.schedule(
                    () -> {
                      System.out.println(measure.line(done, latency));
                      stopped = true;
                      end.countDown();
                    },
                    arguments.number("seconds", 5),
                    TimeUnit.SECONDS);
              },
              arguments.number("warmup", 5),
              TimeUnit.SECONDS);
        });
    if (!end.await(10, TimeUnit.MINUTES)) {
      throw new IllegalStateException("no end after ten minutes");
    }
    System.exit(0);
  }

  /** Runs one measurement and prints it. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments(args);
    new CeilingClient(arguments).run(arguments);
  }
}
