package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.app.interop.WebhookServer.Request;
import io.stanzahook.signing.NewSigningKey;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A request of the running gateway, verified by those who did not write it: the library of Standard
 * Webhooks, and the bots of the documentation. It is signed with two shared secrets, as while one
 * takes the other's place, and with a private key.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SignaturesIT {
  private static final NewSigningKey OLD = NewSigningKey.shared();
  private static final NewSigningKey NEW = NewSigningKey.shared();
  private static final NewSigningKey PAIR = NewSigningKey.asymmetric();
  private static final List<String> SIGNED =
      List.of("webhook-id", "webhook-timestamp", "webhook-signature");

  @RegisterExtension final Bed bed = new Bed();

  private final XmppServer server = ProsodyServer.create();
  private final TestFolder folder = TestFolder.create("signing");
  private Request request = new Request("", Map.of(), "");
  private String log = "";

  @BeforeAll
  void captureARequest() {
    bed.share(server).start();
    server.register("alice");
    WebhookServer webhook = bed.share(WebhookServer.answering(r -> Answer.body("taken")));
    try (folder) {
      String file =
          folder
              .write("secrets", NEW.secret() + "\n# old\n" + OLD.secret() + "\n" + PAIR.secret())
              .toString();
      GatewayProcess gateway =
          bed.share(GatewayProcess.start(server, webhook.url(), "--signing-secret-file", file));
      gateway.awaitReady();
      ChatClient alice = bed.share(ChatClient.login(server, "alice"));
      alice.send(InteropContract.BOT, "Gr\u00fc\u00dfe & \ud83d\ude00");
      assertThat(alice.takeMessage().body()).isEqualTo("taken");
      log = gateway.log();
    }
    request = webhook.requests().get(0);
  }

  @Test
  void theStandardsLibraryTakesItWithEitherSecretAlone() {
    assertThat(header("webhook-signature")).matches("v1,\\S{44} v1,\\S{44} v1a,\\S{88}");
    for (NewSigningKey key : List.of(OLD, NEW)) {
      assertThatCode(() -> verify(key.secret(), request.body(), request.headers()))
          .doesNotThrowAnyException();
    }
    assertThatThrownBy(
            () -> verify(NewSigningKey.shared().secret(), request.body(), request.headers()))
        .isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void theStandardsLibraryRefusesAnyOtherBody() {
    assertThat(IntStream.range(0, request.body().length()))
        .allSatisfy(
            at ->
                assertThatThrownBy(
                        () -> verify(NEW.secret(), changed(request.body(), at), request.headers()))
                    .isInstanceOf(WebhookVerificationException.class));
  }

  @ParameterizedTest
  @MethodSource("otherHeaders")
  void theStandardsLibraryRefusesOtherHeaders(String name, String value) {
    assertThatThrownBy(() -> verify(NEW.secret(), request.body(), with(name, value)))
        .isInstanceOf(WebhookVerificationException.class);
  }

  Stream<Arguments> otherHeaders() {
    long timestamp = Long.parseLong(header("webhook-timestamp"));
    return Stream.of(
        Arguments.of("webhook-timestamp", Long.toString(timestamp + 1)),
        Arguments.of("webhook-timestamp", Long.toString(timestamp - 1)),
        Arguments.of("webhook-id", header("webhook-id") + "0"),
        Arguments.of(
            "webhook-signature", changed(header("webhook-signature"), 10).replaceAll(" .*", "")));
  }

  static Stream<Arguments> bots() {
    return Stream.of(
        bot("PHP", BotServer::signedPhp, NEW.verifier()),
        bot("PHP, old secret", BotServer::signedPhp, OLD.verifier()),
        bot("Python", BotServer::signedPython, NEW.verifier()),
        bot("Python, old secret", BotServer::signedPython, OLD.verifier()),
        bot("Node", BotServer::signedNode, NEW.verifier()),
        bot("Node, old secret", BotServer::signedNode, OLD.verifier()),
        bot("Node, public key", BotServer::signedNode, PAIR.verifier()));
  }

  private static Arguments bot(String name, Function<String, BotServer> start, String key) {
    return Arguments.of(Named.of(name, start), key);
  }

  @ParameterizedTest
  @MethodSource("bots")
  void theDocumentationsBotsAnswerItAndNothingElse(Function<String, BotServer> start, String key)
      throws Exception {
    String url = bed.use(start.apply(key)).url();
    HttpResponse<String> answer = send(url, request.body(), request.headers());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("Did you say Gr");

    String body = request.body();
    assertThat(send(url, changed(body, body.length() / 2), request.headers()).statusCode())
        .isEqualTo(401);
    for (Arguments other : otherHeaders().toList()) {
      Map<String, String> headers = with((String) other.get()[0], (String) other.get()[1]);
      assertThat(send(url, body, headers).statusCode()).as("%s", other.get()[0]).isEqualTo(401);
    }
    assertThat(send(url, body, Map.of()).statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @MethodSource("bots")
  void theDocumentationsBotsRefuseOtherKeys(Function<String, BotServer> start, String key)
      throws Exception {
    boolean pair = key.equals(PAIR.verifier());
    NewSigningKey other = pair ? NewSigningKey.asymmetric() : NewSigningKey.shared();
    String url = bed.use(start.apply(other.verifier())).url();
    assertThat(send(url, request.body(), request.headers()).statusCode()).isEqualTo(401);
  }

  @Test
  void theLogShowsNoSecret() {
    assertThat(log)
        .isNotEmpty()
        .doesNotContain("whsec_", "whsk_", NEW.secret().substring(6), OLD.secret().substring(6));
  }

  private String header(String name) {
    return Objects.requireNonNull(request.headers().get(name));
  }

  private Map<String, String> with(String name, String value) {
    Map<String, String> headers = new LinkedHashMap<>(request.headers());
    headers.put(name, value);
    return headers;
  }

  /** With one character for another. */
  private static String changed(String text, int at) {
    char other = text.charAt(at) == 'x' ? 'y' : 'x';
    return text.substring(0, at) + other + text.substring(at + 1);
  }

  private static void verify(String secret, String body, Map<String, String> headers)
      throws WebhookVerificationException, EmptyWebhookSecretException {
    new Webhook(secret)
        .verify(
            body,
            headers.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue()))));
  }

  private static HttpResponse<String> send(String url, String body, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder post =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofMinutes(2))
            .version(HttpClient.Version.HTTP_1_1)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (String name : SIGNED) {
      if (headers.containsKey(name)) {
        post.header(name, Objects.requireNonNull(headers.get(name)));
      }
    }
    return HttpClient.newHttpClient().send(post.build(), BodyHandlers.ofString());
  }
}
