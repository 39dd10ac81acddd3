package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bots that the documentation shows outlive what is no POST, such as the OPTIONS of check. */
class BotServerIT {
  private static Stream<Arguments> bots() {
    return Stream.of(
        bot("bot.php", BotServer::php),
        bot("bot.py", BotServer::python),
        bot("bot.js", BotServer::node),
        bot("batch.php", BotServer::batchPhp),
        bot("batch.py", BotServer::batchPython),
        bot("batch.js", BotServer::batchNode));
  }

  private static Arguments bot(String name, Supplier<BotServer> bot) {
    return Arguments.of(Named.of(name, bot));
  }

  @ParameterizedTest
  @MethodSource("bots")
  void answersAfterARequestThatIsNoPost(Supplier<BotServer> start) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    try (BotServer bot = start.get()) {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(bot.url()));
      HttpRequest options = request.method("OPTIONS", BodyPublishers.noBody()).build();
      assertThat(client.send(options, BodyHandlers.ofString()).body()).doesNotContain("say");
      HttpRequest post =
          request.POST(BodyPublishers.ofString("{\"kind\":\"message\",\"body\":\"Hi\"}")).build();
      assertThat(client.send(post, BodyHandlers.ofString()).body()).contains("Did you say Hi?");
    }
  }
}
