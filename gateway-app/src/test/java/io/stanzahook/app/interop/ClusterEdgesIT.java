package io.stanzahook.app.interop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Ports;
import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.cluster.Brokers;
import io.stanzahook.settings.HostPort;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stream.ComponentSettings;
import io.stanzahook.stream.ComponentStream;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.wire.WireLimits;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import reactor.netty.resources.LoopResources;

/**
 * One component with two connections, on an ejabberd that shares its stanzas out by sender: first
 * in one process, then in two.
 */
class ClusterEdgesIT {
  private static final int USERS = 12;
  private static final int MESSAGES = 5;
  private static final String TOKEN = "t0ken";

  /** Between two requests to share the streams. */
  private static final long AGAIN = Duration.ofSeconds(5).toNanos();

  @RegisterExtension final Bed bed = new Bed();
  @TempDir private Path folder;

  private final LoopResources loops = LoopResources.create("edges-test", 1, true);
  private final HttpClient http = HttpClient.newHttpClient();
  private final TestFolder tokens = TestFolder.create("edges");

  /** What the webhook got, and what users got, by user. */
  private final Map<String, List<String>> posted = new ConcurrentHashMap<>();

  private final Map<String, List<String>> answered = new ConcurrentHashMap<>();
  private Brokers brokers;
  private XmppServer server;
  private ComponentStream users;
  private int sent;

  @BeforeEach
  void start() {
    server = bed.use(EjabberdServer.createBalanced(2));
    server.start();
    brokers = Brokers.start(folder, 1);
    users =
        new ComponentStream(
            new ComponentSettings(
                new HostPort("127.0.0.1", server.componentPort()),
                XmppServer.OTHER_COMPONENT,
                XmppServer.SECRET,
                null,
                WireLimits.DEFAULTS,
                ComponentSettings.DEFAULT_OPEN_TIMEOUT,
                Duration.ofMinutes(5),
                100_000,
                Duration.ofMinutes(5)),
            loops,
            StreamListener.NONE);
    users.stanzas().subscribe(this::received);
  }

