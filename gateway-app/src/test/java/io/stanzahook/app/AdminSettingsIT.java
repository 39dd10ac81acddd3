package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.order.Concurrency;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /admin/settings} of a running program, whose gateway has no server. */
class AdminSettingsIT extends RunFixture {
  private static final String PATH = "/admin/settings";
  private static final String BEARER = "Bearer t0ken";

  /** What comes first; the others follow from their declarations. */
  private static final String DEFAULTS =
      "{\"concurrency\":\"auto\",\"queue\":10000,\"timeout\":\"30s\",\"retry_for\":\"60s\",";

  private @Nullable CompletableFuture<ExitCode> exit;

  @TempDir Path folder;

  @AfterEach
  void end() throws Exception {
    signal.complete("SIGTERM");
    if (exit != null) {
      assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);
    }
  }

  @Test
  void withoutATokenFileNobodyMay() throws Exception {
    started();
    assertThat(settings(BEARER).statusCode()).isEqualTo(403);
    assertThat(settings(null).body()).contains("--api-token-file");
  }

  @Test
  void onlyThoseInTheFileMay() throws Exception {
    runWithTokens();
    HttpResponse<String> refused = settings(null);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("www-authenticate")).isPresent();
    for (String wrong :
        List.of(
            "Bearer t0ke", "Bearer t0ken1", "Bearer", "t0ken", basic("ann:wrong"), "Basic ???")) {
      assertThat(settings(wrong).statusCode()).as(wrong).isEqualTo(401);
      assertThat(patch(wrong, "{\"queue\":1}").statusCode()).as(wrong).isEqualTo(401);
    }
    for (String right : List.of(BEARER, "bearer t0ken", basic("ann:pass"))) {
      assertThat(settings(right).body()).as(right).startsWith(DEFAULTS);
    }
  }

  @Test
  void changesWhatItNamesAtOnce() throws Exception {
    FakeGateway gateway = runWithTokens();
    String before = settings(BEARER).body();
    HttpResponse<String> changed =
        patch(BEARER, "{\"concurrency\":64,\"timeout\":\"5s\",\"retry_for\":\"0s\"}");
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(changed.body())
        .isEqualTo(
            before.replace(
                DEFAULTS,
                "{\"concurrency\":64,\"queue\":10000,\"timeout\":\"5s\",\"retry_for\":\"0ms\","));
    assertThat(settings(BEARER).body()).isEqualTo(changed.body());
    assertThat(gateway.settings().dispatch().flow().concurrency()).isEqualTo(Concurrency.of(64));
    assertThat(gateway.settings().webhook().timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(gateway.settings().dispatch().retry().retryFor()).isEqualTo(Duration.ZERO);
  }

  @Test
  void whatIsRefusedChangesNothingAndSaysWhy() throws Exception {
    runWithTokens();
    String before = settings(BEARER).body();
    HttpResponse<String> refused = patch(BEARER, "{\"queue\":5,\"concurrency\":-1}");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("nothing was changed", "concurrency: '-1' is not a whole");
    assertThat(settings(BEARER).body()).isEqualTo(before);
    assertThat(patch(BEARER, " ".repeat(5000)).statusCode()).isEqualTo(413);
    assertThat(patch(BEARER, "no json").statusCode()).isEqualTo(400);
    HttpRequest.Builder latin =
        as(BEARER, request(PATH))
            .method("PATCH", BodyPublishers.ofByteArray(new byte[] {'"', (byte) 0xe9, '"'}));
    assertThat(send(latin).body()).contains("not text in UTF-8");
  }

  private FakeGateway runWithTokens() throws Exception {
    Path file =
        Files.writeString(folder.resolve("tokens"), "t0ken bot@gw.localhost admin\nann:pass\n");
    return started("--api-token-file", file.toString());
  }

  private FakeGateway started(String... more) throws Exception {
    exit = run(more);
    FakeGateway gateway = started.get(120, TimeUnit.SECONDS);
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    return gateway;
  }

  private static HttpRequest.Builder as(
      @Nullable String authorization, HttpRequest.Builder request) {
    return authorization == null ? request : request.header("Authorization", authorization);
  }

  private HttpResponse<String> settings(@Nullable String authorization) throws Exception {
    return send(as(authorization, request(PATH)));
  }

  private HttpResponse<String> patch(String authorization, String body) throws Exception {
    return send(as(authorization, request(PATH)).method("PATCH", BodyPublishers.ofString(body)));
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }
}
