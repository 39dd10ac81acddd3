package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bots of the documentation, as they are there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatewayBotsIT {
  @RegisterExtension final Bed bed = new Bed();

  private final XmppServer server = ProsodyServer.create();

  @BeforeAll
  void startServer() {
    bed.share(server).start();
    server.register("alice");
  }

  static Stream<Arguments> bots() {
    return Stream.of(
        Arguments.of(Named.<Supplier<BotServer>>of("PHP", BotServer::php)),
        Arguments.of(Named.<Supplier<BotServer>>of("Python", BotServer::python)),
        Arguments.of(Named.<Supplier<BotServer>>of("Node", BotServer::node)));
  }

  @ParameterizedTest
  @MethodSource("bots")
  void answers(Supplier<BotServer> kind) {
    BotServer bot = bed.use(kind.get());
    bed.use(GatewayProcess.start(server, bot.url())).awaitReady();
    ChatClient alice = bed.use(ChatClient.login(server, "alice"));

    for (int n = 1; n <= 3; n++) {
      alice.send(InteropContract.BOT, "Gr\u00fc\u00dfe " + n + " & \ud83d\ude00");
      assertThat(alice.takeMessage().body())
          .isEqualTo("Did you say Gr\u00fc\u00dfe " + n + " & \ud83d\ude00?");
    }
  }

  static Stream<Arguments> bothForms() {
    return Stream.of(
        Arguments.of(Named.<Supplier<BotServer>>of("PHP", BotServer::batchPhp)),
        Arguments.of(Named.<Supplier<BotServer>>of("Python", BotServer::batchPython)),
        Arguments.of(Named.<Supplier<BotServer>>of("Node", BotServer::batchNode)));
  }

  @Test
  void theFastBotAnswersBatches() {
    BotServer bot = bed.use(BotServer.fastPython());
    bed.use(GatewayProcess.start(server, bot.url(), "--batch=10", "--concurrency=1")).awaitReady();
    ChatClient alice = bed.use(ChatClient.login(server, "alice"));
    for (int n = 1; n <= 20; n++) {
      alice.send(InteropContract.BOT, "hello " + n);
    }
    for (int n = 1; n <= 20; n++) {
      assertThat(alice.takeMessage().body()).isEqualTo("Did you say hello " + n + "?");
    }
  }

  @ParameterizedTest
  @MethodSource("bothForms")
  void answersAloneAndInBatches(Supplier<BotServer> kind) {
    BotServer bot = bed.use(kind.get());
    for (String batch : List.of("1", "10")) {
      // One call at a time: what comes meanwhile goes together.
      try (GatewayProcess gateway =
              GatewayProcess.start(server, bot.url(), "--batch", batch, "--concurrency", "1");
          ChatClient alice = ChatClient.login(server, "alice")) {
        gateway.awaitReady();
        for (int n = 1; n <= 20; n++) {
          alice.send(InteropContract.BOT, "Gr\u00fc\u00dfe " + n);
        }
        for (int n = 1; n <= 20; n++) {
          assertThat(alice.takeMessage().body())
              .isEqualTo("Did you say Gr\u00fc\u00dfe " + n + "?");
        }
      }
    }
  }
}
