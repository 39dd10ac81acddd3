package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.SpooledGateway;
import io.stanzahook.stanza.Stanza;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Dead letters of a whole gateway, between a server and a webhook that is repaired: through the
 * API, and through the command.
 */
@Timeout(120)
class DeadLettersIT extends GatewayRunFixture {
  private static final String PATH = "/admin/dead-letters";
  private static final JsonMapper JSON = new JsonMapper();

  private void startSpooled() throws Exception {
    startWithToken("--spool=" + folder.resolve("spool"));
  }

  private HttpResponse<String> call(String method, String path) throws Exception {
    return send(
        request(path)
            .header("Authorization", "Bearer t0ken")
            .method(method, BodyPublishers.noBody()));
  }

  private JsonNode ok(String method, String path) throws Exception {
    HttpResponse<String> response = call(method, path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private JsonNode list(String query) throws Exception {
    return ok("GET", PATH + query).get("dead_letters");
  }

  /** The list once it has so many: they are on disk a moment after their senders are told. */
  private JsonNode listOf(int count) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    JsonNode list = list("");
    while (list.size() != count && System.nanoTime() < deadline) {
      list = list("");
    }
    assertThat(list).hasSize(count);
    return list;
  }

  private void refuse(int status, String body) {
    bed.webhook(
        response ->
            response
                .status(status)
                .header("Content-Type", "text/plain")
                .sendString(Mono.just(body)));
  }

  /** Has the webhook refuse that message. */
  private String bury(String from, String body) throws Exception {
    bed.say(from, body);
    assertThat(bed.reply().type()).isEqualTo("error");
    return bed.request().id();
  }

  @Test
  void whatIsGivenUpIsShownWithItsLastResponse() throws Exception {
    startSpooled();
    refuse(500, "Traceback: no such table");

    String id = bury("ann", "hello");

    JsonNode letter = listOf(1).get(0);
    assertThat(letter.get("id").asString()).isEqualTo(id);
    assertThat(letter.get("from").asString()).isEqualTo("ann@localhost/r");
    assertThat(letter.get("to").asString()).isEqualTo("bot@gw.localhost");
    assertThat(letter.get("kind").asString()).isEqualTo("message");
    assertThat(letter.get("attempts").asInt()).isEqualTo(1);
    assertThat(letter.get("cause").asString()).isEqualTo("status_500");
    assertThat(letter.get("condition").asString()).isEqualTo("internal-server-error");
    assertThat(letter.get("text").asString()).isEqualTo("The service behind this address failed.");
    assertThat(letter.get("status").asInt()).isEqualTo(500);
    assertThat(letter.get("response").asString()).isEqualTo("Traceback: no such table");
    assertThat(letter.has("stanza")).isFalse();
    assertThat(list("?stanza=true").get(0).get("stanza").asString()).contains("<body>hello</body>");
    assertThat(ok("GET", PATH + "/" + id).get("stanza").asString()).startsWith("<message ");
    assertThat(get("/metrics").body())
        .contains("stanzahook_dead_letters{component=\"gw.localhost\"} 1.0")
        .contains("stanzahook_dead_letters_added_total{cause=\"status_500\"");
  }

  @Test
  void anUnreadableResponseIsShownToo() throws Exception {
    startSpooled();
    bed.webhook(
        response ->
            response
                .header("Content-Type", "application/json")
                .sendString(Mono.just("<html>oops</html>")));

    bed.say("ann", "hello");

    JsonNode letter = listOf(1).get(0);
    assertThat(letter.get("cause").asString()).isEqualTo("unreadable");
    assertThat(letter.get("condition").asString()).isEmpty();
    assertThat(letter.get("text").asString()).startsWith("the response is not JSON");
    assertThat(letter.get("status").asInt()).isEqualTo(200);
    assertThat(letter.get("response").asString()).isEqualTo("<html>oops</html>");
    assertThat(bed.replies).isEmpty();
  }

  @Test
  void redeliveryReachesTheRepairedWebhookWithTheSameIdAndItsReplyTheSender() throws Exception {
    startSpooled();
    refuse(500, "");
    String id = bury("ann", "hello");
    listOf(1);

    // Not repaired yet: again a dead letter, and the sender hears nothing.
    assertThat(ok("POST", PATH + "/" + id + "/redeliver").get("redelivered").asInt()).isEqualTo(1);
    assertThat(bed.request().id()).isEqualTo(id);
    JsonNode again = listOf(1).get(0);
    assertThat(again.get("id").asString()).isEqualTo(id);
    assertThat(again.get("redelivered").asBoolean()).isTrue();
    assertThat(bed.replies).isEmpty();

    bed.webhook(SpooledGateway::hello);
    ok("POST", PATH + "/" + id + "/redeliver");

    assertThat(bed.request().id()).isEqualTo(id);
    Stanza reply = bed.reply();
    assertThat(reply.type()).isEqualTo("chat");
    assertThat(reply.to().toString()).isEqualTo("ann@localhost/r");
    listOf(0);
    assertThat(bed.replies).isEmpty();
    assertThat(call("POST", PATH + "/" + id + "/redeliver").statusCode()).isEqualTo(404);
  }

  @Test
  void filtersAndPagesSayWhichOnes() throws Exception {
    startSpooled();
    refuse(500, "");
    String first = bury("ann", "1");
    refuse(404, "");
    String second = bury("ben", "2");
    String third = bury("ann", "3");
    listOf(3);

    assertThat(ids("")).containsExactly(third, second, first);
    assertThat(ids("?from=ann@localhost")).containsExactly(third, first);
    assertThat(ids("?from=ann@localhost/r&status=500")).containsExactly(first);
    assertThat(ids("?from=ann@localhost/x")).isEmpty();
    assertThat(ids("?to=gw.localhost&cause=status_404")).containsExactly(third, second);
    JsonNode page = ok("GET", PATH + "?limit=2");
    assertThat(page.get("dead_letters")).hasSize(2);
    JsonNode rest = ok("GET", PATH + "?limit=2&before=" + page.get("next").asLong());
    assertThat(rest.get("dead_letters").get(0).get("id").asString()).isEqualTo(first);
    assertThat(rest.get("next").isNull()).isTrue();

    assertThat(ok("DELETE", PATH + "?status=500").get("deleted").asInt()).isEqualTo(1);
    bed.webhook(SpooledGateway::hello);
    assertThat(ok("POST", PATH + "/redeliver?from=ben@localhost").get("redelivered").asInt())
        .isEqualTo(1);
    assertThat(bed.request().id()).isEqualTo(second);
    assertThat(ids("")).containsExactly(third);
    assertThat(ok("DELETE", PATH + "/" + third).get("deleted").asInt()).isEqualTo(1);
    assertThat(ids("")).isEmpty();
  }

  private List<String> ids(String query) throws Exception {
    List<String> ids = new ArrayList<>();
    list(query).forEach(letter -> ids.add(letter.get("id").asString()));
    return ids;
  }

  @Test
  void whatCannotBeMeantIsRefusedAndChangesNothing() throws Exception {
    startSpooled();
    refuse(500, "");
    bury("ann", "1");
    listOf(1);

    for (String query :
        List.of(
            "",
            "?form=ann@localhost",
            "?all=yes",
            "?all=true&status=500",
            "?status=x",
            "?from=@",
            "?status=500&status=404")) {
      assertThat(call("DELETE", PATH + query).statusCode()).as(query).isEqualTo(400);
      assertThat(call("POST", PATH + "/redeliver" + query).statusCode()).as(query).isEqualTo(400);
    }
    assertThat(call("GET", PATH + "?limit=1001").body()).contains("from 1 to 1000");
    assertThat(call("GET", PATH + "/none").statusCode()).isEqualTo(404);
    assertThat(call("DELETE", PATH + "/none").statusCode()).isEqualTo(404);
    assertThat(call("PUT", PATH).statusCode()).isEqualTo(405);
    assertThat(get(PATH).statusCode()).isEqualTo(401);
    listOf(1);
    assertThat(ok("DELETE", PATH + "?all=true").get("deleted").asInt()).isEqualTo(1);
  }

  private ExitCode command(Output output, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("dead-letters"));
    all.addAll(List.of(arguments));
    all.add("--url=http://127.0.0.1:" + port);
    all.add("--token-file=" + folder.resolve("tokens"));
    return new Program(List.of(new DeadLettersCommand()), "1")
        .execute(all, Map.of(), output.console);
  }

