package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A program that knows nothing but a URL, a token in it. */
class HookUrlIT {
  private static final String TOKEN = "s3cretT0ken";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @RegisterExtension final Bed bed = new Bed();
  @TempDir Path folder;

  @Test
  void theTokenIsInNoLog() throws Exception {
    XmppServer server = bed.use(ProsodyServer.create());
    server.start();
    server.register("romeo");
    ChatClient romeo = bed.use(ChatClient.login(server, "romeo"));
    Path tokens = Files.writeString(folder.resolve("tokens"), TOKEN + "\n");
    GatewayProcess gateway =
        bed.use(
                GatewayProcess.start(
                    server, "http://127.0.0.1:9/", "--api-token-file", tokens.toString()))
            .awaitReady();

    HttpResponse<String> sent = post(gateway, "/hooks/slack/romeo@localhost?token=" + TOKEN);
    assertThat(sent.statusCode()).isEqualTo(200);
    assertThat(sent.body()).isEqualTo("ok");
    assertThat(romeo.takeMessage().body()).isEqualTo("hello");

    for (String refused :
        List.of(
            "/hooks/slack/romeo@localhost?token=" + TOKEN + "-not",
            "/hooks/slack/romeo@localhost?type=none&token=" + TOKEN,
            "/hooks/" + "x".repeat(9_000) + "?token=" + TOKEN,
            "/msg/romeo@localhost?token=" + TOKEN,
            "/nowhere?token=" + TOKEN)) {
      HttpResponse<String> response = post(gateway, refused);
      assertThat(response.statusCode()).as(refused).isBetween(400, 499);
      assertThat(response.body()).doesNotContain(TOKEN);
    }
    gateway.terminate();
    assertThat(gateway.awaitExit()).isZero();
    assertThat(gateway.log()).contains("connected").doesNotContain(TOKEN);
  }

  private static HttpResponse<String> post(GatewayProcess gateway, String path) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(gateway.httpUrl() + path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"text\": \"hello\"}"))
            .build(),
        BodyHandlers.ofString());
  }
}
