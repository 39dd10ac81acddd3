package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.metrics.GatewayMeter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The gateway's metrics as Prometheus' own programs see them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricsIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @RegisterExtension final Bed bed = new Bed();

  private final SandboxServer server = SandboxServer.started();
  private final WebhookServer webhook =
      WebhookServer.answering(
          request ->
              request.property("body").equals("fail")
                  ? Answer.status(500)
                  : Answer.body("ok " + request.property("body")));
  private final GatewayProcess gateway = GatewayProcess.start(server, webhook.url());

  @BeforeAll
  void meetEachOther() {
    bed.share(server);
    bed.share(webhook);
    bed.share(gateway).awaitReady();
    // So that a series of each kind is there, Reactor Netty's of connections among them.
    server.send("ann", "hello");
    server.send("ann", "fail");
    Await.until("both are settled", LIMIT, () -> server.answered() >= 2);
  }

  @Test
  void promtoolFindsNothingToSay() {
    String text = gateway.metrics("text/plain");
    assertThat(text).contains("reactor_netty_connection_provider_", "outcome=\"answered\"");

    assertThat(Promtool.run(Path.of("."), text, "check", "metrics")).isEmpty();
  }

  @Test
  void everyDeclaredMeterIsScraped() {
    Set<String> families = families(gateway.metrics("text/plain"));

    assertThat(families)
        .containsAll(
            Arrays.stream(GatewayMeter.values())
                // This gateway has no spool: GatewayMeterTest and DeadLettersIT look at those of
                // one.
                .filter(meter -> !ofSpool(meter))
                .map(GatewayMeter::prometheusName)
                .toList());
  }

  private static boolean ofSpool(GatewayMeter meter) {
    return meter.name().startsWith("SPOOL_") || meter.name().startsWith("DEAD_LETTERS");
  }

  @Test
  void everyFamilyIsInTheDocumentation() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "operate", "metrics.md"));
    Set<String> documented =
        Pattern.compile("`([a-z]\\w+)`")
            .matcher(page)
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toSet());
    Predicate<String> ofAHistogram = name -> name.endsWith("_max");

    assertThat(families(gateway.metrics("text/plain")).stream().filter(ofAHistogram.negate()))
        .isSubsetOf(documented);
  }

  @Test
  void openMetricsIsGivenToWhoAsksForIt() {
    String text = gateway.metrics("application/openmetrics-text; version=1.0.0");

    assertThat(text).endsWith("# EOF\n");
    // OpenMetrics names a counter's family without its suffix.
    assertThat(text).contains("# TYPE stanzahook_stanzas_received counter");
    assertThat(families(text))
        .contains("stanzahook_webhook_request_seconds", "process_cpu_seconds");
  }

  @Test
  void prometheusGivesTheRateThatWasProduced() throws InterruptedException {
    PrometheusServer prometheus = bed.use(PrometheusServer.scraping(gateway.httpAddress()));
    double rate = 50;
    AtomicInteger sent = new AtomicInteger();
    ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
    sender.scheduleAtFixedRate(
        () -> server.send("user" + sent.incrementAndGet() % 20, "hello"),
        0,
        (long) (1000 / rate),
        TimeUnit.MILLISECONDS);
    try {
      for (String counter :
          List.of(
              "stanzahook_stanzas_received_total{kind=\"message\"}",
              "stanzahook_stanzas_sent_total{kind=\"message\"}",
              "stanzahook_webhook_request_seconds_count{outcome=\"ok\"}",
              "stanzahook_delivery_seconds_count")) {
        Await.until(
            "the rate of " + counter,
            PrometheusServer.QUERY_LIMIT,
            () ->
                prometheus.query("sum(rate(" + counter + "[5s]))").stream()
                    .anyMatch(sample -> Math.abs(sample.value() - rate) < rate / 10));
      }
    } finally {
      sender.shutdown();
      assertThat(sender.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
    }
    Await.until(
        "all that was sent is counted",
        PrometheusServer.QUERY_LIMIT,
        () ->
            prometheus.query("stanzahook_stanzas_received_total{kind=\"message\"}").stream()
                .anyMatch(
                    sample ->
                        sample.value() == sent.get() + 2
                            && sample.labels().get("component").equals(XmppServer.COMPONENT)));
    assertThat(prometheus.query("stanzahook_stream_connected"))
        .singleElement()
        .extracting(PrometheusServer.Sample::value)
        .isEqualTo(1.0);
  }

  /** The names of the families, as their TYPE lines have them. */
  private static Set<String> families(String text) {
    return text.lines()
        .filter(line -> line.startsWith("# TYPE "))
        .map(line -> line.split(" ", -1)[2])
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
