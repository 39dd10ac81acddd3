package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.exchange.NastyReply;
import io.stanzahook.sandbox.Bomb;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What no user and no webhook can do to the others: end the stream, or fill the memory. All tests
 * of a server go to one gateway with one stream, which is the same at their end.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class HostileContract {
  private static final String BOT = "echo@" + XmppServer.COMPONENT;

  /** All of the process: heap, code, threads, buffers. */
  private static final long MOST_MEMORY_MIB = 300;

  /** Long enough for a wrong second bounce to arrive, which nothing announces. */
  private static final Duration QUIET = Duration.ofMillis(300);

  /** More bytes than any tag of a bomb has. */
  private static final int LONGEST_TAG = 1_000_000;

  private static final int LONG_REPLY = 1_000;

  private static final Pattern SUM = Pattern.compile("(\\d+) more replies were not sent");

  @RegisterExtension final Bed bed = new Bed();

  private final XmppServer server;
  private final List<NastyReply> nasty = NastyReply.all(XmppServer.COMPONENT);
  private final WebhookServer webhook = WebhookServer.answering(this::answer);
  private GatewayProcess gateway;
  private ChatClient mallory;
  private ChatClient alice;
  private int sent;

  HostileContract(XmppServer server) {
    this.server = server;
  }

  @BeforeAll
  void start() {
    bed.share(server).start();
    bed.share(webhook);
    gateway =
        bed.share(
                GatewayProcess.startWithHeap(
                    "256m",
                    server,
                    webhook.url(),
                    "--max-response",
                    Integer.toString(NastyReply.MAX_RESPONSE)))
            .awaitReady();
    server.register("mallory");
    server.register("alice");
    alice = bed.share(ChatClient.login(server, "alice"));
  }

  /** Anew for each test: a server may well end the session of one who sends it bombs. */
  @BeforeEach
  void login() {
    mallory = bed.use(ChatClient.login(server, "mallory"));
  }

  /** Whether the server lets that bomb through. */
  boolean relays(Bomb bomb) {
    return true;
  }

  private List<Bomb> relayed() {
    return Arrays.stream(Bomb.values()).filter(this::relays).toList();
  }

  private Answer answer(WebhookServer.Request request) {
    // What it sent to nobody, or to itself, comes back.
    if (request.property("type").equals("error")
        || request.property("from").contains(XmppServer.COMPONENT)) {
      return Answer.status(204);
    }
    String said = request.property("body");
    if (!said.startsWith("nasty ")) {
      return Answer.body("ok " + said);
    }
    NastyReply reply = nasty.get(Integer.parseInt(said.substring("nasty ".length())));
    return new Answer(200, reply.contentType(), reply.body());
  }

  @AfterEach
  void theStreamIsStillTheFirstOne() {
    assertThat(gateway.metric("stanzahook_stream_connects_total")).isEqualTo(1);
    assertThat(gateway.metric("stanzahook_stream_connected")).isEqualTo(1);
  }

  @AfterAll
  void memoryStayedBounded() {
    assertThat(gateway.peakMemory()).isLessThan(MOST_MEMORY_MIB);
  }

  /**
   * Sends it and, as a client that goes on talking, more bytes: a current libexpat parses a tag
   * that was cut by a read again only once twice as much has come, so servers hold back what ends a
   * client's bytes.
   */
  private void throwAtTheBot(String xml) {
    mallory.sendRaw(xml + " ".repeat(Math.min(xml.length(), LONGEST_TAG)));
  }

  /** Another user's message, right behind what was just sent, is answered. */
  private void othersAreAnswered() {
    String text = "after " + ++sent;
    alice.send(BOT, text);
    assertThat(alice.takeMessage().body()).isEqualTo("ok " + text);
  }

  private double refused() {
    return gateway.metric("stanzahook_stanzas_refused_total");
  }

  private void isRefused(Bomb bomb, String root, double before) {
    String reason = "reason=\"" + bomb.refusal().label() + "\"";
    Await.until(
        bomb + " in <" + root + "> is counted",
        ChatClient.LIMIT,
        () -> gateway.metric("stanzahook_stanzas_refused_total") == before + 1);
    assertThat(gateway.metric("stanzahook_stanzas_refused_total", reason)).isPositive();
  }

  @ParameterizedTest
  @MethodSource("relayed")
  void b13_aBombCostsOnlyItself(Bomb bomb) {
    String id = "bomb" + ++sent;
    double before = refused();

    throwAtTheBot(bomb.sent("message to='" + BOT + "' type='chat' id='" + id + "'"));
    othersAreAnswered();

    ChatStanza bounce = mallory.takeMessage();
    assertThat(bounce.id()).isEqualTo(id);
    assertThat(bounce.error()).isEqualTo("modify/policy-violation");
    assertThat(bounce.text("errorText")).startsWith("The stanza ");
    isRefused(bomb, "message", before);
    assertThat(mallory.messagesWithin(QUIET)).isEmpty();
    assertThat(mallory.history()).filteredOn(stanza -> stanza.id().equals(id)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "set"})
  void b13_aRequestThatIsABombIsAnsweredOnce(String type) {
    String id = "bomb" + ++sent;
    double before = refused();

    throwAtTheBot(Bomb.DEEP.sent("iq to='" + BOT + "' type='" + type + "' id='" + id + "'"));
    othersAreAnswered();

    isRefused(Bomb.DEEP, "iq", before);
    Await.until(
        "the answer to " + id,
        ChatClient.LIMIT,
        () -> mallory.history().stream().anyMatch(stanza -> stanza.id().equals(id)));
    mallory.messagesWithin(QUIET);
    assertThat(mallory.history())
        .filteredOn(stanza -> stanza.id().equals(id))
        .extracting(ChatStanza::error)
        .containsExactly("modify/policy-violation");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "message type='groupchat'",
        "message type='error'",
        "iq type='result'",
        "iq type='error'",
        "presence type='unavailable'"
      })
  void b13_whatIsNeverAnsweredIsNotBouncedEither(String stanza) {
    String id = "bomb" + ++sent;
    String root = stanza + " to='" + BOT + "' id='" + id + "'";
    double before = refused();

    throwAtTheBot(Bomb.CHILDREN.sent(root));
    othersAreAnswered();

    isRefused(Bomb.CHILDREN, root, before);
    assertThat(mallory.messagesWithin(QUIET)).isEmpty();
    assertThat(mallory.history()).filteredOn(any -> any.id().equals(id)).isEmpty();
  }

  @Test
  void c14_b15_whateverTheWebhookAnswersTheStreamLives() {
    int dropped = 0;
    for (int n = 0; n < nasty.size(); n++) {
      NastyReply reply = nasty.get(n);
      long before = fromTheBot();
      mallory.send(BOT, "nasty " + n);
      String answer = "ok behind " + n;
      mallory.send(BOT, "behind " + n);
      if (reply.body().length() > LONG_REPLY) {
        keepTalking(answer, Math.min(reply.body().length(), LONGEST_TAG));
      }

      // Later in the same conversation: so all that the nasty reply was to bring has come.
      mallory.takeMessage("the answer behind " + reply, m -> m.body().equals(answer));

      assertThat(gateway.metric("stanzahook_stream_connects_total")).as("%s", reply).isEqualTo(1);
      dropped += reply.dropped() == null ? 0 : 1;
      assertThat(gateway.metric("stanzahook_webhook_replies_dropped_total"))
          .as("%s", reply)
          .isEqualTo(dropped);
      if (reply.comesBack()) {
        assertThat(fromTheBot()).as("%s", reply).isEqualTo(before + 2);
      } else if (reply.dropped() != null) {
        assertThat(fromTheBot()).as("%s", reply).isEqualTo(before + 1);
      }
    }
    isLogged(dropped);
  }

  /**
   * Another user's words follow the bot's until they have come: the client's own libexpat too waits
   * for more bytes behind a long tag that reads cut.
   */
  private void keepTalking(String answer, int bytes) {
    Await.until(
        answer,
        ChatClient.LIMIT,
        () -> {
          alice.send(mallory.jid(), "x".repeat(bytes));
          return Await.holds(
              Duration.ofSeconds(1),
              () -> mallory.history().stream().anyMatch(m -> m.body().equals(answer)));
        });
  }

  private long fromTheBot() {
    return mallory.history().stream()
        .filter(
            stanza ->
                stanza.from().endsWith(XmppServer.COMPONENT)
                    || stanza.from().contains(XmppServer.COMPONENT + "/"))
        .count();
  }

  /** Each has a line of its own, or is counted in a sum that follows within ten seconds. */
  private void isLogged(int dropped) {
    Await.until(
        "each dropped reply is logged or summed", ChatClient.LIMIT, () -> logged() == dropped);
  }

  private long logged() {
    return gateway
        .log()
        .lines()
        .mapToLong(
            line -> {
              Matcher sum = SUM.matcher(line);
              return sum.find()
                  ? Long.parseLong(sum.group(1))
                  : line.contains(" was not sent (") ? 1 : 0;
            })
        .sum();
  }
}