  @AfterEach
  void stop() {
    users.close().block(Patience.LONG);
    brokers.close();
    tokens.close();
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(3)).block();
  }

  private void received(Stanza stanza) {
    if (stanza instanceof Iq iq && iq.isRequest()) {
      send(
          List.of(
              stanza(
                  "<iq xmlns='jabber:component:accept' type='result' from='%s' to='%s' id='%s'/>"
                      .formatted(iq.to(), iq.from(), iq.id()))));
    } else if (stanza instanceof Message message && message.body() != null) {
      note(answered, requireNonNull(message.to().local()), message.body());
    }
  }

  private static void note(Map<String, List<String>> where, String user, String what) {
    where.computeIfAbsent(user, name -> new CopyOnWriteArrayList<>()).add(what);
  }

  private void send(List<OutboundStanza> stanzas) {
    users.send(stanzas).subscribe(nothing -> {}, error -> {});
  }

  private static OutboundStanza stanza(String xml) {
    try {
      return OutboundStanza.of(XmlParser.parse(xml, XmlLimits.OUTBOUND));
    } catch (XmlException e) {
      throw new IllegalStateException(e);
    }
  }

  private GatewayProcess gateway(WebhookServer webhook) {
    return bed.use(
        GatewayProcess.start(
            server,
            webhook.url(),
            "--cluster=kafka://" + brokers.addresses() + "/edges",
            "--cluster-partitions=4",
            "--cluster-edges=2",
            "--api-token-file=" + tokens.write("token", TOKEN + "\n")));
  }

  /** Every user says something, and everything is answered in order. */
  private void everybodyTalks() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      String number = "n" + sent++;
      expected.add(number);
      send(
          IntStream.range(0, USERS)
              .mapToObj(
                  user ->
                      stanza(
                          "<message xmlns='jabber:component:accept' from='u%d@%s/x' to='echo@%s' type='chat'><body>%s</body></message>"
                              .formatted(
                                  user, XmppServer.OTHER_COMPONENT, XmppServer.COMPONENT, number)))
              .toList());
    }
    Await.until(
        "everything is answered",
        Patience.LONG,
        () ->
            answered.size() == USERS
                && answered.values().stream().allMatch(each -> each.size() >= MESSAGES));
    assertThat(answered.values()).allSatisfy(each -> assertThat(each).isEqualTo(expected));
    assertThat(posted.values()).allSatisfy(each -> assertThat(each).isEqualTo(expected));
    answered.clear();
    posted.clear();
  }

  /** The server chooses for each user on which connection the answer comes. */
  private void everybodyCanBeAsked(GatewayProcess by) throws Exception {
    for (int user = 0; user < USERS; user++) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create(
                          by.httpUrl()
                              + "/rest/ping/u%d%%40%s".formatted(user, XmppServer.OTHER_COMPONENT)))
                  .header("Authorization", "Bearer " + TOKEN)
                  .header("Prosody-Rest-Timeout", "30")
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.body()).contains("result");
    }
  }

  /** It would not help to try again. */
  private void nobodyCanSpeakInARoom(GatewayProcess by) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(by.httpUrl() + "/msg/room%40rooms.localhost"))
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"body\":\"Hello\",\"type\":\"groupchat\"}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
    assertThat(answer.body()).contains("several streams cannot be in chat rooms");
  }

  private static boolean holds(GatewayProcess gateway, int streams) {
    String readiness = gateway.readiness();
    return readiness.contains("\"%s\":\"connected\"".formatted(XmppServer.COMPONENT))
        && readiness.split(XmppServer.COMPONENT + "#", -1).length - 1 == streams;
  }

  private String check(WebhookServer webhook) {
    List<String> command =
        GatewayProcess.check(
            server.componentPort(),
            XmppServer.COMPONENT,
            tokens.write("secret", XmppServer.SECRET),
            webhook.url(),
            "--http-listen=127.0.0.1:" + Ports.free(),
            "--cluster=kafka://" + brokers.addresses() + "/edges",
            "--cluster-partitions=4",
            "--cluster-edges=2");
    try (ChildProcess child = ChildProcess.start("check", tokens.path(), command)) {
      assertThat(child.awaitExit(GatewayProcess.END_LIMIT)).as(child.log()).isZero();
      return child.log();
    }
  }

  private void balance(GatewayProcess at) {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(at.httpUrl() + "/admin/edges/balance"))
                  .header("Authorization", "Bearer " + TOKEN)
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(202);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void orderHoldsAndIqsAreAnswered_inOneProcessAndInTwo() throws Exception {
    WebhookServer webhook =
        bed.use(
            WebhookServer.answering(
                request -> {
                  if (request.body().isEmpty()) {
                    // Of a check.
                    return Answer.status(204);
                  }
                  String from = request.property("from");
                  note(posted, from.substring(0, from.indexOf('@')), request.property("body"));
                  return Answer.body(request.property("body"));
                }));
    assertThat(check(webhook))
        .contains("gives stanzas to both, as --cluster-edges needs")
        .contains("{ type: bare_source, component_number: 2 }");
    GatewayProcess first = gateway(webhook);
    Await.until("one process has both", Patience.LONG, () -> holds(first, 2));
    everybodyTalks();
    everybodyCanBeAsked(first);
    nobodyCanSpeakInARoom(first);

    GatewayProcess second = gateway(webhook).awaitReady();
    long[] askedAt = {System.nanoTime() - AGAIN};
    Await.until(
        "each process has one",
        Patience.LONG,
        () -> {
          boolean shared = holds(first, 1) && holds(second, 1);
          // The second one may not be a member of the group of edges yet.
          if (!shared && System.nanoTime() - askedAt[0] >= AGAIN) {
            askedAt[0] = System.nanoTime();
            balance(first);
          }
          return shared;
        });
    everybodyTalks();
    everybodyCanBeAsked(first);
    everybodyCanBeAsked(second);
    assertThat(check(webhook)).contains("2 edges of the cluster are running; not tried");
  }
}
