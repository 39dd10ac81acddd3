package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.query.Queries;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may what, and how much of it: the lines of the token file, in the running program. */
class ApiRightsIT extends SendApiFixture {
  private static final String ALL = "Bearer alltok";
  private static final String SENDS = "Bearer hooktok";
  private static final String LOOKS = "Bearer looktok";
  private static final String SCREEN = "Bearer screentok";
  private static final String OPS = "Bearer opstok";

  private final LogLines log = new LogLines("io.stanzahook.app");

  @BeforeEach
  void lines() {
    tokens =
        """
        alltok
        hooktok Alerts@GW.LocalHost name=hooks
        looktok bot@gw.localhost read
        screentok read name=screen
        opstok alerts@gw.localhost admin name=ops
        """;
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  private HttpResponse<String> ask(String method, String authorization, String path, String body)
      throws Exception {
    return send(
        request(path)
            .header("Authorization", authorization)
            .method(method, BodyPublishers.ofString(body)));
  }

  private void assertStatus(int status, String method, String authorization, String path)
      throws Exception {
    String body = method.equals("PATCH") ? "{\"queue\":77}" : "";
    assertThat(ask(method, authorization, path, body).statusCode())
        .as("%s %s by %s", method, path, authorization)
        .isEqualTo(status);
  }

  private static final List<String> LOOKING =
      List.of(
          "/admin/settings", "/admin/deliveries", "/admin/dead-letters", "/admin/dead-letters/x");

  private static final List<String> CHANGING =
      List.of(
          "PATCH /admin/settings",
          "POST /admin/reload",
          "DELETE /admin/dead-letters?all=true",
          "DELETE /admin/dead-letters/x",
          "POST /admin/dead-letters/redeliver?all=true",
          "POST /admin/dead-letters/x/redeliver");

  @Test
  void aTokenForOneJidSendsAndAdministersNothing() throws Exception {
    start();
    for (String path : LOOKING) {
      assertStatus(403, "GET", SENDS, path);
      assertStatus(403, "HEAD", SENDS, path);
    }
    assertStatus(403, "GET", SENDS, "/admin/events");
    for (String change : CHANGING) {
      assertStatus(403, method(change), SENDS, path(change));
    }
    assertThat(ask("GET", ALL, "/admin/settings", "").body()).doesNotContain("\"queue\":77");
    assertThat(post(SENDS, "/msg/ann@localhost", "text/plain", "hi").statusCode()).isEqualTo(201);
    assertThat(received().from()).hasToString("alerts@gw.localhost");
    assertThat(log.all())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("WARN ")
                    .contains("'hooks' (line 2 of --api-token-file)", "the word"));
    assertThat(log.all()).noneMatch(line -> line.contains("hooktok"));
  }

  @Test
  void whoMayLookChangesNothing() throws Exception {
    start();
    for (String who : List.of(LOOKS, SCREEN)) {
      assertStatus(200, "GET", who, "/admin/settings");
      assertStatus(200, "GET", who, "/admin/deliveries");
      assertStatus(409, "GET", who, "/admin/dead-letters");
      for (String change : CHANGING) {
        assertStatus(403, method(change), who, path(change));
      }
    }
    assertThat(post(LOOKS, "/msg/ann@localhost", "text/plain", "hi").statusCode()).isEqualTo(201);
    assertThat(received().from()).hasToString("bot@gw.localhost");
    for (String path : List.of("/msg/ann@localhost", "/rest/message/chat/ann@localhost")) {
      HttpResponse<String> refused = post(SCREEN, path, "text/plain", "hi");
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains("'read' and has no JIDs");
    }
    assertThat(received).isEmpty();
  }

