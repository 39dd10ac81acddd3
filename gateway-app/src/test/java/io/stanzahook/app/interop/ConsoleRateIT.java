package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.Browser;
import io.stanzahook.app.interop.WebhookServer.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;

/** What the console's page says of the rate, and what a real Prometheus says of it. */
@Timeout(240)
class ConsoleRateIT {
  private static final String RATE = "[data-figure='Deliveries / s'] strong";

  /** Events, one a second, that are compared; then the load changes once, and as many more. */
  private static final int HALF = 12;

  @RegisterExtension final Bed bed = new Bed();

  @Test
  void pageAndPrometheusAgreeOnTheRateOverTheSameWindow() throws Exception {
    TestFolder folder = TestFolder.create("console-rate");
    Path tokens = folder.write("tokens", "t0ken\n");
    SandboxServer server = bed.use(SandboxServer.started());
    WebhookServer webhook = bed.use(WebhookServer.answering(request -> Answer.body("ok")));
    GatewayProcess gateway =
        bed.use(GatewayProcess.start(server, webhook.url(), "--api-token-file=" + tokens));
    gateway.awaitReady();
    PrometheusServer prometheus = bed.use(PrometheusServer.scraping(gateway.httpAddress()));
    ScheduledExecutorService senders = Executors.newScheduledThreadPool(1);
    try (folder;
        Browser browser = new Browser()) {
      ScheduledFuture<?> slow = load(senders, server, 20);
      browser.open(gateway.httpUrl() + "/");
      browser.await("the login", () -> browser.find("#login").isDisplayed());
      browser.find("#credential").sendKeys("t0ken", Keys.ENTER);
      browser.await("a rate", () -> browser.text(RATE).startsWith("2"));
      browser.script(
          "window.seen = []; new MutationObserver(() => window.seen.push([Date.now(),"
              + " Number(document.querySelector(arguments[0]).textContent)]))"
                  .replace("arguments[0]", "\"" + RATE + "\"")
              + ".observe(document.querySelector(arguments[0]), {childList: true})",
          RATE);
      awaitEvents(browser, HALF);
      slow.cancel(false);
      load(senders, server, 80);
      awaitEvents(browser, 2 * HALF + 1);

      List<?> seen = (List<?>) browser.script("return window.seen");
      // The first tells of the second before it was seen; it only begins the window.
      long from = time(seen.get(0));
      long to = time(seen.get(2 * HALF));
      double page =
          seen.subList(1, 2 * HALF + 1).stream()
              .mapToDouble(ConsoleRateIT::rate)
              .average()
              .orElse(0);
      String query = "sum(rate(stanzahook_delivery_seconds_count[%dms]))".formatted(to - from);
      Await.until(
          "Prometheus has scraped the window's end",
          PrometheusServer.QUERY_LIMIT,
          () ->
              !prometheus
                  .query("timestamp(stanzahook_stream_connected) > " + (to / 1000.0))
                  .isEmpty());
      double scraped = prometheus.query(query, to).get(0).value();

      assertThat(scraped).isBetween(25.0, 75.0);
      // Scrapes come twice a second and events once: each end of the window is known to a second.
      assertThat(page).isCloseTo(scraped, Percentage.withPercentage(10));
    } finally {
      senders.shutdownNow();
      assertThat(senders.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static ScheduledFuture<?> load(
      ScheduledExecutorService senders, SandboxServer server, int rate) {
    AtomicInteger sent = new AtomicInteger();
    return senders.scheduleAtFixedRate(
        () -> server.send("user" + sent.incrementAndGet() % 20, "hello"),
        0,
        1000 / rate,
        TimeUnit.MILLISECONDS);
  }

  private static void awaitEvents(Browser browser, int count) {
    browser.await(
        count + " events",
        () -> ((Number) browser.script("return window.seen.length")).intValue() >= count);
  }

  private static long time(Object event) {
    return ((Number) ((List<?>) event).get(0)).longValue();
  }

  private static double rate(Object event) {
    return ((Number) ((List<?>) event).get(1)).doubleValue();
  }
}
