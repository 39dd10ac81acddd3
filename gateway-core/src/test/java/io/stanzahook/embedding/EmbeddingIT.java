package io.stanzahook.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stanzahook.ComponentGateway;
import io.stanzahook.Gateway;
import io.stanzahook.GatewayBuilder;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.delivery.RetrySettings;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.metrics.GatewayMeter;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.sandbox.TestCa;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** The engine in a Java program, without HTTP. */
class EmbeddingIT extends EmbeddingFixture {
  private static final XmlElement ANSWER = XmlElement.text("urn:example:answer", "answer", "42");
  private static final Path EXAMPLES = Path.of("src/test/java/io/stanzahook/embedding");

  /** A PNG of one pixel. */
  private static final String PIXEL =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

  private final BlockingQueue<String> failed = new LinkedTransferQueue<>();

  /** Tries once, and remembers why. */
  private GatewayBuilder once() {
    return builder()
        .retry(RetrySettings.NEVER)
        .listener(
            new DeliveryListener() {
              @Override
              public void gaveUp(
                  Stanza stanza, String webhookId, int attempts, WebhookResult.Failed failure) {
                failed.add(failure.detail());
              }
            });
  }

  private static String guide() throws IOException {
    return Files.readString(Path.of("../docs/guide/embedding.md"));
  }

  /** The part of an example that the guide shows, without its indentation. */
  private static String example(String file, String from, String to) throws IOException {
    String example = Files.readString(EXAMPLES.resolve(file));
    return example
        .substring(example.indexOf(from), example.indexOf(to))
        .replaceAll("(?m)^    ", "");
  }

