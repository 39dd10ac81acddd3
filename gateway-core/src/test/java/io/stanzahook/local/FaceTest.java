package io.stanzahook.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.TestSettings;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.xml.XmlWriter;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaceTest {
  private static final String PUBSUB =
      "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='%s'>%s</items></pubsub>";

  /** Of one pixel each, made by libwebp: lossy, lossless, extended. */
  private static final List<String> WEBP =
      List.of(
          "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA",
          "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");

  private final Avatar avatar = Avatar.of(picture("png", 3, 2));

  private static byte[] picture(String format, int width, int height) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), format, out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static LocalServices services(@Nullable Avatar picture, StanzaKind... posted) {
    LocalSettings settings = TestSettings.local("Botty", "1");
    return LocalFixture.services(
        Stream.of(posted).collect(Collectors.toSet()),
        picture == null ? settings : Settings.with(settings, "avatar", picture),
        InstantSource.system());
  }

  private static String get(LocalServices services, String payload) {
    return answer(
        services,
        "<iq from='a@b/c' to='bot@gw.example' type='get' id='q1'>%s</iq>".formatted(payload));
  }

  private static String answer(LocalServices services, String xml) {
    List<OutboundStanza> answers = services.answer(Stanzas.of(xml));
    assertThat(answers).as(xml).isNotEmpty();
    return answers.stream()
        .map(each -> XmlWriter.write(each.element()))
        .collect(Collectors.joining("\n"));
  }

  // ------------------------------------------------------------ pictures

  @ParameterizedTest
  @CsvSource({"png, image/png", "jpg, image/jpeg"})
  void aPictureIsKnownByItsContent(String format, String type) {
    Avatar made = Avatar.of(picture(format, 30, 20));
    assertThat(made.type()).isEqualTo(type);
    assertThat(made.width()).isEqualTo(30);
    assertThat(made.height()).isEqualTo(20);
    assertThat(made.sha1()).matches("[0-9a-f]{40}");
    assertThat(Base64.getDecoder().decode(made.base64())).hasSize(made.size());
    assertThat(made).isEqualTo(Avatar.of(picture(format, 30, 20)));
  }

  @Test
  void webpIsOne() {
    for (String each : WEBP) {
      Avatar made = Avatar.of(Base64.getDecoder().decode(each));
      assertThat(made.type()).isEqualTo("image/webp");
      assertThat(made.width()).isEqualTo(1);
      assertThat(made.height()).isEqualTo(1);
    }
  }

  @Test
  void whatIsNoneSaysWhy() {
    refused(new byte[0], "is empty; give a PNG, JPEG or WebP");
    refused(picture("gif", 3, 3), "is a GIF; give a PNG, JPEG or WebP");
    refused(picture("bmp", 3, 3), "is a BMP; give a PNG, JPEG or WebP");
    refused(
        "<?xml version='1.0'?><svg xmlns='x'/>".getBytes(StandardCharsets.UTF_8),
        "is an SVG; give a PNG, JPEG or WebP");
    refused(new byte[100], "is not a picture that clients show; give a PNG, JPEG or WebP");
    refused(
        new byte[Avatar.MAX_BYTES + 1],
        "has 65537 bytes, and 65536 are the maximum; make it smaller, such as 256x256 pixels");
  }

  @Test
  void whatIsCutShortAnywhereIsRefused() {
    for (byte[] whole :
        List.of(
            picture("png", 9, 9),
            picture("jpg", 9, 9),
            Base64.getDecoder().decode(WEBP.get(0)),
            Base64.getDecoder().decode(WEBP.get(1)))) {
      for (int length = 0; length < whole.length - 1; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> Avatar.of(cut)).isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  private static void refused(byte[] bytes, String why) {
    assertThatThrownBy(() -> Avatar.of(bytes)).hasMessage(why);
  }

  // ------------------------------------------------------------ what clients ask

  @Test
  void itIsInEachKindOfVcard() {
    LocalServices services = services(avatar);
    assertThat(get(services, "<vCard xmlns='vcard-temp'/>"))
        .contains(
            "<vCard xmlns='vcard-temp'><FN>Botty</FN><NICKNAME>Botty</NICKNAME>"
                + "<PHOTO><TYPE>image/png</TYPE><BINVAL>"
                + avatar.base64()
                + "</BINVAL></PHOTO></vCard>");
    String vcard4 =
        "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><fn><text>Botty</text></fn>"
            + "<nickname><text>Botty</text></nickname><photo><uri>data:image/png;base64,"
            + avatar.base64()
            + "</uri></photo></vcard>";
    assertThat(get(services, "<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/>")).contains(vcard4);
    assertThat(get(services, PUBSUB.formatted("urn:xmpp:vcard4", ""))).contains(vcard4);
  }

  @Test
  void itIsInTheNodesOfAnAvatar() {
    LocalServices services = services(avatar);
    assertThat(get(services, PUBSUB.formatted("urn:xmpp:avatar:metadata", "")))
        .contains(
            "<items node='urn:xmpp:avatar:metadata'><item id='%1$s'><metadata xmlns='urn:xmpp:avatar:metadata'><info bytes='%2$d' height='2' id='%1$s' type='image/png' width='3'/></metadata></item></items>"
                .formatted(avatar.sha1(), avatar.size()));
    String item = "<item id='%s'/>".formatted(avatar.sha1());
    assertThat(get(services, PUBSUB.formatted("urn:xmpp:avatar:data", item)))
        .contains(
            "<item id='%s'><data xmlns='urn:xmpp:avatar:data'>%s</data></item>"
                .formatted(avatar.sha1(), avatar.base64()));
    assertThat(get(services, PUBSUB.formatted("urn:xmpp:avatar:data", "<item id='other'/>")))
        .contains("<item-not-found ");
    assertThat(get(services, PUBSUB.formatted("http://jabber.org/protocol/nick", "")))
        .contains("<nick xmlns='http://jabber.org/protocol/nick'>Botty</nick>");
    assertThat(get(services, PUBSUB.formatted("urn:other", ""))).contains("<service-unavailable ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"probe", "subscribe"})
  void presenceNamesThePicture(String type) {
    assertThat(
            answer(
                services(avatar),
                "<presence type='%s' from='a@b' to='bot@gw.example'/>".formatted(type)))
        .contains(
            "<c xmlns='http://jabber.org/protocol/caps'",
            "<nick xmlns='http://jabber.org/protocol/nick'>Botty</nick>",
            "<x xmlns='vcard-temp:x:update'><photo>" + avatar.sha1() + "</photo></x>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"probe", "subscribe"})
  void whoeverAsksForPresenceIsToldOfNameAndPicture(String type) {
    List<OutboundStanza> answers =
        services(avatar)
            .answer(
                Stanzas.of(
                    "<presence type='%s' from='a@b/c' to='bot@gw.example'/>".formatted(type)));
    assertThat(answers)
        .filteredOn(each -> each.kind() == StanzaKind.MESSAGE)
        .extracting(each -> XmlWriter.write(each.element()))
        .satisfiesExactly(
            nick ->
                assertThat(nick)
                    .contains("type='headline'", "from='bot@gw.example'")
                    .contains("to='a@b" + (type.equals("probe") ? "/c'" : "'"))
                    .contains("<items node='http://jabber.org/protocol/nick'>", ">Botty</nick>"),
            picture ->
                assertThat(picture)
                    .contains("<items node='urn:xmpp:avatar:metadata'>", avatar.sha1()));
    assertThat(answers.get(answers.size() - 3).kind()).isEqualTo(StanzaKind.PRESENCE);
  }

  @Test
  void aPictureWithoutANameIsNoNewName() {
    LocalSettings settings = TestSettings.local(LocalSettings.DEFAULT_NAME, "1");
    LocalServices services =
        LocalFixture.services(
            Set.of(), Settings.with(settings, "avatar", avatar), InstantSource.system());
    assertThat(services.answer(Stanzas.of("<presence type='probe' from='a@b' to='x@gw.example'/>")))
        .filteredOn(each -> each.kind() == StanzaKind.MESSAGE)
        .singleElement()
        .satisfies(each -> assertThat(XmlWriter.write(each.element())).contains("metadata"));
  }

  @Test
  void aNameAloneIsAFaceWithoutPicture() {
    LocalServices services = services(null);
    assertThat(get(services, "<vCard xmlns='vcard-temp'/>"))
        .contains("<FN>Botty</FN>")
        .doesNotContain("PHOTO");
    assertThat(get(services, PUBSUB.formatted("urn:xmpp:avatar:metadata", "")))
        .contains("<item-not-found ");
    assertThat(answer(services, "<presence type='probe' from='a@b' to='bot@gw.example'/>"))
        .doesNotContain("photo");
  }

  @ParameterizedTest
  @EnumSource(StanzaKind.class)
  void itIsAnsweredWhateverElseIsPosted(StanzaKind posted) {
    assertThat(get(services(avatar, posted, StanzaKind.IQ), "<vCard xmlns='vcard-temp'/>"))
        .contains("<FN>Botty</FN>");
  }

  @Test
  void withoutNameAndPictureThereIsNone() {
    LocalServices services =
        LocalFixture.services(
            Set.of(), TestSettings.local(LocalSettings.DEFAULT_NAME, "1"), InstantSource.system());
    assertThat(get(services, "<vCard xmlns='vcard-temp'/>")).contains("<service-unavailable ");
    assertThat(answer(services, "<presence type='probe' from='a@b' to='bot@gw.example'/>"))
        .doesNotContain("nick");
  }
}
