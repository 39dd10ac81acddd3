package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two components of a real server in one process, one of which comes, changes and goes. */
class ComponentsProsodyIT {
  private static final String KEPT = "echo@" + XmppServer.COMPONENT;
  private static final String OTHER = "echo@" + XmppServer.OTHER_COMPONENT;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @RegisterExtension final Bed bed = new Bed();
  @TempDir Path folder;
  private final XmppServer server = ProsodyServer.create();

  @BeforeEach
  void start() {
    bed.use(server).start();
  }

  private ChatClient user(String name) {
    server.register(name);
    return bed.use(ChatClient.login(server, name));
  }

  private String echo(String word) {
    return bed.use(
            WebhookServer.answering(request -> Answer.body(word + " " + request.property("body"))))
        .url();
  }

  private void write(String... entries) throws IOException {
    StringBuilder yaml = new StringBuilder("components:\n");
    for (String entry : entries) {
      yaml.append("  - {").append(entry).append("}\n");
    }
    Files.writeString(folder.resolve("conf.yaml"), yaml);
  }

  private static void ask(ChatClient user, String bot, String answer) {
    user.send(bot, "hi");
    assertThat(user.takeMessage().body()).isEqualTo(answer);
  }

  @Test
  void oneComesChangesAndGoes_andTheOtherLosesNothing() throws Exception {
    String kept = "component: %s, post_url: '%s'".formatted(XmppServer.COMPONENT, echo("kept"));
    String other = "component: %s, post_url: '%s'";
    write(kept);
    GatewayProcess gateway =
        bed.use(
                GatewayProcess.start(
                    server, "http://127.0.0.1:1/", "--config=" + folder.resolve("conf.yaml")))
            .awaitReady();
    ChatClient alice = user("alice");
    ChatClient bob = user("bob");
    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<List<String>> traffic =
        CompletableFuture.supplyAsync(() -> keepTalking(bob, enough));

    write(kept, other.formatted(XmppServer.OTHER_COMPONENT, echo("first")));
    gateway.hangup();
    awaitStatus(gateway, "\"" + XmppServer.OTHER_COMPONENT + "\":\"connected\"");
    ask(alice, OTHER, "first hi");

    write(kept, other.formatted(XmppServer.OTHER_COMPONENT, echo("second")));
    gateway.hangup();
    Await.until(
        "its restart",
        LIMIT,
        () -> gateway.log().contains(XmppServer.OTHER_COMPONENT + " restarted"));
    awaitStatus(gateway, "\"" + XmppServer.OTHER_COMPONENT + "\":\"connected\"");
    ask(alice, OTHER, "second hi");

    write("component: nonsense nonsense");
    gateway.hangup();
    Await.until("refusal", LIMIT, () -> gateway.log().contains("nothing changed"));
    ask(alice, OTHER, "second hi");

    write(kept);
    gateway.hangup();
    Await.until(
        "its end", LIMIT, () -> gateway.log().contains(XmppServer.OTHER_COMPONENT + " stopped"));
    assertThat(gateway.readiness()).doesNotContain(XmppServer.OTHER_COMPONENT);
    assertThat(gateway.isReady()).isTrue();
    alice.send(OTHER, "hi");
    assertThat(alice.takeMessage().error()).isEqualTo("wait/remote-server-timeout");

    enough.set(true);
    List<String> answers = traffic.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(answers)
        .hasSizeGreaterThan(5)
        .isEqualTo(IntStream.range(0, answers.size()).mapToObj(i -> "kept " + i).toList());
    assertThat(bob.messagesWithin(Duration.ofMillis(300))).isEmpty();
    String label = "component=\"" + XmppServer.COMPONENT + "\"";
    assertThat(gateway.metric("stanzahook_stream_connects_total", label)).isEqualTo(1);
    assertThat(gateway.metric("stanzahook_stream_failures_total", label)).isZero();
    assertThat(gateway.scrape().keySet()).noneMatch(name -> name.contains("other.localhost\""));
  }

  private static List<String> keepTalking(ChatClient user, AtomicBoolean enough) {
    List<String> answers = new java.util.ArrayList<>();
    while (!enough.get()) {
      user.send(KEPT, Integer.toString(answers.size()));
      answers.add(user.takeMessage().body());
    }
    return answers;
  }

  private static void awaitStatus(GatewayProcess gateway, String status) {
    Await.until(status, LIMIT, () -> gateway.readiness().contains(status));
  }
}
