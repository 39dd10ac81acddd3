package io.stanzahook.delivery;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** A webhook that works on so many requests at a time, each for so long; others wait in line. */
final class CapacityWebhook implements AutoCloseable {
  private final Queue<MonoSink<Void>> line = new ArrayDeque<>();
  private final DisposableServer server;
  private int capacity;
  private int working;

  private CapacityWebhook(int capacity, Duration work, LoopResources loops) {
    this.capacity = capacity;
    this.server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .runOn(loops)
            .handle(
                (request, response) ->
                    request
                        .receive()
                        .then(Mono.<Void>create(this::enter))
                        .then(Mono.delay(work))
                        .doFinally(signal -> leave())
                        .then(response.status(204).send()))
            .bindNow();
  }

  static CapacityWebhook start(int capacity, Duration work, LoopResources loops) {
    return new CapacityWebhook(capacity, work, loops);
  }

  int port() {
    return server.port();
  }

  synchronized void capacity(int next) {
    capacity = next;
    admit();
  }

  private synchronized void enter(MonoSink<Void> waiting) {
    line.add(waiting);
    admit();
  }

  private synchronized void leave() {
    working--;
    admit();
  }

  private void admit() {
    while (working < capacity && !line.isEmpty()) {
      working++;
      line.remove().success();
    }
  }

  @Override
  public void close() {
    server.disposeNow();
  }
}
