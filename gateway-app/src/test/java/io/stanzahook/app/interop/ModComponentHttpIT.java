package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.app.interop.WebhookServer.Request;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The gateway against a recording of mod_component_http: the same users send the same stanzas, the
 * webhook gives the same answers, and what it is sent and what the users receive are compared.
 *
 * <p>Where the gateway does otherwise, differences.json says what it does and why; a difference
 * that is not there fails, and so does one that is there and no more. Some hold everywhere: a
 * request has the properties of {@link #ADDITIONS} too; a reply has an id, and the language that
 * Prosody gives all that comes from an external component; an error's text is our own wording.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModComponentHttpIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String RESOURCES = "/mod_component_http/";
  private static final Set<String> ADDITIONS = Set.of("id", "type", "thread", "subject", "lang");
  private static final String STANZA_ERRORS = "urn:ietf:params:xml:ns:xmpp-stanzas";

  @RegisterExtension final Bed bed = new Bed();

  private final Map<String, Setting> settings = new HashMap<>();
  private int cases;

  /** Everything that the cases with the same posted kinds share. */
  private record Setting(
      XmppServer server, WebhookServer webhook, ChatClient alice, ChatClient bob) {}

  /**
   * What came of a case, in comparable form.
   *
   * @param request the properties that were POSTed; empty where nothing was
   * @param replies the infosets that the users received
   */
  private record Outcome(Map<String, String> request, List<String> replies) {}

  static Stream<Arguments> cases() {
    return read("recording.json")
        .path("cases")
        .valueStream()
        .sorted(Comparator.comparing(recorded -> recorded.path("post").size()))
        .map(recorded -> Arguments.of(Named.of(recorded.path("name").asString(), recorded)));
  }

  private static JsonNode read(String file) {
    try (InputStream in =
        Objects.requireNonNull(ModComponentHttpIT.class.getResourceAsStream(RESOURCES + file))) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new AssertionError(file, e);
    }
  }

  private static Map<String, JsonNode> differences() {
    return read("differences.json")
        .valueStream()
        .collect(Collectors.toMap(each -> each.path("case").asString(), each -> each));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void doesWhatTheModuleDid(JsonNode recorded) {
    Outcome ofTheModule = outcome(recorded.path("request"), recorded.path("replies"));
    Outcome expected = ofTheModule;
    JsonNode difference = differences().get(recorded.path("name").asString());
    if (difference != null) {
      expected = changed(ofTheModule, difference);
      assertThat(expected).as("a difference that is none").isNotEqualTo(ofTheModule);
    }

    Outcome actual = replay(recorded);

    assertThat(actual.request()).isEqualTo(expected.request());
    assertThat(actual.replies()).isEqualTo(expected.replies());
  }

  @Test
  void everyDifferenceBelongsToACaseAndHasAReason() {
    List<String> names =
        read("recording.json")
            .path("cases")
            .valueStream()
            .map(each -> each.path("name").asString())
            .toList();

    assertThat(names).doesNotHaveDuplicates();
    assertThat(names).containsAll(differences().keySet());
    assertThat(differences().values())
        .allSatisfy(each -> assertThat(each.path("reason").asString("")).isNotBlank());
  }

  private Outcome replay(JsonNode recorded) {
    Setting setting = settings.computeIfAbsent(recorded.path("post").toString(), this::setting);
    String marker = "end of " + ++cases;
    String stanza = recorded.path("stanza").asString();
    JsonNode answer = recorded.path("answer");
    Answer given =
        new Answer(
            answer.path("status").asInt(),
            answer.path("contentType").asString(),
            answer.path("body").asString());
    setting.webhook().answer(request -> isMarker(request) ? echo(request) : given);
    int posted = setting.webhook().requests().size();
    int earlier = setting.alice().history().size();
    int earlierOfBob = setting.bob().history().size();

    setting.alice().sendRaw(stanza);
    String to = stanza.split("to='", 2)[1].split("'", 2)[0];
    awaitMarker(setting.alice(), to, marker);
    // A reply to bob was sent before alice's marker: it is there once bob's own has come.
    awaitMarker(setting.bob(), to, marker);

    List<Request> requests =
        setting.webhook().requests().stream()
            .skip(posted)
            .filter(request -> !isMarker(request))
            .toList();
    assertThat(requests).hasSizeLessThanOrEqualTo(1);
    List<String> replies =
        Stream.concat(
                setting.alice().history().stream().skip(earlier),
                setting.bob().history().stream().skip(earlierOfBob))
            .filter(reply -> !reply.from().isEmpty() && !reply.body().equals(marker))
            .map(ChatStanza::xml)
            .map(ModComponentHttpIT::reply)
            .toList();
    return new Outcome(requests.isEmpty() ? Map.of() : properties(requests.get(0).json()), replies);
  }

  private Setting setting(String kinds) {
    XmppServer server = bed.share(ProsodyServer.create());
    server.start();
    server.register("alice");
    server.register("bob");
    WebhookServer webhook = bed.share(WebhookServer.answering(ModComponentHttpIT::echo));
    String list =
        JSON.readTree(kinds).valueStream().map(JsonNode::asString).collect(Collectors.joining(","));
    // The module tries each stanza once. A URL that is not the same for all keeps the 410 of one
    // case from closing the webhook for those that follow.
    String url = webhook.url() + "?{kind}";
    bed.share(GatewayProcess.start(server, url, "--post-stanzas", list, "--retry-for", "0s"))
        .awaitReady();
    return new Setting(
        server,
        webhook,
        bed.share(ChatClient.login(server, "alice", "recorder")),
        bed.share(ChatClient.login(server, "bob", "recorder")));
  }

  private static boolean isMarker(Request request) {
    return request.property("body").startsWith("end of ");
  }

  private static Answer echo(Request request) {
    return Answer.body(request.property("body"));
  }

  private static void awaitMarker(ChatClient client, String to, String marker) {
    client.sendRaw(
        "<message to='%s' type='chat' id='end'><body>%s</body></message>".formatted(to, marker));
    client.takeMessage("the end of the case", message -> message.body().equals(marker));
  }

  private static Outcome outcome(JsonNode request, JsonNode replies) {
    List<String> comparable = new ArrayList<>();
    replies.forEach(xml -> comparable.add(reply(xml.asString())));
    return new Outcome(request.isNull() ? Map.of() : properties(request), comparable);
  }

  private static Outcome changed(Outcome outcome, JsonNode difference) {
    Map<String, String> request = new TreeMap<>(outcome.request());
    if (difference.has("request")) {
      request.putAll(properties(difference.path("request")));
    }
    return difference.has("replies")
        ? new Outcome(
            request, outcome(difference.path("request"), difference.path("replies")).replies())
        : new Outcome(request, outcome.replies());
  }

  /** A request's properties but for those that the module does not have. */
  private static Map<String, String> properties(JsonNode request) {
    Map<String, String> properties = new LinkedHashMap<>();
    request
        .propertyStream()
        .filter(property -> !ADDITIONS.contains(property.getKey()))
        .forEach(
            property -> {
              String text = property.getValue().asString();
              properties.put(
                  property.getKey(), property.getKey().equals("stanza") ? Infoset.of(text) : text);
            });
    return new TreeMap<>(properties);
  }

  /** A reply without what differs everywhere: its id, its language, and the text of an error. */
  private static String reply(String xml) {
    return Infoset.of(
        xml,
        root -> {
          if (!root.getLocalName().equals("iq") && !root.getAttribute("type").equals("error")) {
            root.removeAttribute("id");
          }
          root.removeAttributeNS(XMLConstants.XML_NS_URI, "lang");
          NodeList texts = root.getElementsByTagNameNS(STANZA_ERRORS, "text");
          for (int i = texts.getLength() - 1; i >= 0; i--) {
            Node text = texts.item(i);
            text.getParentNode().removeChild(text);
          }
          return root;
        });
  }
}