  @Test
  void theCommandDoesTheSame() throws Exception {
    startSpooled();
    refuse(500, "\u001b[31mred");
    String first = bury("ann", "1");
    String second = bury("ben", "2");
    listOf(2);

    Output list = new Output();
    assertThat(command(list, "list", "--limit=1")).isEqualTo(ExitCode.ENDED);
    assertThat(list.out().lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).matches("ID +BURIED +FROM +TO +TRIES +CAUSE"),
            line ->
                assertThat(line)
                    .startsWith(second + "  ")
                    .contains("ben@localhost/r  bot@gw.localhost  1      status_500"));
    assertThat(list.err()).contains("--before ");
    Output json = new Output();
    assertThat(command(json, "list", "--from=ann@localhost", "--json")).isEqualTo(ExitCode.ENDED);
    assertThat(JSON.readTree(json.out()).get("dead_letters").get(0).get("id").asString())
        .isEqualTo(first);
    Output show = new Output();
    assertThat(command(show, "show", first)).isEqualTo(ExitCode.ENDED);
    assertThat(show.out())
        .contains("status:      500\n", "response:     [31mred\n", "<body>1</body>")
        .doesNotContain("\u001b");

    bed.webhook(SpooledGateway::hello);
    Output redelivered = new Output();
    assertThat(command(redelivered, "redeliver", first)).isEqualTo(ExitCode.ENDED);
    assertThat(redelivered.out()).isEqualTo("1 dead letter redelivered\n");
    assertThat(bed.request().id()).isEqualTo(first);
    Output deleted = new Output();
    assertThat(command(deleted, "delete", "--all")).isEqualTo(ExitCode.ENDED);
    assertThat(deleted.out()).isEqualTo("1 dead letter deleted\n");
    Output none = new Output();
    assertThat(command(none, "list")).isEqualTo(ExitCode.ENDED);
    assertThat(none.out()).isEmpty();
    assertThat(none.err()).isEqualTo("there are none\n");
    Output unknown = new Output();
    assertThat(command(unknown, "show", first)).isEqualTo(ExitCode.FAILED);
    assertThat(unknown.err())
        .isEqualTo("the gateway refused (404): there is no dead letter with this id\n");
  }

  @Test
  void withoutASpoolThereAreNone() throws Exception {
    startWithToken();
    HttpResponse<String> response = call("GET", PATH);
    assertThat(response.statusCode()).isEqualTo(409);
    assertThat(response.body()).contains("--spool");
    assertThat(get("/metrics").body()).doesNotContain("stanzahook_spool_", "stanzahook_dead_");
  }

  @Test
  void theDocumentOfTheApiSaysWhatIsAnswered() throws Exception {
    startSpooled();
    refuse(500, "");
    String id = bury("ann", "hello");
    listOf(1);
    check("DeadLetters", ok("GET", PATH));
    check("DeadLetter", list("").get(0));
    check("DeadLetter", ok("GET", PATH + "/" + id));
    check("Deliveries", ok("GET", "/admin/deliveries"));
    check("Delivery", ok("GET", "/admin/deliveries").get("deliveries").get(0));
    check("Redelivered", ok("POST", PATH + "/" + id + "/redeliver"));
    listOf(1);
    check("Deleted", ok("DELETE", PATH + "?all=true"));
  }

  private void check(String schema, JsonNode answer) throws Exception {
    JsonNode documented =
        JSON.readTree(get("/openapi.json").body()).at("/components/schemas/" + schema);
    assertThat(documented.path("properties").propertyNames())
        .as(schema)
        .containsAll(answer.propertyNames());
    documented
        .path("required")
        .forEach(name -> assertThat(answer.has(name.asString())).as(name.asString()).isTrue());
  }
}
