package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Message;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hooks that are signed and carry no token, at a running program. */
class SignedHooksIT extends SendApiFixture {
  private static final String JSON = "application/json";
  private static final String STANDARD = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String SECRETS =
      """
      github s3cr3t-of-github name=forge
      gitea s3cr3t-of-gitea bot@gw.localhost
      gitlab s3cr3t-of-gitlab
      generic whsec_%s
      slack s3cr3t-of-slack
      """
          .formatted(STANDARD);
  private static final String TEXT = "{\"text\":\"hi\"}";

  private final LogLines log = new LogLines("io.stanzahook.app.http.RefusedRequests");

  private Path secrets() throws Exception {
    return Files.writeString(folder.resolve("hook-secrets"), SECRETS);
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  private void begin() throws Exception {
    start("--hook-secret-file=" + secrets());
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String hub(String secret, String body) {
    return "sha256="
        + HexFormat.of().formatHex(hmac(secret.getBytes(StandardCharsets.UTF_8), body));
  }

  private HttpRequest.Builder json(String path, String body) {
    return request(path).header("Content-Type", JSON).POST(BodyPublishers.ofString(body));
  }

  private HttpRequest.Builder standard(String id, long seconds, String body) {
    byte[] signature = hmac(Base64.getDecoder().decode(STANDARD), id + "." + seconds + "." + body);
    return json("/hooks/generic/ann@example.com", body)
        .header("webhook-id", id)
        .header("webhook-timestamp", Long.toString(seconds))
        .header("webhook-signature", "v1," + Base64.getEncoder().encodeToString(signature));
  }

  private static long now() {
    return Instant.now().getEpochSecond();
  }

  private HttpResponse<String> assertStatus(int status, HttpRequest.Builder request)
      throws Exception {
    HttpResponse<String> response = send(request);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return response;
  }

  private String refused(String credential, String reason) throws Exception {
    String metrics = send(request("/metrics")).body();
    return metrics
        .lines()
        .filter(
            line ->
                line.startsWith(
                    "stanzahook_api_refused_total{credential=\"%s\",reason=\"%s\"} "
                        .formatted(credential, reason)))
        .map(line -> line.substring(line.indexOf("} ") + 2))
        .findFirst()
        .orElse("none");
  }

  @Test
  void aRightSignatureTakesNoToken() throws Exception {
    begin();
    String push =
        "{\"ref\":\"refs/heads/m\",\"commits\":[],\"created\":true,\"sender\":{\"login\":\"ann\"},\"repository\":{\"full_name\":\"o/d\"}}";
    assertStatus(
        201,
        json("/hooks/github/ann@example.com", push)
            .header("X-GitHub-Event", "push")
            .header("X-Hub-Signature-256", hub("s3cr3t-of-github", push)));
    Message message = (Message) received();
    assertThat(message.body()).isEqualTo("[o/d] ann created m");
    assertThat(message.from()).hasToString("gw.localhost");
    String form = "payload=" + push.replace("\"", "%22");
    assertStatus(
        201,
        request("/hooks/github/ann@example.com?from=x@gw.localhost")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("X-GitHub-Event", "push")
            .header("X-Hub-Signature-256", hub("s3cr3t-of-github", form))
            .POST(BodyPublishers.ofString(form)));
    assertThat(received().from()).hasToString("x@gw.localhost");
    assertStatus(
        201,
        json("/hooks/gitea/ann@example.com", push)
            .header("X-Gitea-Event", "push")
            .header("X-Hub-Signature-256", hub("s3cr3t-of-gitea", push)));
    assertThat(received().from()).hasToString("bot@gw.localhost");
    assertStatus(
        201,
        json("/hooks/gitlab/ann@example.com", "{\"object_kind\":\"push\",\"ref\":\"refs/heads/m\"}")
            .header("X-Gitlab-Event", "Push Hook")
            .header("X-Gitlab-Token", "s3cr3t-of-gitlab"));
    assertThat(((Message) received()).body()).isEqualTo("pushed to m");
    assertStatus(201, standard("msg_1", now(), TEXT));
    assertThat(((Message) received()).body()).isEqualTo("hi");
    assertThat(received).isEmpty();
  }

  @Test
  void aWrongOneIsRefusedCountedAndLoggedWithTheRemedy() throws Exception {
    begin();
    String path = "/hooks/github/ann@example.com";
    HttpResponse<String> response =
        assertStatus(401, json(path, TEXT).header("X-Hub-Signature-256", hub("other", TEXT)));
    assertThat(response.body()).contains("X-Hub-Signature-256").doesNotContain("s3cr3t");
    assertThat(response.headers().firstValue("www-authenticate")).isPresent();
    // A token beside it makes a changed body no better.
    assertStatus(
        401,
        json(path + "?token=t0ken", TEXT)
            .header("Authorization", BEARER)
            .header("X-Hub-Signature-256", hub("s3cr3t-of-github", "{}")));
    assertStatus(401, json("/hooks/gitlab/a@b", TEXT).header("X-Gitlab-Token", "s3cr3t-of-github"));
    assertStatus(401, json(path, TEXT).header("X-Hub-Signature-256", "sha256="));
    assertThat(
            assertStatus(401, json("/hooks/slack/a@b", TEXT).header("X-Hub-Signature-256", "x"))
                .body())
        .isEqualTo("invalid_token");
    assertThat(refused("unknown", "signature")).isEqualTo("5.0");
    assertThat(log.all())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("WARN ")
                    .contains(path, "Nothing was sent", "compare the secret", "reload"));
    assertThat(log.all()).noneMatch(line -> line.contains("s3cr3t"));
    assertThat(received).isEmpty();
  }

  @Test
  void whatHasNoSignatureNeedsCredentialsAsEver() throws Exception {
    begin();
    String path = "/hooks/github/ann@example.com";
    String zen = "{\"zen\":\"Be.\"}";
    assertThat(assertStatus(401, json(path, zen)).body()).contains("a signature with the secret");
    assertStatus(201, json(path, zen).header("Authorization", BEARER));
    assertStatus(201, json(path + "?token=t0ken", zen));
    // Where there is no secret, a signature says nothing.
    String grafana = "/hooks/grafana/ann@example.com";
    assertStatus(
        201,
        json(grafana, "{\"title\":\"T\"}")
            .header("Authorization", BEARER)
            .header("X-Hub-Signature-256", "sha256=00"));
    assertStatus(
        401, json(grafana, zen).header("X-Hub-Signature-256", hub("s3cr3t-of-github", zen)));
    // It opens its format, and nothing else.
    for (String other : new String[] {"/msg/ann@example.com", "/rest", "/admin/reload"}) {
      assertStatus(
          401, json(other, zen).header("X-Hub-Signature-256", hub("s3cr3t-of-github", zen)));
    }
    assertStatus(
        403,
        json("/hooks/gitea/ann@example.com?from=x@gw.localhost", zen)
            .header("X-Hub-Signature-256", hub("s3cr3t-of-gitea", zen)));
    for (int i = 0; i < 3; i++) {
      received();
    }
    assertThat(received).isEmpty();
  }

  @Test
  void anOldRequestIsNotTakenAgain() throws Exception {
    begin();
    long seconds = now();
    assertStatus(201, standard("msg_1", seconds, TEXT));
    assertThat(assertStatus(401, standard("msg_1", seconds, TEXT)).body()).contains("already");
    assertThat(assertStatus(401, standard("msg_2", seconds - 3600, TEXT)).body())
        .contains("5 minutes");
    assertStatus(401, standard("msg_3", seconds + 3600, TEXT));
    assertThat(refused("hook secret, line 4", "replay")).isEqualTo("1.0");
    assertThat(refused("hook secret, line 4", "timestamp")).isEqualTo("2.0");
    assertStatus(
        401,
        json("/hooks/generic/ann@example.com", TEXT)
            .header("webhook-signature", "v1,AAAA")
            .header("webhook-timestamp", "x"));
    // What was refused for another reason may come again.
    assertStatus(400, standard("msg_4", seconds, "{"));
    assertStatus(201, standard("msg_4", seconds, TEXT));
    received();
    received();
    assertThat(received).isEmpty();
  }

  @Test
  void withoutATokenFileSignedHooksWorkAndNothingElse() throws Exception {
    withCredentials = false;
    begin();
    assertStatus(201, standard("msg_1", now(), TEXT));
    received();
    assertStatus(401, json("/hooks/generic/ann@example.com", TEXT));
    assertStatus(403, json("/hooks/grafana/ann@example.com", TEXT));
    assertStatus(403, json("/msg/ann@example.com", TEXT));
  }

  @Test
  void aReloadReadsTheSecretsAgain() throws Exception {
    begin();
    String zen = "{\"zen\":\"Be.\"}";
    String path = "/hooks/github/ann@example.com";
    Files.writeString(folder.resolve("hook-secrets"), "github another\n");
    assertStatus(200, json("/admin/reload", "").header("Authorization", BEARER));
    assertStatus(401, json(path, zen).header("X-Hub-Signature-256", hub("s3cr3t-of-github", zen)));
    assertStatus(201, json(path, zen).header("X-Hub-Signature-256", hub("another", zen)));
    received();
    assertThat(received).isEmpty();
  }

  @Test
  void whatIsTooLargeIsNotReadForAnybody() throws Exception {
    begin();
    String large = "x".repeat(300_000);
    assertStatus(
        413,
        json("/hooks/github/ann@example.com", large)
            .header("X-Hub-Signature-256", hub("s3cr3t-of-github", large)));
  }
}