  @Test
  void everyChangeSaysWhoMadeIt() throws Exception {
    start();
    String ops = "'ops' (line 5 of --api-token-file)";
    assertThat(ask("PATCH", OPS, "/admin/settings", "{\"queue\":78}").statusCode()).isEqualTo(200);
    assertThat(ask("PATCH", ALL, "/admin/settings", "{\"queue\":79}").statusCode()).isEqualTo(200);
    assertStatus(200, "POST", OPS, "/admin/reload");
    assertThat(log.all())
        .anyMatch(line -> line.contains("settings changed by " + ops + " from "))
        .anyMatch(line -> line.contains("settings changed by line 1 of --api-token-file from "))
        .anyMatch(line -> line.contains("POST /admin/reload of " + ops))
        .noneMatch(line -> line.contains("tok "));
    // Sends from its own address only, also with 'admin'.
    String other = "{\"body\":\"hi\",\"from\":\"bot@gw.localhost\"}";
    assertThat(post(OPS, "/msg/ann@localhost", "application/json", other).statusCode())
        .isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALERTS@gw.localhost",
        "Alerts@GW.LOCALHOST",
        "alerts@gw.localhost.",
        "Al\u00aderts@GW.localhost"
      })
  void aSenderIsWrittenAsServersWriteIt(String from) throws Exception {
    start();
    String body = "{\"body\":\"hi\",\"from\":\"" + from + "\"}";
    assertThat(post(SENDS, "/msg/ann@localhost", "application/json", body).statusCode())
        .isEqualTo(201);
    assertThat(received().from()).hasToString("alerts@gw.localhost");
    assertThat(refusals).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\u202eb@gw.localhost",
        "\u05d0a@gw.localhost",
        "\ufb1f\u00ad@x@gw.localhost",
        "\u00ad@gw.localhost",
        "a\ue000@gw.localhost",
        "a@gw.localhost/\u2028",
        "\uff20@gw.localhost",
        "a@elsewhere.localhost",
        "a@b@gw.localhost"
      })
  void aSenderThatNoServerTakesIsRefusedAndTheStreamGoesOn(String from) throws Exception {
    start();
    for (String path : List.of("/msg/ann@localhost", "/rest/message/chat/ann@localhost")) {
      String body = "{\"body\":\"hi\",\"from\":\"" + from + "\"}";
      assertThat(post(ALL, path, "application/json", body).statusCode()).isIn(403, 422);
    }
    assertThat(post(ALL, "/msg/ann@localhost", "text/plain", "still here").statusCode())
        .isEqualTo(201);
    assertThat(received().xml().toString()).contains("still here");
    assertThat(refusals).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/rest/command/localhost?node=x&action=execute",
        "/rest/command/localhost?action=execute",
        "/rest/command/localhost",
        "/rest/archive/localhost",
        "/rest/archive/localhost?with=ann@localhost",
        "/rest/block/localhost",
        "/rest/result/localhost",
        "/rest/upload_request/localhost?filename=a&size=1",
        "/rest/register/localhost?remove=",
        "/rest/register/localhost?username=a&password=b"
      })
  void getSendsNothingThatMayChangeSomething(String path) throws Exception {
    start();
    for (String method : List.of("GET", "HEAD")) {
      HttpResponse<String> refused = ask(method, ALL, path, "");
      assertThat(refused.statusCode()).isEqualTo(405);
      assertThat(refused.headers().firstValue("allow")).hasValue("POST");
    }
    assertThat(post(ALL, "/msg/ann@localhost", "text/plain", "first").statusCode()).isEqualTo(201);
    assertThat(received().kind()).isEqualTo(StanzaKind.MESSAGE);
  }

  @Test
  void getAsksForAFormOfRegistration() throws Exception {
    start();
    var unused = sending(request("/rest/register/localhost").header("Authorization", ALL));
    assertThat(received())
        .isInstanceOfSatisfying(Iq.class, iq -> assertThat(iq.type()).isEqualTo("get"));
  }

  @Test
  void iqsOfOneCredentialLeavePlaceForAnothers() throws Exception {
    var server = start();
    List<CompletableFuture<HttpResponse<String>>> asking = new ArrayList<>();
    for (int i = 0; i < Queries.MAX_WAITING; i++) {
      asking.add(
          sending(
              request("/rest/ping/example.com")
                  .header("Authorization", LOOKS)
                  .header("Prosody-Rest-Timeout", "300")));
    }
    int refused = 0;
    for (var each : asking) {
      if (each.isDone()) {
        refused++;
      }
    }
    CompletableFuture<HttpResponse<String>> other =
        sending(request("/rest/version/example.com").header("Authorization", ALL));
    Stanza asked = received();
    while (!asked.xml().toString().contains("jabber:iq:version")) {
      asked = received();
    }
    server.send(OutboundStanza.result((Iq) asked, null)).block(Duration.ofMinutes(2));
    assertThat(other.get(120, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    HttpResponse<String> more =
        send(request("/rest/ping/example.com").header("Authorization", LOOKS));
    assertThat(more.statusCode()).as("after %d were refused", refused).isEqualTo(429);
    assertThat(more.headers().firstValue("retry-after")).hasValue("1");
    assertThat(log.all())
        .anyMatch(
            line ->
                line.contains("line 3 of --api-token-file: these credentials already have 32 iqs"));
    server.drop();
    int lost = 0;
    for (var each : asking) {
      lost += each.get(120, TimeUnit.SECONDS).statusCode() == 503 ? 1 : 0;
    }
    assertThat(lost).isEqualTo(32);
  }

  @Test
  void silentRoomsOfOneCredentialLeavePlaceForAnothers() throws Exception {
    start();
    for (int i = 0; i < 64; i++) {
      var unused =
          sending(
              request("/msg/room" + i + "@rooms.localhost")
                  .header("Authorization", LOOKS)
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString("{\"type\":\"groupchat\",\"body\":\"hi\"}")));
    }
    var other =
        sending(
            request("/msg/other@rooms.localhost")
                .header("Authorization", ALL)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"type\":\"groupchat\",\"body\":\"hi\"}")));
    Stanza entering = received();
    int rooms = 0;
    while (!entering.to().toString().startsWith("other@")) {
      rooms++;
      entering = received();
    }
    assertThat(rooms).isLessThanOrEqualTo(16);
    assertThat(other.isDone()).isFalse();
  }

  @Test
  void wrongTokensAreCountedSlowedAndLoggedAndRightOnesWork() throws Exception {
    start();
    List<CompletableFuture<HttpResponse<String>>> guesses = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      guesses.add(sending(request("/admin/settings").header("Authorization", "Bearer guess" + i)));
    }
    assertStatus(200, "GET", ALL, "/admin/settings");
    int slow = 0;
    for (var each : guesses) {
      HttpResponse<String> answer = each.get(120, TimeUnit.SECONDS);
      assertThat(answer.statusCode()).isIn(401, 429);
      slow += answer.statusCode() == 429 ? 1 : 0;
    }
    assertThat(slow).isPositive();
    assertStatus(200, "GET", ALL, "/admin/settings");
    assertThat(send(request("/metrics")).body())
        .contains(
            "stanzahook_api_refused_total{credential=\"unknown\",reason=\"credentials\"} 100.0");
    List<String> lines = log.all().stream().filter(line -> line.contains("credentials")).toList();
    assertThat(lines).hasSizeBetween(1, 4);
    assertThat(lines.get(0)).contains("from 127.0.0.1", "a firewall can keep it out");
    assertThat(log.all()).noneMatch(line -> line.contains("guess1"));
  }

  @Test
  void whatIsSearchedForIsBounded() throws Exception {
    start();
    String text = "a".repeat(7000);
    for (String filter : List.of("text", "jid")) {
      HttpResponse<String> refused =
          ask("GET", ALL, "/admin/deliveries?" + filter + "=" + text, "");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("longer than 256 characters");
    }
    assertStatus(200, "GET", ALL, "/admin/deliveries?text=" + "a".repeat(256));
  }

  private static String method(String change) {
    return change.substring(0, change.indexOf(' '));
  }

  private static String path(String change) {
    return change.substring(change.indexOf(' ') + 1);
  }
}