  @Test
  @SuppressWarnings("try") // The end of what is typed ends the bot.
  void theExampleIsThatOfTheGuideAndAnswers() throws Exception {
    String example = Files.readString(EXAMPLES.resolve("EchoBot.java"));
    assertThat(guide())
        .contains(
            example.substring(example.indexOf("import ")).replaceAll("(?m)^ */\\*\\*.*\\*/\n", ""));

    InputStream before = System.in;
    try (PipedOutputStream keyboard = new PipedOutputStream()) {
      System.setIn(new PipedInputStream(keyboard));
      CompletableFuture<Void> bot =
          CompletableFuture.runAsync(
              () -> {
                try {
                  EchoBot.main(new String[] {"" + server.port()});
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      connected();
      say("ann", "hello");
      assertThat(peer.next())
          .startsWith("received <message ")
          .contains("to='ann@localhost/r'", "<body>You said: hello</body>");
      keyboard.close();
      bot.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void theExampleWithAFaceIsThatOfTheGuideAndHasOne(@TempDir Path folder) throws Exception {
    assertThat(guide())
        .contains(example("FaceBot.java", "    Gateway gateway =", "    return gateway"));
    Path picture = Files.write(folder.resolve("bot.png"), Base64.getDecoder().decode(PIXEL));
    Gateway gateway = FaceBot.start(server.port(), picture);
    connected();
    assertThat(peer.next())
        .contains("to='ops@rooms.localhost/deploybot'", "http://jabber.org/protocol/muc");
    ask("get", "<vCard xmlns='vcard-temp'/>");
    assertThat(peer.next()).contains("<FN>Deploy bot</FN>", "image/png", PIXEL);
    ask("set", "<command xmlns='http://jabber.org/protocol/commands' node='deploy'/>");
    String form = peer.next();
    assertThat(form).contains("status='executing'", "var='service'");
    ask(
        "set",
        "<command xmlns='http://jabber.org/protocol/commands' node='deploy' sessionid='%s'><x xmlns='jabber:x:data' type='submit'><field var='service'><value>shop</value></field></x></command>"
            .formatted(form.replaceFirst("(?s).*sessionid='([^']*)'.*", "$1")));
    assertThat(peer.next()).contains("status='completed'", "Deployed shop");
    stop(gateway);
  }

  @Test
  void theExampleThatKeepsMessagesIsThatOfTheGuideAndKeepsThem(@TempDir Path folder)
      throws Exception {
    assertThat(guide())
        .contains(example("KeptBot.java", "    GatewayMetrics metrics =", "    return gateway"));
    TestCa ca = TestCa.create();
    Path pem = Files.writeString(folder.resolve("ca.pem"), ca.pem());
    ComponentServer secure =
        ComponentServer.startTls(
                ComponentServerSettings.of(DOMAIN, SECRET),
                TestCa.server(ca.issue("localhost"), "TLSv1.3"),
                loops,
                peer)
            .block(PATIENCE);
    MeterRegistry registry = new SimpleMeterRegistry();
    Gateway gateway = KeptBot.start(secure.port(), pem, folder.resolve("spool"), registry);
    connected();
    say(secure, StanzaKind.MESSAGE, "chat", "ann", "apple");
    assertThat(peer.next()).contains("apple: not in the book, says boundedElastic");
    assertThat(gateway.spool()).isNotNull();
    assertThat(
            registry
                .get(GatewayMeter.STANZAS_RECEIVED.meterName())
                .tag("kind", "message")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(registry.get(GatewayMeter.STREAM_CONNECTS.meterName()).counter().count())
        .isEqualTo(1);
    assertThat(registry.get(GatewayMeter.WEBHOOK_CONCURRENCY_LIMIT.meterName()).gauge().value())
        .isEqualTo(16);
    assertThat(registry.get(GatewayMeter.SPOOL_LIMIT.meterName()).gauge().value())
        .isEqualTo(1 << 30);
    stop(gateway);
    secure.stop().block(PATIENCE);
  }

  private void ask(String type, String payload) throws Exception {
    server
        .send(
            OutboundStanza.of(
                OutboundStanza.builder(
                        StanzaKind.IQ, Jid.of("echo@" + DOMAIN), Jid.of("ann@localhost/r"))
                    .attribute("type", type)
                    .attribute("id", "i1")
                    .child(XmlParser.parse(payload, XmlLimits.INBOUND))
                    .build()))
        .block(PATIENCE);
  }

  @Test
  void whatCannotBeMeantIsSaidByTheBuilder() {
    GatewayBuilder builder = ComponentGateway.builder(DOMAIN).secret("x").webhook("http://bot/");
    assertThatThrownBy(() -> builder.avatar(new byte[3]))
        .hasMessageStartingWith("the picture is not a picture that clients show");
    assertThatThrownBy(() -> builder.room("rooms.localhost"))
        .hasMessageContaining("is not the address of a room");
    assertThatThrownBy(() -> builder.commands("[{\"name\":\"x\"},{\"nodes\":1}]"))
        .hasMessageStartingWith("commands: command 1: needs 'node'")
        .hasMessageContaining("command 2: 'nodes' is none of");
    assertThatThrownBy(() -> builder.commands("["))
        .hasMessageStartingWith("the commands are not JSON: ");
    assertThatThrownBy(() -> builder.filter("kind=mesage action=drop").settings())
        .hasMessageStartingWith("filter: rule 1: kind 'mesage'");
    assertThatThrownBy(() -> builder.webhook("bot.example.org"))
        .hasMessage("webhook: the URL does not begin with http:// or https://");
    assertThatThrownBy(() -> builder.server("localhost", 70_000))
        .hasMessage("bot.localhost: the server's port must be from 1 to 65535, and is 70000");
    assertThatThrownBy(() -> builder.name("two\nlines"))
        .hasMessageStartingWith("the name is not a nick: give 1 to 128 characters");
    assertThatThrownBy(() -> ComponentGateway.builder("echo@bot.localhost"))
        .hasMessage("'echo@bot.localhost' is not a domain; write one such as echo.example.org");
  }

  @Test
  void aHandlerThatFailsFailsTheDelivery() throws Exception {
    Gateway gateway =
        once()
            .answers(
                stanza -> {
                  throw new IllegalStateException("no answer to that");
                })
            .start();
    connected();
    say("ann", "hello");
    assertThat(peer.next()).contains("type='error'", "<internal-server-error ");
    assertThat(next(failed))
        .isEqualTo("the handler failed: java.lang.IllegalStateException: no answer to that");
    stop(gateway);
  }

  @Test
  void aHandlerThatNeverEndsFailsTheDelivery() throws Exception {
    Gateway gateway = once().timeout(Duration.ofMillis(50)).answers(stanza -> Mono.never()).start();
    connected();
    say("ann", "hello");
    assertThat(peer.next()).contains("type='error'", "<remote-server-timeout ");
    assertThat(next(failed)).isEqualTo("the handler gave no result within 50 ms");
    stop(gateway);
  }

  @Test
  void aHandlerMayAnswerIqsWithStanzasAndOneThatSaysNothingAnswersThemEmpty() throws Exception {
    BlockingQueue<Stanza> handled = new LinkedTransferQueue<>();
    Gateway gateway =
        ComponentGateway.start(
            once().stanzas(StanzaKind.IQ).webhook("http://unused.invalid/").settings(),
            (stanza, webhookId, attempt) -> {
              handled.add(stanza);
              return handled.size() > 1
                  ? Mono.empty()
                  : Mono.just(
                      new WebhookResult.Answered(
                          200, List.of(OutboundStanza.result((Iq) stanza, ANSWER)), List.of()));
            });
    connected();
    say(server, StanzaKind.IQ, "set", "ann", "what?");
    assertThat(peer.next()).contains("type='result'", ">42<");
    say(server, StanzaKind.IQ, "set", "ann", "what?");
    assertThat(peer.next()).contains("type='result'").doesNotContain("42");
    stop(gateway);
  }

  @Test
  void whatIsMissingIsSaid() {
    assertThatThrownBy(() -> ComponentGateway.builder(DOMAIN).webhook("http://bot/").start())
        .hasMessage("bot.localhost: give the builder the secret");
    assertThatThrownBy(() -> ComponentGateway.builder(DOMAIN).secret("x").start())
        .hasMessage(
            "bot.localhost: give the builder a webhook: a URL, a Webhook, or a function that"
                + " answers");
  }
}
