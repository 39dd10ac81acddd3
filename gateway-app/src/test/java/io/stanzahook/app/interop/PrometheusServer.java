package io.stanzahook.app.interop;

import io.stanzahook.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Prometheus from the Debian package, which scrapes one gateway twice a second. */
final class PrometheusServer implements Fixture {
  /** How long it may take until a query gives what was just scraped. */
  static final Duration QUERY_LIMIT = Duration.ofMinutes(2);

  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final TestFolder folder = TestFolder.create("prometheus");
  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = Ports.free();
  private final ChildProcess process;

  private PrometheusServer(String target, List<Path> rules) {
    StringBuilder files = new StringBuilder();
    rules.forEach(file -> files.append("  - ").append(file.toAbsolutePath()).append('\n'));
    Path configuration =
        folder.write(
            "prometheus.yml",
            """
            global:
              scrape_interval: 500ms
              evaluation_interval: 500ms
            rule_files:
            %s
            scrape_configs:
              - job_name: stanzahook
                static_configs:
                  - targets: ["%s"]
            """
                .formatted(rules.isEmpty() ? "  []" : files.toString(), target));
    process =
        ChildProcess.start(
            name(),
            folder.path(),
            List.of(
                ChildProcess.onPath("prometheus"),
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + folder.path().resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--enable-feature=exemplar-storage",
                "--log.level=warn"));
    process.awaitReady(
        START_LIMIT, () -> Ports.accepts(port) && get("/-/ready").statusCode() == 200);
  }

  /**
   * Starts it and waits until it serves.
   *
   * @param target host and port that it scrapes
   * @param rules files of rules that it evaluates
   */
  static PrometheusServer scraping(String target, Path... rules) {
    return new PrometheusServer(target, List.of(rules));
  }

  /** What an expression gives now; empty where it selects nothing. */
  List<Sample> query(String expression) {
    return samples(api("/api/v1/query?query=" + encode(expression)));
  }

  /** What an expression gave at that time, in milliseconds since 1970. */
  List<Sample> query(String expression, long at) {
    return samples(
        api("/api/v1/query?query=%s&time=%f".formatted(encode(expression), at / 1000.0)));
  }

  private static List<Sample> samples(JsonNode data) {
    List<Sample> samples = new ArrayList<>();
    for (JsonNode result : data.path("result")) {
      Map<String, String> labels = new java.util.TreeMap<>();
      result
          .path("metric")
          .properties()
          .forEach(e -> labels.put(e.getKey(), e.getValue().asString()));
      samples.add(new Sample(labels, Double.parseDouble(result.path("value").get(1).asString())));
    }
    return samples;
  }

  /** The exemplars of a metric's last minutes. */
  JsonNode exemplars(String metric) {
    long now = System.currentTimeMillis() / 1000;
    return api(
        "/api/v1/query_exemplars?query=%s&start=%d&end=%d"
            .formatted(encode(metric), now - 600, now + 60));
  }

  /** The {@code data} of an answer of its API, which must be a success. */
  JsonNode api(String path) {
    HttpResponse<String> response = get(path);
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.body());
    }
    return JsonMapper.shared().readTree(response.body()).path("data");
  }

  private HttpResponse<String> get(String path) {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .timeout(Duration.ofMinutes(2))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** One series of a query's result. */
  record Sample(Map<String, String> labels, double value) {}

  @Override
  public String name() {
    return "prometheus";
  }

  @Override
  public String log() {
    return process.log();
  }

  @Override
  public void close() {
    process.close();
    folder.close();
  }
}
