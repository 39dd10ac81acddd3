package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.stanza.Jid;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy that decodes paths and resolves them, as nginx does with a path in proxy_pass. */
class NginxIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** What strangers may call themselves. */
  private static final List<String> RESOURCES =
      List.of(
          "phone",
          "../../internal/delete-user",
          "../internal/delete-user",
          "..",
          ".",
          "./",
          "a/../../../internal/x",
          "a//b",
          "/a",
          "a/",
          "%2e%2e/%2e%2e/internal/delete-user",
          "..%2f..%2finternal/delete-user",
          "..%252f..%252finternal/delete-user",
          "..%25252f..%25252finternal/delete-user",
          "..\\..\\internal\\delete-user",
          "..%5c..%5cinternal%5cdelete-user",
          "..;a=b/..;/internal/delete-user",
          "~2E~2E~2Finternal",
          "~");

  @RegisterExtension final Bed bed = new Bed();

  @ParameterizedTest
  @ValueSource(
      strings = {"/xmpp/{from.resource}/end", "/xmpp/{from}", "/twice/{from.resource}/end"})
  void noSenderReachesWhatLiesBesideTheWebhook(String path) {
    SandboxServer server = bed.use(SandboxServer.started());
    WebhookServer webhook = bed.use(WebhookServer.answering(request -> Answer.body("ok")));
    WebhookServer internal = bed.use(WebhookServer.answering(request -> Answer.body("deleted")));
    Daemon nginx = bed.use(Daemon.nginxBefore(webhook.url(), internal.url()));
    bed.use(GatewayProcess.start(server, nginx.url() + path)).awaitReady();

    List<Jid> senders = new ArrayList<>();
    senders.add(Jid.of("mallory@" + XmppServer.HOST));
    RESOURCES.forEach(
        resource -> senders.add(Jid.of("mallory@" + XmppServer.HOST + '/' + resource)));
    senders.forEach(sender -> server.send(sender, "m", "hello"));
    Await.until("all are answered", LIMIT, () -> server.answered() == senders.size());

    assertThat(internal.requests()).isEmpty();
    assertThat(server.errors()).isZero();
    List<String> paths = webhook.requests().stream().map(WebhookServer.Request::path).toList();
    assertThat(paths).hasSize(senders.size()).doesNotHaveDuplicates();
    for (WebhookServer.Request request : webhook.requests()) {
      Jid from = Jid.of(request.property("from"));
      assertThat(decoded(request.path())).startsWith("/hook/");
      List<String> pieces = List.of(decoded(request.path()).split("[/\\\\]", -1));
      // The first is what stands before the first slash.
      assertThat(pieces.subList(1, pieces.size())).as("%s", from).doesNotContain("", ".", "..");
      if (path.endsWith("/end")) {
        assertThat(pieces).as("%s", from).endsWith("end");
        // A slash that does no harm is one to nginx.
        String value = String.join("/", pieces.subList(2, pieces.size() - 1));
        assertThat(undone(value)).isEqualTo(from.resource() == null ? "" : from.resource());
      }
    }
  }

  private static String undone(String piece) {
    return piece.equals("~")
        ? ""
        : URLDecoder.decode(
            Pattern.compile("~([0-9A-F]{2})").matcher(piece).replaceAll("%$1"),
            StandardCharsets.UTF_8);
  }

  private static String decoded(String path) {
    String once = URLDecoder.decode(path, StandardCharsets.UTF_8);
    return once.equals(path) ? once : decoded(once);
  }
}
