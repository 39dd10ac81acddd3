package io.stanzahook.local;

import io.stanzahook.TestSettings;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.Stanzas;
import io.stanzahook.xml.XmlWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The local services of gw.example, and their answers as text. */
final class LocalFixture {
  static final Instant NOW = Instant.parse("2026-03-04T05:06:07.891Z");

  private LocalFixture() {}

  /** The services where those kinds go to the webhook. */
  static LocalServices posting(StanzaKind... kinds) {
    return posting(InstantSource.fixed(NOW), kinds);
  }

  /** The same by another clock. */
  static LocalServices posting(InstantSource clock, StanzaKind... kinds) {
    return services(Set.of(kinds), TestSettings.local(LocalSettings.DEFAULT_NAME, "1.2.3"), clock);
  }

  /** The services with these settings, without anything from before. */
  static LocalServices services(
      Set<StanzaKind> posted, LocalSettings settings, InstantSource clock) {
    return LocalServices.of(
        "gw.example", posted, settings, clock, Remembered.nothing(settings, "gw.example", clock));
  }

  /**
   * The answers to a stanza as they are written to the stream; null where it is left to the
   * webhook.
   */
  static @Nullable List<String> answers(LocalServices services, String xml) {
    List<OutboundStanza> answers = services.answer(Stanzas.of(xml));
    return answers == null ? null : answers.stream().map(LocalFixture::text).toList();
  }

  /** The answers where messages go to the webhook, as by default. */
  static @Nullable List<String> answers(String xml) {
    return answers(posting(StanzaKind.MESSAGE), xml);
  }

  private static String text(OutboundStanza stanza) {
    StringBuilder out = new StringBuilder();
    XmlWriter.write(stanza.element(), Namespaces.COMPONENT, out);
    return out.toString();
  }
}
