package io.stanzahook.embedding;

import io.micrometer.core.instrument.MeterRegistry;
import io.stanzahook.ComponentGateway;
import io.stanzahook.Gateway;
import io.stanzahook.delivery.FlowSettings;
import io.stanzahook.metrics.GatewayMetrics;
import io.stanzahook.order.Concurrency;
import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.stanza.Message;
import io.stanzahook.stream.TlsSettings;
import io.stanzahook.tls.TrustedCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The third example of docs/guide/embedding.md, which {@link EmbeddingIT} runs. */
final class KeptBot {
  private KeptBot() {}

  /**
   * Starts it.
   *
   * @param port of a component port that speaks TLS
   * @param ca the certificate of its CA
   */
  static Gateway start(int port, Path ca, Path folder, MeterRegistry registry) throws Exception {
    GatewayMetrics metrics = new GatewayMetrics(registry, "bot.localhost");
    Gateway gateway =
        ComponentGateway.builder("bot.localhost")
            .server("localhost", port)
            .secret("s3cr3t")
            .tls(new TlsSettings(TrustedCertificates.parse(Files.readString(ca)), null, null))
            .spool(new SpoolSettings(folder, 1L << 30))
            .flow(new FlowSettings(Concurrency.of(16), 1_000, FlowSettings.Overload.BACKPRESSURE))
            .listener(metrics)
            .answers(
                stanza ->
                    stanza instanceof Message message && message.body() != null
                        ? Mono.fromCallable(() -> lookUp(message.body()))
                            .subscribeOn(Schedulers.boundedElastic())
                        : Mono.empty())
            .start();
    metrics.bind(gateway.gauges());
    metrics.bindSpool(gateway::spool);
    return gateway;
  }

  /** Plays code that blocks. */
  private static String lookUp(String word) {
    return word + ": not in the book, says " + Thread.currentThread().getName();
  }
}
