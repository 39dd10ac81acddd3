package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code sandbox} as a process without a terminal: what scripts see of it. */
class SandboxIT {

  private static ChildProcess sandbox(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("sandbox"));
    all.addAll(Arrays.asList(arguments));
    return ChildProcess.jar(Map.of(), all.toArray(String[]::new));
  }

  /** The lines that begin a step, each as its label. */
  private static List<String> labels(String transcript) {
    return transcript
        .lines()
        .skip(3)
        .filter(line -> line.length() > 12 && line.charAt(0) != ' ' && line.charAt(11) == ' ')
        .map(line -> line.substring(0, 12).strip())
        .filter(label -> label.matches("stanza in|POST|response|reply out|error out"))
        .toList();
  }

  @Test
  void sendsThreeMessagesWhereThereIsNoInput() throws Exception {
    try (ChildProcess program = sandbox()) {
      program.endInput();
      assertThat(program.exitCode()).isZero();
      assertThat(program.err()).isEmpty();
      String out = program.out();
      assertThat(labels(out))
          .containsExactly(
              "stanza in",
              "POST",
              "response",
              "reply out",
              "stanza in",
              "POST",
              "response",
              "reply out",
              "stanza in",
              "POST",
              "response",
              "reply out");
      assertThat(out)
          .startsWith("Console: http://127.0.0.1:")
          .containsSubsequence(
              "\ntyping      <composing/>, a message without a body: 204 No Content, no reply\n",
              "\nstanza in   ",
              "\nreply out   ",
              "\nhas read    <displayed/>, a message without a body: 204 No Content, no reply\n")
          .contains("<body>Hello!</body>")
          .contains("\"body\": \"Hello!\"")
          .contains("\"body\": \"Did you say Hello!?\"")
          .contains("<body>Did you say Hello!?</body>")
          .contains("<body>Did you say Gr\u00FC\u00DFe, \u4F60\u597D \uD83D\uDC4B?</body>")
          .doesNotContain("\u001B")
          .endsWith("3 messages sent, 3 answered.\n");
    }
  }

  @Test
  void doesNotWaitForInputThatNeverComes() throws Exception {
    try (ChildProcess program = sandbox()) {
      assertThat(program.exitCode()).isZero();
      assertThat(program.out()).endsWith("3 messages sent, 3 answered.\n");
    }
  }

  @Test
  void sendsTheLinesOfItsInput() throws Exception {
    try (ChildProcess program = sandbox()) {
      program.type("first\n\n/second\nth\u00EFrd");
      program.endInput();
      assertThat(program.exitCode()).isZero();
      assertThat(program.out())
          .containsSubsequence(
              "<body>Did you say first?</body>",
              "<body>Did you say /second?</body>",
              "<body>Did you say th\u00EFrd?</body>",
              "3 messages sent, 3 answered.");
    }
  }

  @Test
  void sendsTheMessagesOfItsFlags() throws Exception {
    try (ChildProcess program = sandbox("--message", "one & two", "--message=3")) {
      assertThat(program.exitCode()).isZero();
      assertThat(program.out())
          .containsSubsequence(
              "stanza in   <message to='bot@component.localhost' from='you@localhost/sandbox'"
                  + " type='chat' id='sandbox-1'><body>one &amp; two</body><active ",
              "<markable ",
              "<body>Did you say one &amp; two?</body>",
              "<body>Did you say 3?</body>",
              "2 messages sent, 2 answered.");
    }
  }

  @Test
  void endsWithOneWhereAMessageIsNotAnswered() throws Exception {
    // Nothing can listen on port 1 but a system service that no machine has.
    try (ChildProcess program = sandbox("--message=a", "--post-url=http://127.0.0.1:1/x")) {
      assertThat(program.exitCode()).isEqualTo(1);
      assertThat(program.out())
          .containsSubsequence(
              "POST        http://127.0.0.1:1/x\n",
              "response    none after ",
              "Connection refused",
              "error out   <message ",
              "<remote-server-timeout ",
              "1 message sent, 0 answered, 1 not.");
      assertThat(program.err()).isEmpty();
    }
  }

  @Test
  void loadIsAnsweredWholeAndSummedUp() throws Exception {
    try (ChildProcess program = sandbox("--load=1500", "--rate=500")) {
      assertThat(program.exitCode()).isZero();
      String out = program.out();
      assertThat(out)
          .contains("messages    1500 at 500/s\n")
          .contains("answered    1500 in ")
          .contains("errors      0\n")
          .contains("lost        0\n");
      assertThat(program.errLines())
          .isNotEmpty()
          .allMatch(line -> line.matches("\\d+ of 1500 sent, \\d+ answered, 0 errors, \\d+/s"));
      Matcher latency =
          Pattern.compile(
                  "latency +p50 ([0-9.]+) ms, p90 ([0-9.]+) ms, p99 ([0-9.]+) ms,"
                      + " p99.9 ([0-9.]+) ms, max ([0-9.]+) ms")
              .matcher(out);
      assertThat(latency.find()).isTrue();
      List<Double> percentiles = new ArrayList<>();
      for (int i = 1; i <= latency.groupCount(); i++) {
        percentiles.add(Double.valueOf(latency.group(i)));
      }
      assertThat(percentiles).isSorted().allMatch(millis -> millis > 0);
      // Sent on schedule, the last message cannot have come before its time.
      Matcher took = Pattern.compile("answered +1500 in ([0-9.]+) s").matcher(out);
      assertThat(took.find()).isTrue();
      assertThat(Double.parseDouble(took.group(1))).isGreaterThanOrEqualTo(2.99);
    }
  }

  @Test
  void reportsAllProblemsAtOnce() throws Exception {
    try (ChildProcess program = sandbox("--rate=5", "--mesage=a", "--timeout=5", "--queue=0")) {
      assertThat(program.exitCode()).isEqualTo(2);
      assertThat(program.out()).isEmpty();
      assertThat(program.errLines())
          .containsExactlyInAnyOrder(
              "unknown flag --mesage; did you mean --message?",
              "--timeout: '5' is not a duration; write it like 500ms, 30s, 5m or 72h",
              "--queue: '0' is not a whole number from 1 to 10000000",
              "--rate: does nothing without a load; give --load too, or leave --rate out");
    }
  }

  @Test
  void theConsoleIsOffWhereOthersMightReachIt() throws Exception {
    try (ChildProcess program = sandbox("--http-listen=0.0.0.0:0")) {
      program.type("hello\n");
      program.awaitOut("the console is off: 0.0.0.0 is not loopback");
      Matcher line =
          Pattern.compile("Metrics: http://[^ ]*:(\\d+)/metrics ").matcher(program.out());
      assertThat(line.find()).isTrue();
      for (String path : List.of("/", "/admin/settings", "/admin/deliveries", "/metrics")) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + line.group(1) + path)).build();
        assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode())
            .as(path)
            .isEqualTo(path.equals("/metrics") ? 200 : 403);
      }
    }
  }

  private static HttpResponse<String> chat(String console, String body) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(console + "admin/chat"));
    return HttpClient.newHttpClient()
        .send(
            body.isEmpty() ? request.build() : request.POST(BodyPublishers.ofString(body)).build(),
            BodyHandlers.ofString());
  }

  private static JsonNode line(String console, String part) throws Exception {
    for (long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2); System.nanoTime() < end; ) {
      for (JsonNode line : new JsonMapper().readTree(chat(console, "").body()).get("lines")) {
        if (line.get("xml").asString().contains(part)) {
          return line;
        }
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("no line with " + part);
  }

  @Test
  void usersWriteFromThePageInEachWayAndAreAnswered() throws Exception {
    try (ChildProcess program = sandbox()) {
      program.type("/xml <message type='chat'><body>first</body></message>\n");
      program.awaitOut("Did you say first?");
      Matcher address = Pattern.compile("Console: (http://\\S+)\\n").matcher(program.out());
      assertThat(address.find()).isTrue();
      String console = address.group(1);

      assertThat(chat(console, "{\"kind\":\"text\",\"text\":\"hi there\"}").statusCode())
          .isEqualTo(200);
      JsonNode reply = line(console, "Did you say hi there?");
      assertThat(reply.get("bot").asBoolean()).isTrue();
      assertThat(reply.get("to").asString()).isEqualTo("you@localhost/sandbox");
      JsonNode said = line(console, "<body>hi there<");
      assertThat(said.get("text").asString()).isEqualTo("hi there");
      assertThat(said.get("delivery").asString()).startsWith("msg_");
      for (String body :
          List.of(
              "{'kind':'typing','user':'ann'}",
              "{'kind':'read'}",
              "{'kind':'room','user':'ben','text':'all of you'}",
              "{'kind':'iq','text':'<query xmlns=`jabber:iq:version`/>'}",
              "{'kind':'xml','text':'<presence type=`subscribe`/>'}")) {
        HttpResponse<String> sent = chat(console, body.replace('\'', '"').replace('`', '\''));
        assertThat(sent.statusCode()).as(body + sent.body()).isEqualTo(200);
      }
      assertThat(line(console, "<composing").get("from").asString())
          .isEqualTo("ann@localhost/sandbox");
      assertThat(line(console, "<displayed").get("what").asString()).contains("has read");
      assertThat(line(console, ">all of you<").get("from").asString())
          .isEqualTo("room@conference.localhost/ben");
      assertThat(line(console, "type='result'").get("what").asString())
          .isEqualTo("iq result: query jabber:iq:version");
      assertThat(line(console, "type='subscribed'").get("bot").asBoolean()).isTrue();
      for (String wrong :
          List.of(
              "no",
              "[]",
              "{\"kind\":\"shout\"}",
              "{\"kind\":\"text\",\"user\":\"@\"}",
              "{\"kind\":\"text\",\"user\":\"bot@component.localhost\"}",
              "{\"kind\":\"room\",\"room\":\"x\"}",
              "{\"kind\":\"read\",\"user\":\"nobody\"}",
              "{\"kind\":\"xml\",\"text\":\"<message>\"}")) {
        assertThat(chat(console, wrong).statusCode()).as(wrong).isEqualTo(400);
      }
    }
  }
}
