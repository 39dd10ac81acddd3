package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard and the alert rules, in a real Prometheus that scrapes a gateway under load. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DashboardIT {
  private static final Path DASHBOARD =
      Path.of("..", "docs", "operate", "grafana", "stanzahook.json");
  private static final Path RULES = Path.of("..", "docs", "operate", "prometheus", "alerts.yml");

  @RegisterExtension final Bed bed = new Bed();

  private final SandboxServer server = SandboxServer.started();
  private final WebhookServer webhook =
      WebhookServer.answering(
          request ->
              request.property("body").equals("fail")
                  ? Answer.status(400)
                  : Answer.body("ok " + request.property("body")));
  private final GatewayProcess gateway =
      GatewayProcess.start(server, webhook.url(), "--spool=spool");
  private final PrometheusServer prometheus =
      PrometheusServer.scraping(gateway.httpAddress(), RULES);
  private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();

  @BeforeAll
  void putUnderLoad() {
    bed.share(server);
    bed.share(webhook);
    bed.share(prometheus);
    bed.share(gateway).awaitReady();
    // A dead letter, so that there is a series of its cause.
    server.send("ben", "fail");
    String text = "x".repeat(20_000);
    sender.scheduleAtFixedRate(() -> server.send("ann", text), 0, 10, TimeUnit.MILLISECONDS);
  }

  @AfterAll
  void stopLoad() throws InterruptedException {
    sender.shutdown();
    assertThat(sender.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void eachQueryOfTheDashboardGivesData() throws IOException {
    JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(DASHBOARD));
    Set<String> expressions = new LinkedHashSet<>();
    for (JsonNode panel : dashboard.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        expressions.add(target.path("expr").asString());
      }
    }
    assertThat(expressions)
        .hasSizeGreaterThan(20)
        .allSatisfy(
            expression ->
                assertThat(expression.split("\\{", -1).length)
                    .as("each selector of %s has a job", expression)
                    .isEqualTo(expression.split("\\{job=~\"\\$job\"", -1).length));

    List<String> silent = new ArrayList<>(expressions);
    boolean all =
        Await.holds(
            PrometheusServer.QUERY_LIMIT,
            () -> {
              silent.removeIf(expression -> givesData(expression));
              return silent.isEmpty();
            });
    assertThat(silent).as("queries without data").isEmpty();
    assertThat(all).isTrue();
  }

  /** Grafana's variables filled in as it would. */
  private boolean givesData(String expression) {
    String filledIn =
        expression
            .replace("$__rate_interval", "5s")
            .replace("$component", ".*")
            .replace("$job", "stanzahook");
    assertThat(filledIn).as("unknown variables").doesNotContain("$");
    return prometheus.query(filledIn).stream().anyMatch(sample -> !Double.isNaN(sample.value()));
  }

  @Test
  void theDashboardIsOneThatGrafanaImports() throws IOException {
    JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(DASHBOARD));

    assertThat(dashboard.path("title").asString()).isEqualTo("Stanzahook");
    assertThat(dashboard.path("schemaVersion").asInt()).as("Grafana 10").isGreaterThanOrEqualTo(38);
    List<Integer> ids = new ArrayList<>();
    for (JsonNode panel : dashboard.path("panels")) {
      ids.add(panel.path("id").asInt());
      JsonNode grid = panel.path("gridPos");
      assertThat(grid.path("x").asInt() + grid.path("w").asInt()).isLessThanOrEqualTo(24);
      assertThat(panel.path("title").asString()).isNotEmpty();
    }
    assertThat(ids).doesNotHaveDuplicates();
    for (JsonNode variable : dashboard.path("templating").path("list")) {
      if (variable.path("type").asString().equals("query")) {
        assertThat(variable.path("definition").asString())
            .isIn(
                "label_values(stanzahook_stream_connected, job)",
                "label_values(stanzahook_stream_connected{job=~\"$job\"}, component)");
      }
    }
  }

  @Test
  void promtoolFindsTheRulesInOrder() {
    Path folder = RULES.getParent();

    assertThat(Promtool.run(folder, "", "check", "rules", "alerts.yml")).isEmpty();
    assertThat(Promtool.run(folder, "", "test", "rules", "alerts_test.yml")).isEmpty();
  }

  @Test
  void noAlertFiresOnAHealthyGatewayAndEachIsEvaluated() {
    List<String> unknown = new ArrayList<>();
    Await.until(
        "all rules are evaluated",
        PrometheusServer.QUERY_LIMIT,
        () -> {
          unknown.clear();
          for (JsonNode rule : rules()) {
            if (!rule.path("health").asString().equals("ok")) {
              unknown.add(rule.toString());
            }
          }
          return unknown.isEmpty();
        });
    assertThat(unknown).isEmpty();
    assertThat(prometheus.query("ALERTS{alertstate=\"firing\"}")).isEmpty();
  }

  private List<JsonNode> rules() {
    List<JsonNode> rules = new ArrayList<>();
    for (JsonNode group : prometheus.api("/api/v1/rules").path("groups")) {
      group.path("rules").forEach(rules::add);
    }
    assertThat(rules).hasSizeGreaterThan(10);
    return rules;
  }
}
