package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two components of one server whose bots answer whatever they hear: each other, too. */
class TwoBotsIT {
  /** More than a minute, in which answers are held. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final String HELD = "stanzahook_answers_held_total";
  private static final String BOTS = "stanzahook_bot_conversations_total";
  private static final String SENT = "stanzahook_stanzas_sent_total";

  @RegisterExtension final Bed bed = new Bed();
  @TempDir Path folder;

  private final XmppServer server = ProsodyServer.create();
  private WebhookServer webhook;

  @BeforeEach
  void start() {
    bed.use(server).start();
    server.register("ann");
    webhook = bed.use(WebhookServer.answering(request -> Answer.body("hello")));
  }

  private GatewayProcess gateway(String component, String... flags) {
    return bed.use(GatewayProcess.startAs(component, server, webhook.url(), flags)).awaitReady();
  }

  /** A word of the first bot to the second is all it takes. */
  private static void introduce(GatewayProcess first) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(first.httpUrl() + "/msg/two@" + XmppServer.OTHER_COMPONENT))
            .header("Authorization", "Bearer t0ken")
            .header("Content-Type", "text/plain")
            .POST(BodyPublishers.ofString("hello"))
            .build();
    assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode())
        .isEqualTo(201);
  }

  private String tokens() throws Exception {
    Path file = folder.resolve("tokens");
    return "--api-token-file="
        + Files.writeString(file, "t0ken one@%s\n".formatted(XmppServer.COMPONENT));
  }

  @Test
  void theBrakeSlowsThemDown_andPeopleAreAnsweredMeanwhile() throws Exception {
    GatewayProcess braked = gateway(XmppServer.COMPONENT, tokens(), "--answers-per-minute=5");
    GatewayProcess other = gateway(XmppServer.OTHER_COMPONENT);
    ChatClient ann = bed.use(ChatClient.login(server, "ann"));
    introduce(braked);

    Await.until("an answer is held", LIMIT, () -> braked.metric(HELD) == 1);
    // What was sent is counted once it is written, so a moment after somebody may have it.
    Await.until("a word and five answers are sent", LIMIT, () -> braked.metric(SENT) == 6);
    ann.send("one@" + XmppServer.COMPONENT, "and me?");
    assertThat(ann.takeMessage().body()).isEqualTo("hello");
    assertThat(braked.log()).contains("--answers-per-minute").doesNotContain("looks like two bots");

    // That the brake lets go when the minute is over is a matter of BrakeTest, in virtual time.
    Await.until("one more is sent, to ann", LIMIT, () -> braked.metric(SENT) == 7);
    assertThat(braked.metric("stanzahook_queue_depth")).isEqualTo(1);

    // What is held is lost at the end neither.
    braked.terminate();
    assertThat(braked.awaitExit()).isZero();
    Await.until("it has left", LIMIT, () -> other.metric("stanzahook_stanzas_received_total") >= 7);
  }

  @Test
  void withoutTheBrakeTheyAreToldOnceWithTheRemedy() throws Exception {
    GatewayProcess first = gateway(XmppServer.COMPONENT, tokens());
    GatewayProcess second = gateway(XmppServer.OTHER_COMPONENT);
    introduce(first);
    for (GatewayProcess each : new GatewayProcess[] {first, second}) {
      Await.until("it is noticed", LIMIT, () -> each.metric(BOTS) == 1);
    }
    Await.until("they go on", LIMIT, () -> first.metric(SENT) > 500);
    assertThat(first.metric(BOTS)).isEqualTo(1);
    assertThat(first.metric(HELD)).isZero();
    assertThat(Pattern.compile("looks like two bots").matcher(first.log()).results().count())
        .isEqualTo(1);
    assertThat(first.log()).contains("--answers-per-minute");
  }
}
