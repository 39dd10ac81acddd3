package io.stanzahook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.delivery.RetrySettings;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.sandbox.Peer;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** The engine in a Java program, without HTTP. */
class EmbeddingIT {
  private static final String DOMAIN = "bot.localhost";
  private static final XmlElement ANSWER = XmlElement.text("urn:example:answer", "answer", "42");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** A PNG of one pixel. */
  private static final String PIXEL =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

  private final LoopResources loops = LoopResources.create("embedding-it", 1, true);
  private final Peer peer = new Peer();
  private final BlockingQueue<String> failed = new LinkedTransferQueue<>();
  private ComponentServer server;

  @BeforeEach
  void listen() {
    server =
        ComponentServer.start(ComponentServerSettings.of(DOMAIN, "s3cr3t"), loops, peer)
            .block(PATIENCE);
  }

  @AfterEach
  void end() {
    server.stop().block(PATIENCE);
    loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
  }

  private GatewayBuilder builder() {
    return ComponentGateway.builder(DOMAIN)
        .server(ComponentServerSettings.LOOPBACK, server.port())
        .secret("s3cr3t")
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

  private void connected() throws InterruptedException {
    assertThat(peer.next()).isEqualTo("connected " + DOMAIN);
  }

  private void say(StanzaKind kind, String type, String body) {
    server
        .send(
            OutboundStanza.of(
                OutboundStanza.builder(kind, Jid.of("echo@" + DOMAIN), Jid.of("ann@localhost/r"))
                    .attribute("type", type)
                    .attribute("id", "i1")
                    .textChild(Namespaces.COMPONENT, "body", body)
                    .build()))
        .block(PATIENCE);
  }

  @Test
  @SuppressWarnings("try") // The end of what is typed ends the bot.
  void theExampleIsThatOfTheGuideAndAnswers() throws Exception {
    String example = Files.readString(Path.of("src/test/java/io/stanzahook/EchoBot.java"));
    String guide = Files.readString(Path.of("../docs/guide/embedding.md"));
    assertThat(guide).contains(example.substring(example.indexOf("    Gateway gateway =")));

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
      say(StanzaKind.MESSAGE, "chat", "hello");
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
    String example = Files.readString(Path.of("src/test/java/io/stanzahook/FaceBot.java"));
    assertThat(Files.readString(Path.of("../docs/guide/embedding.md")))
        .contains(
            example
                .substring(
                    example.indexOf("    Gateway gateway ="), example.indexOf("    return gateway"))
                .replaceAll("(?m)^    ", ""));
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
    gateway.stop(PATIENCE).block(PATIENCE);
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
  }

  @Test
  void aHandlerThatFailsFailsTheDelivery() throws Exception {
    Gateway gateway =
        builder()
            .answers(
                stanza -> {
                  throw new IllegalStateException("no answer to that");
                })
            .start();
    connected();
    say(StanzaKind.MESSAGE, "chat", "hello");
    assertThat(peer.next()).contains("type='error'", "<internal-server-error ");
    assertThat(failed.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo("the handler failed: java.lang.IllegalStateException: no answer to that");
    gateway.stop(PATIENCE).block(PATIENCE);
  }

  @Test
  void aHandlerThatNeverEndsFailsTheDelivery() throws Exception {
    Gateway gateway =
        builder().timeout(Duration.ofMillis(50)).answers(stanza -> Mono.never()).start();
    connected();
    say(StanzaKind.MESSAGE, "chat", "hello");
    assertThat(peer.next()).contains("type='error'", "<remote-server-timeout ");
    assertThat(failed.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo("the handler gave no result within 50 ms");
    gateway.stop(PATIENCE).block(PATIENCE);
  }

  @Test
  void aHandlerMayAnswerIqsWithStanzasAndOneThatSaysNothingAnswersThemEmpty() throws Exception {
    BlockingQueue<Stanza> handled = new LinkedTransferQueue<>();
    Gateway gateway =
        ComponentGateway.start(
            builder().stanzas(StanzaKind.IQ).webhook("http://unused.invalid/").settings(),
            (stanza, webhookId, attempt) -> {
              handled.add(stanza);
              return handled.size() > 1
                  ? Mono.empty()
                  : Mono.just(
                      new WebhookResult.Answered(
                          200, List.of(OutboundStanza.result((Iq) stanza, ANSWER)), List.of()));
            });
    connected();
    say(StanzaKind.IQ, "set", "what?");
    assertThat(peer.next()).contains("type='result'", ">42<");
    say(StanzaKind.IQ, "set", "what?");
    assertThat(peer.next()).contains("type='result'").doesNotContain("42");
    gateway.stop(PATIENCE).block(PATIENCE);
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
