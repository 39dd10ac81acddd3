package io.stanzahook.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.admin.Readiness;
import io.stanzahook.app.http.Access;
import io.stanzahook.app.http.HttpService;
import io.stanzahook.app.http.Limits;
import io.stanzahook.app.http.RefusedRequests;
import io.stanzahook.app.http.Route;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The OpenAPI document and the table of routes say the same. */
class RoutesTest {
  private final List<Route> routes = routes();

  private static List<Route> routes() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    return Api.routes(
        registry,
        () -> new Readiness.State(false, Map.of()),
        Administration.none(),
        new Limits(new RefusedRequests(registry)),
        Schedulers.immediate(),
        Schedulers.immediate());
  }

  private static JsonNode paths() throws Exception {
    try (InputStream in =
        Objects.requireNonNull(HttpService.class.getResourceAsStream("openapi.json"))) {
      return new JsonMapper().readTree(in).path("paths");
    }
  }

  private Route serving(String path) {
    return routes.stream().filter(route -> route.serves(path)).findFirst().orElseThrow();
  }

  @Test
  void whatIsDocumentedIsServedByItsMethodsAndSaysWhetherItTakesCredentials() throws Exception {
    for (Map.Entry<String, JsonNode> path : paths().properties()) {
      Route route = serving(path.getKey().replaceAll("\\{[^}]*}", "x"));
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        HttpMethod method = HttpMethod.valueOf(operation.getKey().toUpperCase(Locale.ROOT));
        assertThat(route.methods()).as(path.getKey()).containsKey(method);
        assertThat(operation.getValue().has("security"))
            .as("%s %s takes credentials", method, path.getKey())
            .isEqualTo(route.methods().get(method) != Access.OPEN);
      }
    }
  }

  @Test
  void whatIsServedIsDocumentedButForTheConsolesFiles() throws Exception {
    Set<String> documented = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : paths().properties()) {
      Route route = serving(path.getKey().replaceAll("\\{[^}]*}", "x"));
      path.getValue()
          .propertyNames()
          .forEach(method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + route.path()));
    }
    Set<String> served =
        routes.stream()
            .filter(route -> !route.path().startsWith("/console") && !route.path().equals("/"))
            .flatMap(
                route ->
                    route.methods().keySet().stream()
                        // Where POST is served too, PUT is another word for it: the summary says
                        // so.
                        .filter(m -> !m.equals(HttpMethod.PUT) || !serves(route, HttpMethod.POST))
                        .map(m -> m.name() + " " + route.path()))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(served).isEqualTo(documented);
  }

  private static boolean serves(Route route, HttpMethod method) {
    return route.methods().containsKey(method);
  }

  @Test
  void noRowStandsInFrontOfAnother() {
    for (Route route : routes) {
      assertThat(serving(route.path().replace("{id}", "x"))).isSameAs(route);
    }
  }

  @Test
  void whatChangesSomethingTakesMoreThanLooking() {
    for (Route route : routes) {
      route
          .methods()
          .forEach(
              (method, access) ->
                  assertThat(access == Access.LOOK || access == Access.OPEN)
                      .as("%s %s", method, route.path())
                      .isEqualTo(method.equals(HttpMethod.GET) && access != Access.SEND));
    }
  }

  @Test
  void aPathWithAPartServesOnePartAndNoMore() {
    Route one = serving("/admin/dead-letters/x");
    assertThat(Stream.of("/admin/dead-letters/", "/admin/dead-letters/x/y").filter(one::serves))
        .isEmpty();
    assertThat(serving("/rest/ping/a@b/c/d").path()).isEqualTo("/rest");
  }
}
