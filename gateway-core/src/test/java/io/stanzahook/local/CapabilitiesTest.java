package io.stanzahook.local;

import static io.stanzahook.local.LocalFixture.answers;
import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.TestSettings;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What presence says of an address is what the address says of itself (XEP-0115). */
class CapabilitiesTest {
  private static final String CAPS = "http://jabber.org/protocol/caps";
  private static final String INFO = "http://jabber.org/protocol/disco#info";
  private static final String PROBE =
      "<presence type='probe' to='bot@gw.example' from='ann@example'/>";

  @Test
  void e_theHashIsThatOfTheSpecificationsExample() {
    List<String> features =
        List.of(
            CAPS, INFO, "http://jabber.org/protocol/disco#items", "http://jabber.org/protocol/muc");
    assertThat(new Capabilities("client/pc//Exodus 0.9.1", features).node())
        .endsWith("#QgayPKawpkPSDYmwT/WM94uAlu0=");
  }

  @Test
  void e_presenceCarriesTheHashOfWhatDiscoInfoTells() throws Exception {
    XmlElement caps = child(only(answers(PROBE)), CAPS, "c");
    XmlElement info = child(only(answers(info(null))), INFO, "query");

    assertThat(caps.attribute("hash")).isEqualTo("sha-1");
    assertThat(caps.attribute("ver")).isEqualTo(hash(info));
  }

  @Test
  void e_theNodeOfTheHashIsKnown() throws Exception {
    XmlElement caps = child(only(answers(PROBE)), CAPS, "c");
    String node = caps.attribute("node") + "#" + caps.attribute("ver");
    XmlElement info = child(only(answers(info(node))), INFO, "query");

    assertThat(info.attribute("node")).isEqualTo(node);
    assertThat(hash(info)).isEqualTo(caps.attribute("ver"));
  }

  @Test
  void e_whereTheWebhookAnswersIqNothingIsPromisedForIt() {
    assertThat(only(answers(LocalFixture.posting(StanzaKind.IQ), PROBE))).doesNotContain(CAPS);
  }

  @Test
  void e_whatIsServedElsewhereIsAnnouncedAndHashedToo() throws Exception {
    LocalServices services =
        LocalFixture.services(
            Set.of(),
            Settings.with(
                TestSettings.local(LocalSettings.DEFAULT_NAME, "1"),
                "features",
                List.of("urn:xmpp:receipts")),
            InstantSource.system());
    XmlElement caps = child(only(answers(services, PROBE)), CAPS, "c");
    String told = only(answers(services, info(null)));

    assertThat(told).contains("<feature var='urn:xmpp:receipts'/>");
    assertThat(hash(child(told, INFO, "query"))).isEqualTo(caps.attribute("ver"));
  }

  private static String info(String node) {
    return "<iq type='get' id='q1' to='bot@gw.example' from='ann@example/pc'><query xmlns='%s'%s/></iq>"
        .formatted(INFO, node == null ? "" : " node='%s'".formatted(node));
  }

  private static String only(List<String> answers) {
    assertThat(answers).hasSize(1);
    return answers.get(0);
  }

  private static XmlElement child(String stanza, String namespace, String name) throws Exception {
    return Objects.requireNonNull(
        XmlParser.parse(stanza, XmlLimits.INBOUND).child(namespace, name));
  }

  /** As XEP-0115, 5.1 says, from the answer itself. */
  private static String hash(XmlElement info) throws Exception {
    String identities =
        info.elements().stream()
            .filter(child -> child.name().equals("identity"))
            .map(
                child ->
                    "%s/%s//%s<"
                        .formatted(
                            child.attribute("category"),
                            child.attribute("type"),
                            child.attribute("name")))
            .sorted()
            .collect(Collectors.joining());
    String features =
        info.elements().stream()
            .filter(child -> child.name().equals("feature"))
            .map(child -> child.attribute("var") + "<")
            .sorted()
            .collect(Collectors.joining());
    byte[] sha1 =
        MessageDigest.getInstance("SHA-1")
            .digest((identities + features).getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(sha1);
  }
}
