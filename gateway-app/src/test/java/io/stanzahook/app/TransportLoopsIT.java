package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import io.stanzahook.app.config.Transport;
import io.stanzahook.settings.Values;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

class TransportLoopsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @ParameterizedTest
  @EnumSource(Transport.class)
  void carriesHttpBothWaysOnThreadsThatMayNotBlock(Transport wanted) throws Exception {
    assumeTrue(works(wanted), wanted + " does not work on this kernel");
    TransportLoops loops = TransportLoops.create(wanted, "test", 1);
    DisposableServer server = serve(loops);
    try {
      String thread =
          HttpClient.create(ConnectionProvider.newConnection())
              .runOn(loops)
              .get()
              .uri("http://127.0.0.1:" + server.port() + "/")
              .responseSingle((response, body) -> body.asString())
              .block(PATIENCE);

      assertThat(thread).isEqualTo("test-%s-1 true", Values.label(loops.transport()));
    } finally {
      server.disposeNow();
      loops.disposeLater(Duration.ZERO, Duration.ofSeconds(3)).block(PATIENCE);
    }
    assertThat(loops.isDisposed()).isTrue();
  }

  @Test
  void autoTakesTheBestThatWorks() throws Exception {
    TransportLoops loops = TransportLoops.create(Transport.AUTO, "test", 1);

    Transport best =
        works(Transport.IO_URING)
            ? Transport.IO_URING
            : works(Transport.EPOLL) ? Transport.EPOLL : Transport.NIO;
    assertThat(loops.transport()).isEqualTo(best);
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(3)).block(PATIENCE);
  }

  @Test
  void aClientStaysOnTheLoopItConnectsFrom() throws Exception {
    TransportLoops loops = TransportLoops.create(Transport.NIO, "test", 4);
    TransportLoops others = TransportLoops.create(Transport.NIO, "server", 1);
    DisposableServer server = serve(others);
    try {
      HttpClient client = HttpClient.create(ConnectionProvider.newConnection()).runOn(loops);
      var loop = loops.onClient(true).next();
      for (int i = 0; i < 8; i++) {
        Boolean sameLoop =
            client
                .get()
                .uri("http://127.0.0.1:" + server.port() + "/")
                .responseSingle((response, body) -> body.asString())
                .then(Mono.fromSupplier(loop::inEventLoop))
                .subscribeOn(Schedulers.fromExecutor(loop))
                .block(PATIENCE);
        assertThat(sameLoop).isTrue();
      }
    } finally {
      server.disposeNow();
      Mono.when(
              loops.disposeLater(Duration.ZERO, Duration.ofSeconds(3)),
              others.disposeLater(Duration.ZERO, Duration.ofSeconds(3)))
          .block(PATIENCE);
    }
  }

  private static boolean works(Transport transport) {
    return switch (transport) {
      case IO_URING -> IoUring.isAvailable();
      case EPOLL -> Epoll.isAvailable();
      case NIO, AUTO -> true;
    };
  }

  /** A server that answers with its thread's name and whether that refuses to block. */
  private static DisposableServer serve(TransportLoops loops) {
    return HttpServer.create()
        .host("127.0.0.1")
        .port(0)
        .runOn(loops)
        .handle(
            (request, response) ->
                response.sendString(
                    Mono.fromSupplier(
                        () ->
                            Thread.currentThread().getName()
                                + " "
                                + Schedulers.isInNonBlockingThread())))
        .bindNow(PATIENCE);
  }
}
