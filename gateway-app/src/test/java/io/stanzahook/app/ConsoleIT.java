package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import io.stanzahook.SpooledGateway;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the console is fed with, from a whole gateway between a server and a webhook. */
@Timeout(120)
class ConsoleIT extends GatewayRunFixture {
  private static final String PATH = "/admin/deliveries";
  private static final JsonMapper JSON = new JsonMapper();

  private HttpResponse<String> call(String path) throws Exception {
    return send(request(path).header("Authorization", "Bearer t0ken"));
  }

  private JsonNode list(String query) throws Exception {
    HttpResponse<String> response = call(PATH + query);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body()).get("deliveries");
  }

  private void refuse() {
    bed.webhook(response -> response.status(500).sendString(Mono.just("<b>no table</b>")));
  }

  private void say(String from, String body) throws Exception {
    bed.say(from, body);
    assertThat(bed.reply()).isNotNull();
  }

  @Test
  void showsTheLastDeliveriesAndFindsThem() throws Exception {
    startWithToken("--delivery-log=2", "--delivery-log-bodies");
    say("ann", "first");
    refuse();
    say("ben", "second");
    say("cid", "third");

    JsonNode all = list("");
    assertThat(all).hasSize(2);
    JsonNode newest = all.get(0);
    assertThat(newest.get("from").asString()).isEqualTo("cid@localhost/r");
    assertThat(newest.get("to").asString()).isEqualTo("bot@gw.localhost");
    assertThat(newest.get("kind").asString()).isEqualTo("message");
    assertThat(newest.get("attempts").get(0).get("status").asInt()).isEqualTo(500);
    assertThat(newest.get("stanza").asString()).contains("<body>third</body>");
    assertThat(newest.get("response").asString()).isEqualTo("<b>no table</b>");
    assertThat(list("?jid=ben@localhost")).hasSize(1);
    assertThat(list("?text=THIRD&status=500")).hasSize(1);
    assertThat(list("?status=200")).isEmpty();
    assertThat(list("?id=" + newest.get("id").asString())).hasSize(1);
    assertThat(call(PATH + "?form=x").statusCode()).isEqualTo(400);
  }

  @Test
  void bodiesAreNotShownUnlessAskedFor() throws Exception {
    startWithToken();
    refuse();
    say("ann", "a private word");

    assertThat(list("").get(0).get("from").asString()).isEqualTo("ann@localhost/r");
    assertThat(call(PATH).body()).doesNotContain("private", "no table");
  }

  @Test
  void nothingIsKeptWhereItIsOffAndOnlyTheKnownMayLook() throws Exception {
    startWithToken("--delivery-log=0");
    HttpResponse<String> off = call(PATH);
    assertThat(off.statusCode()).isEqualTo(404);
    assertThat(off.body()).contains("--delivery-log");
    assertThat(get(PATH).statusCode()).isEqualTo(401);
    assertThat(get("/admin/events").statusCode()).isEqualTo(401);
  }

  @Test
  void thePageRunsOnlyItsOwnScript() throws Exception {
    startWithToken();
    HttpResponse<String> page = get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-security-policy").orElse(""))
        .startsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
    assertThat(page.body()).contains("<title>Stanzahook</title>").doesNotContain("http://");
    assertThat(get("/console.js").headers().firstValue("content-type"))
        .hasValue("text/javascript; charset=utf-8");
    for (String part :
        List.of(
            "",
            "-page",
            "-notices",
            "-cluster",
            "-bench",
            "-deliveries",
            "-letters",
            "-settings")) {
      HttpResponse<String> script = get("/console" + part + ".js");
      assertThat(script.statusCode()).isEqualTo(200);
      assertThat(script.body())
          .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write");
    }
    assertThat(get("/console.css").statusCode()).isEqualTo(200);
  }

  @Test
  void anotherSitesPageChangesNothingWithCredentialsThatTheBrowserAdds() throws Exception {
    startWithToken();
    var patch =
        request("/admin/settings")
            .method("PATCH", java.net.http.HttpRequest.BodyPublishers.ofString("{\"queue\":5}"))
            .header("Authorization", "Bearer t0ken");
    assertThat(send(patch.copy().header("Sec-Fetch-Site", "cross-site")).statusCode())
        .isEqualTo(403);
    assertThat(send(patch.copy().header("Origin", "http://evil.example")).statusCode())
        .isEqualTo(403);
    assertThat(call("/admin/settings").body()).contains("\"queue\":10000");
    assertThat(send(patch.copy().header("Sec-Fetch-Site", "same-origin")).statusCode())
        .isEqualTo(200);
  }

  @Test
  void listsAreShortenedAndWithoutBodiesWhereThatIsAskedFor() throws Exception {
    startWithToken("--delivery-log-bodies");
    say("ann", "first");
    say("ben", "second");

    JsonNode one = list("?limit=1&bodies=false");
    assertThat(one).hasSize(1);
    assertThat(one.get(0).get("from").asString()).isEqualTo("ben@localhost/r");
    assertThat(one.get(0).has("stanza")).isFalse();
    assertThat(one.get(0).has("exchanges")).isFalse();
    assertThat(call(PATH + "?limit=1").body()).contains("\"cut\":true");
    assertThat(call(PATH + "?limit=2").body()).contains("\"cut\":false");
    assertThat(list("?text=FIRST&bodies=false")).hasSize(1);
    assertThat(call(PATH + "?limit=0").statusCode()).isEqualTo(400);
    assertThat(call(PATH + "?limit=1001").statusCode()).isEqualTo(400);
    assertThat(call(PATH + "?bodies=no").statusCode()).isEqualTo(400);
  }

  @Test
  void eventsTellHowItStandsAndThatADeliveryCame() throws Exception {
    startWithToken();
    HttpResponse<java.io.InputStream> response =
        java.net.http.HttpClient.newHttpClient()
            .send(
                request("/admin/events").header("Authorization", "Bearer t0ken").build(),
                java.net.http.HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
    try (var events =
        new java.io.BufferedReader(
            new java.io.InputStreamReader(
                response.body(), java.nio.charset.StandardCharsets.UTF_8))) {
      JsonNode first = JSON.readTree(events.readLine().substring("data: ".length()));
      assertThat(first.get("components").get("gw.localhost").asString()).isEqualTo("connected");
      assertThat(first.get("changed").asBoolean()).isFalse();
      assertThat(events.readLine()).isEmpty();

      say("ann", "hello");
      JsonNode event = first;
      // The test's time limit ends it where no such event comes.
      while (!event.get("changed").asBoolean()) {
        event = JSON.readTree(events.readLine().substring("data: ".length()));
        assertThat(events.readLine()).isEmpty();
      }
      assertThat(event.get("latency_ms").get("p50").asDouble()).isPositive();
    }
  }

  private JsonNode json(String path) throws Exception {
    return JSON.readTree(call(path).body());
  }

  private JsonNode event() throws Exception {
    HttpResponse<java.io.InputStream> response =
        java.net.http.HttpClient.newHttpClient()
            .send(
                request("/admin/events").header("Authorization", "Bearer t0ken").build(),
                java.net.http.HttpResponse.BodyHandlers.ofInputStream());
    try (var events =
        new java.io.BufferedReader(
            new java.io.InputStreamReader(
                response.body(), java.nio.charset.StandardCharsets.UTF_8))) {
      return JSON.readTree(events.readLine().substring("data: ".length()));
    }
  }

  @Test
  void tellsOfAnEndpointThatIsDownAndTriesItWhenAsked() throws Exception {
    startWithToken();
    assertThat(event().has("down")).isFalse();
    bed.webhook(response -> response.status(410).send());
    say("ann", "hello");

    JsonNode down = event().get("down").get(0);
    assertThat(down.get("component").asString()).isEqualTo("gw.localhost");
    assertThat(down.get("url").asString()).isEqualTo(down.get("endpoint").asString());
    assertThat(down.get("error").asString()).contains("410");
    assertThat(down.has("next_try")).isFalse();
    JsonNode ready = json("/readyz").get("down").get(0);
    assertThat(ready.get("since").asString()).isNotEmpty();
    assertThat(ready.has("error")).isFalse();
    say("ann", "held back");
    assertThat(list("?state=given_up&kind=message")).hasSize(2);
    assertThat(list("").get(0).get("attempts")).isEmpty();

    bed.webhook(SpooledGateway::hello);
    var tried =
        send(
            request("/admin/endpoints/try")
                .POST(java.net.http.HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer t0ken"));
    assertThat(JSON.readTree(tried.body()).get("tried").get(0).asString())
        .isEqualTo(down.get("endpoint").asString());
    say("ann", "again");
    assertThat(json("/readyz").has("down")).isFalse();
    assertThat(list("?state=settled")).hasSize(1);
  }

  @Test
  void findsByKindStateAndTime() throws Exception {
    startWithToken();
    say("ann", "first");
    String began = list("").get(0).get("began").asString();
    assertThat(list("?state=settled&kind=message&since=" + began + "&until=" + began)).hasSize(1);
    assertThat(list("?kind=iq")).isEmpty();
    assertThat(list("?state=waiting")).isEmpty();
    assertThat(list("?since=" + Instant.parse(began).plusMillis(1))).isEmpty();
    assertThat(list("?until=" + Instant.parse(began).minusMillis(1))).isEmpty();
    assertThat(call(PATH + "?since=yesterday").statusCode()).isEqualTo(400);
  }

  private HttpResponse<String> post(String path, String token) throws Exception {
    return send(
        request(path)
            .POST(java.net.http.HttpRequest.BodyPublishers.noBody())
            .header("Authorization", "Bearer " + token));
  }

  @Test
  void aDeliveryIsSentAgainAndShownAsASignedCommand() throws Exception {
    Files.writeString(folder.resolve("key"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
    startWithToken(
        "--delivery-log-bodies",
        "--signing-secret-file=" + folder.resolve("key"),
        "--post-header=X-Api-Key: s3cr3t");
    Files.writeString(folder.resolve("tokens"), "t0ken\nr3ader read\n");
    assertThat(post("/admin/reload", "t0ken").statusCode()).isEqualTo(200);
    say("ann", "it's me");
    String id = list("").get(0).get("id").asString();
    HttpResponse<String> again = post(PATH + "/" + id + "/send-again", "t0ken");
    assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
    assertThat(bed.reply()).isNotNull();
    JsonNode newest = list("").get(0);
    assertThat(newest.get("id").asString())
        .isEqualTo(JSON.readTree(again.body()).get("id").asString())
        .startsWith("again_msg_");
    assertThat(newest.get("again").asBoolean()).isTrue();

    String command = call(PATH + "/" + id + "/curl").body();
    assertThat(command)
        .startsWith("curl -i '" + bed.url())
        .contains("webhook-signature: v1,", "\"X-Api-Key: $X_API_KEY\"", "it'\\''s me")
        .doesNotContain("s3cr3t");
    var reader = send(request(PATH + "/" + id + "/curl").header("Authorization", "Bearer r3ader"));
    assertThat(reader.body())
        .contains("curl -i \"$WEBHOOK_URL\"")
        .doesNotContain("webhook-signature", bed.url());
    assertThat(post(PATH + "/" + id + "/send-again", "r3ader").statusCode()).isEqualTo(403);
    assertThat(post("/admin/endpoints/try", "r3ader").statusCode()).isEqualTo(403);
    assertThat(post(PATH + "/msg_x/send-again", "t0ken").statusCode()).isEqualTo(404);
    assertThat(call("/admin/chat").statusCode()).isEqualTo(404);
  }

  @Test
  void withoutItsContentADeliveryIsNotSentAgain() throws Exception {
    startWithToken();
    say("ann", "hi");
    String id = list("").get(0).get("id").asString();
    HttpResponse<String> answer = post(PATH + "/" + id + "/send-again", "t0ken");
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("--delivery-log-bodies");
  }

  @Test
  void withAFileDeliveriesAreFoundAndSentAgainAfterARestart() throws Exception {
    String file = "--delivery-log-file=" + folder.resolve("deliveries.db");
    startWithToken(file, "--delivery-log=1", "--delivery-log-bodies");
    say("ann", "first");
    say("ben", "second");
    assertThat(list("")).hasSize(2);
    assertThat(list("?text=FIRST&jid=ann")).hasSize(1);
    stop();

    startWithToken(file, "--delivery-log=1", "--delivery-log-bodies");
    assertThat(list("")).hasSize(2);
    JsonNode first = list("?jid=ann&bodies=true").get(0);
    assertThat(first.get("stanza").asString()).contains("<body>first</body>");
    String path = PATH + "/" + first.get("id").asString();
    assertThat(call(path + "/curl").body()).contains("first");
    assertThat(post(path + "/send-again", "t0ken").statusCode()).isEqualTo(200);
    assertThat(bed.reply()).isNotNull();
    assertThat(list("?text=first")).hasSize(2);
  }

  /** Three messages in one call, behind one that was held. */
  private SpooledGateway.Request batchOfThree() throws Exception {
    Sinks.Empty<Void> gate = Sinks.empty();
    bed.webhook(response -> gate.asMono().then(Mono.from(response.status(204).send())));
    bed.say("ann", "0");
    bed.request();
    bed.say("ann", "1 isn't \"one\"");
    bed.say("ben", "2");
    bed.say("cid", "3");
    while (!get("/metrics")
        .body()
        .contains("stanzahook_queue_depth{component=\"gw.localhost\"} 3.0")) {
      Thread.onSpinWait();
    }
    bed.webhook(response -> response.status(204).send());
    gate.tryEmitEmpty();
    SpooledGateway.Request batch = bed.request();
    assertThat(JSON.readTree(batch.body())).hasSize(3);
    assertThat(batch.id()).startsWith("bat_");
    return batch;
  }

  private JsonNode settled(String query, int count) throws Exception {
    JsonNode found = list(query);
    while (found.size() != count || !found.valueStream().allMatch(ConsoleIT::isSettled)) {
      found = list(query);
    }
    return found;
  }

  private static boolean isSettled(JsonNode delivery) {
    return delivery.get("outcome").asString().equals("settled");
  }

  private static void execute(String command) throws Exception {
    Process shell = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(said).isZero();
  }

  private static Map<String, List<String>> headers(String command) {
    Map<String, List<String>> headers = new HashMap<>();
    Matcher header = Pattern.compile("-H '([^:]+): ([^']*)'").matcher(command);
    while (header.find()) {
      headers.put(header.group(1), List.of(header.group(2)));
    }
    return headers;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBatchIsFoundByAnyOfItsStanzasAndCopiedAsItWas(boolean inFile) throws Exception {
    String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    Files.writeString(folder.resolve("key"), secret + "\n");
    List<String> flags =
        new ArrayList<>(
            List.of(
                "--batch=10",
                "--concurrency=1",
                "--delivery-log-bodies",
                "--signing-secret-file=" + folder.resolve("key")));
    if (inFile) {
      flags.add("--delivery-log=1");
      flags.add("--delivery-log-file=" + folder.resolve("deliveries.db"));
    }
    startWithToken(flags.toArray(String[]::new));
    SpooledGateway.Request batch = batchOfThree();

    JsonNode together = settled("?batch=" + batch.id(), 3);
    assertThat(together.valueStream().map(each -> each.get("batch_place").asInt()).sorted())
        .containsExactly(1, 2, 3);
    JsonNode second =
        together
            .valueStream()
            .filter(each -> each.get("batch_place").asInt() == 2)
            .findFirst()
            .orElseThrow();
    assertThat(second.get("batch").asString()).isEqualTo(batch.id());
    assertThat(second.get("batch_size").asInt()).isEqualTo(3);
    assertThat(list("?batch=bat_0")).isEmpty();

    String command = call(PATH + "/" + second.get("id").asString() + "/curl").body();
    assertThat(command)
        .startsWith("curl -i '" + bed.url())
        .contains("-H 'webhook-batch: 3'", "-H 'webhook-attempt: 1'");
    execute(command);
    SpooledGateway.Request again = bed.request();
    assertThat(again).isEqualTo(batch);
    new Webhook(secret).verify(again.body(), headers(command));
    Files.writeString(folder.resolve("tokens"), "t0ken\nr3ader read\n");
    assertThat(post("/admin/reload", "t0ken").statusCode()).isEqualTo(200);
    var reader =
        send(
            request(PATH + "/" + second.get("id").asString() + "/curl")
                .header("Authorization", "Bearer r3ader"));
    assertThat(reader.body()).contains(batch.id()).doesNotContain("signature", bed.url());
  }

  @Test
  void aBatchThatTheLogHasOnlyPartsOfIsSaidToStandAlone() throws Exception {
    startWithToken("--batch=10", "--concurrency=1", "--delivery-log-bodies", "--delivery-log=2");
    SpooledGateway.Request batch = batchOfThree();
    JsonNode last = settled("?batch=" + batch.id(), 2).get(0);
    String command = call(PATH + "/" + last.get("id").asString() + "/curl").body();
    assertThat(command)
        .startsWith(
            "# The webhook got this stanza in a batch of 3 (%s). The log has 2 of them whole"
                .formatted(batch.id()));
    execute(command);
    SpooledGateway.Request alone = bed.request();
    assertThat(alone.id()).isEqualTo(last.get("id").asString());
    assertThat(JSON.readTree(alone.body()).get(0))
        .isEqualTo(JSON.readTree(batch.body()).get(last.get("batch_place").asInt() - 1));
  }

  /** Each route that changes something, but for those of the sandbox and of clusters. */
  @Test
  void everyChangeNamesItsCallerInTheLog() throws Exception {
    try (LogLines log = new LogLines("io.stanzahook.app")) {
      startWithToken("--spool=" + folder.resolve("spool"), "--delivery-log-bodies");
      Files.writeString(folder.resolve("tokens"), "t0ken\n0p3r admin name=eve\n");
      assertThat(post("/admin/reload", "t0ken").statusCode()).isEqualTo(200);
      bed.webhook(response -> response.status(410).send());
      for (int i = 0; i < 3; i++) {
        say("ann" + i, "hello");
      }
      JsonNode letters = json("/admin/dead-letters").get("dead_letters");
      while (letters.size() < 3) {
        letters = json("/admin/dead-letters").get("dead_letters");
      }
      String letter = "/admin/dead-letters/" + letters.get(0).get("id").asString();
      String other = "/admin/dead-letters/" + letters.get(1).get("id").asString();
      List<String> changes =
          List.of(
              "POST /admin/endpoints/try",
              "PATCH /admin/settings {\"queue\":77}",
              "POST /admin/reload",
              "POST " + PATH + "/" + list("").get(0).get("id").asString() + "/send-again",
              "DELETE " + letter,
              "POST " + other + "/redeliver",
              "POST /admin/dead-letters/redeliver?status=410",
              "DELETE /admin/dead-letters?all=true");
      Set<String> routes = new TreeSet<>();
      for (String change : changes) {
        String[] parts = change.split(" ", 3);
        int before = log.all().size();
        HttpResponse<String> answer =
            send(
                request(parts[1])
                    .header("Authorization", "Bearer 0p3r")
                    .method(parts[0], BodyPublishers.ofString(parts.length > 2 ? parts[2] : "")));
        assertThat(answer.statusCode()).as(change + answer.body()).isEqualTo(200);
        assertThat(log.all().subList(before, log.all().size()))
            .as(change)
            .anyMatch(line -> line.startsWith("INFO ") && line.contains("'eve' (line 2 of"));
        routes.add(
            parts[0]
                + " "
                + parts[1].replaceAll("\\?.*", "").replaceAll("/(msg|again)_[^/]+", "/{id}"));
      }
      assertThat(log.all()).noneMatch(line -> line.contains("0p3r"));
      Set<String> documented = new TreeSet<>();
      for (var path : json("/openapi.json").get("paths").properties()) {
        path.getValue().propertyNames().stream()
            .filter(method -> !method.equals("get"))
            .map(method -> method.toUpperCase(Locale.ROOT) + " " + path.getKey())
            .filter(route -> route.contains(" /admin/"))
            .forEach(documented::add);
      }
      documented.removeIf(route -> route.matches("POST /admin/(chat|chat/webhook|edges/balance)"));
      assertThat(routes).isEqualTo(documented);
    }
  }

  @Test
  void aChangedConfigurationIsSaidUntilItIsReadAndThenWhatNeedsARestart() throws Exception {
    Path file = Files.writeString(folder.resolve("stanzahook.yaml"), "api_rate: 20\n");
    startWithToken("--config=" + file);
    assertThat(json("/readyz").has("config_changed")).isFalse();
    Files.writeString(file, "api_rate: 3000\n");
    while (!json("/readyz").has("config_changed")) {
      Thread.onSpinWait();
    }
    JsonNode event = event();
    assertThat(Instant.parse(event.get("config_changed").asString()))
        .isEqualTo(Files.getLastModifiedTime(file).toInstant());
    assertThat(event.has("needs_restart")).isFalse();
    assertThat(post("/admin/reload", "t0ken").statusCode()).isEqualTo(200);
    JsonNode ready = json("/readyz");
    assertThat(ready.has("config_changed")).isFalse();
    assertThat(ready.get("needs_restart").get(0).asString()).isEqualTo("api_rate");
  }
}
