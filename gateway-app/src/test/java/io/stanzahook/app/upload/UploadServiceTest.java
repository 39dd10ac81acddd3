package io.stanzahook.app.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.ComponentGateway;
import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.xml.XmlWriter;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** What a server may say of its upload service, and what follows. */
class UploadServiceTest {
  private static final String ITEMS =
      "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='bot.x.example'/>"
          + "<item jid='rooms.x.example'/><item jid='up.x.example'/></query>";
  private static final String NONE = "<query xmlns='http://jabber.org/protocol/disco#info'/>";
  private static final String INFO =
      "<query xmlns='http://jabber.org/protocol/disco#info'>"
          + "<feature var='urn:xmpp:http:upload:0'/><x xmlns='jabber:x:data' type='result'>"
          + "<field var='max-file-size'><value>1000</value></field></x></query>";
  private static final String SLOT =
      "<slot xmlns='urn:xmpp:http:upload:0'><put url='%s'><header name='Authorization'>Basic a\nb</header>"
          + "<header name='Host'>evil</header></put><get url='https://f.example/get'/></slot>";

  private final UploadService uploads = new UploadService(HttpClient.newConnection());
  private final List<String> asked = new ArrayList<>();
  private String slot = SLOT.formatted("https://f.example/put");

  private final Gateway gateway =
      gateway(
          iq -> {
            String xml = XmlWriter.write(iq.element());
            asked.add(
                iq.to()
                    + (xml.contains("#items")
                        ? " items"
                        : xml.contains("#info") ? " info" : " slot"));
            if (xml.contains("#items")) {
              return ITEMS;
            }
            return !xml.contains("#info")
                ? slot
                : iq.to().toString().equals("up.x.example") ? INFO : NONE;
          });

  private static Gateway gateway(Function<OutboundStanza, String> answers) {
    GatewaySettings settings =
        ComponentGateway.builder("bot.x.example")
            .secret("s")
            .webhook("http://x.example/")
            .settings();
    return (Gateway)
        Proxy.newProxyInstance(
            UploadServiceTest.class.getClassLoader(),
            new Class<?>[] {Gateway.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "settings" -> settings;
                  case "ask" -> {
                    OutboundStanza iq = (OutboundStanza) arguments[0];
                    yield Mono.fromSupplier(() -> List.of(answer(iq, answers.apply(iq))));
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static Stanza answer(OutboundStanza iq, String payload) {
    String type = payload.startsWith("<error") ? "error" : "result";
    return new Iq(
        new StanzaHeader(iq.from(), iq.to(), "q", type, null),
        1,
        List.of(),
        StanzaXml.of(
            "<iq type='%s' from='%s' to='%s' id='q'>%s</iq>"
                .formatted(type, iq.to(), iq.from(), payload)));
  }

  private UploadService.Slot ask(long size) {
    return uploads
        .slot(gateway, null, new UploadService.File("cat.png", size, "image/png"))
        .blockOptional()
        .orElseThrow();
  }

  @Test
  void theServiceIsFoundBesideTheServer_andRemembered() {
    UploadService.Slot found = ask(1000);
    assertThat(found.put()).hasToString("https://f.example/put");
    assertThat(found.get()).isEqualTo("https://f.example/get");
    // The component itself is not asked, and the rooms may be.
    assertThat(asked)
        .startsWith("x.example items")
        .endsWith("up.x.example slot")
        .contains("up.x.example info")
        .doesNotContain("bot.x.example info");
    asked.clear();
    ask(1);
    assertThat(asked).containsExactly("up.x.example slot");
  }

  @Test
  void onlyHeadersThatItMayAskForAreSent() {
    assertThat(ask(1).headers()).isEqualTo(Map.of("Authorization", "Basic ab"));
  }

  @Test
  void whatIsTooLargeIsNotAskedFor() {
    assertThatThrownBy(() -> ask(1001))
        .hasMessageContaining("the file has 1001 bytes, and up.x.example takes 1000 at most");
    assertThat(asked).doesNotContain("up.x.example slot");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://f.example/put",
        "http://127.0.0.1:5280/put",
        "http://localhost/put",
        "http://[::1]:1/put"
      })
  void aFileGoesOverHttps_orToThisMachine(String url) {
    slot = SLOT.formatted(url);
    assertThat(ask(1).put()).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://f.example/put",
        "http://127.0.0.1.evil.example/put",
        "http://10.0.0.1/put",
        "ftp://f.example/put",
        "file:///etc/passwd",
        "put",
        ""
      })
  void aFileGoesNowhereElse(String url) {
    slot = SLOT.formatted(url);
    assertThatThrownBy(() -> ask(1)).hasMessageContaining("it must be an https URL");
  }

  @ParameterizedTest
  @CsvSource({
    "forbidden, 403",
    "not-allowed, 403",
    "service-unavailable, 404",
    "internal-server-error, 422"
  })
  void whatTheServiceRefusesIsAStatus(String condition, int status) {
    slot =
        "<error type='cancel'><%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
            .formatted(condition);
    assertThatThrownBy(() -> ask(1))
        .hasMessageContaining("up.x.example refuses the file: " + condition)
        .satisfies(e -> assertThat(((ApiException) failure(e)).status()).isEqualTo(status));
  }

  @Test
  void aFileThatIsTooLargeForItIsSoForTheCaller() {
    slot =
        "<error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
            + "<file-too-large xmlns='urn:xmpp:http:upload:0'/></error>";
    assertThatThrownBy(() -> ask(1))
        .satisfies(e -> assertThat(((ApiException) failure(e)).status()).isEqualTo(413));
  }

  /** Blocking wraps what is checked. */
  private static Throwable failure(Throwable e) {
    return e instanceof ApiException ? e : e.getCause();
  }

  @Test
  void withoutAServiceThereIsNone() {
    Gateway empty = gateway(iq -> NONE);
    assertThatThrownBy(
            () ->
                uploads
                    .slot(
                        empty,
                        Jid.of("other.example"),
                        new UploadService.File("cat.png", 1, "image/png"))
                    .block())
        .hasMessageContaining("no upload service (XEP-0363)");
  }
}
