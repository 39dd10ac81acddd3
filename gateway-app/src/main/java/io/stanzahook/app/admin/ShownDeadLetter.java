package io.stanzahook.app.admin;

import io.stanzahook.app.logging.Flags;
import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.DeadLetter;
import io.stanzahook.delivery.KeptStanza;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.KeptStanzaReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * A dead letter, with the addresses and the kind of its stanza.
 *
 * @param kind the stanza's element, or null if it cannot be read
 */
record ShownDeadLetter(
    DeadLetter letter, @Nullable Jid from, @Nullable Jid to, @Nullable String kind) {

  static ShownDeadLetter of(DeadLetter letter, KeptStanzaReader reader) {
    KeptStanza record = letter.record();
    Stanza stanza = reader.read(record.stanza(), record.lang());
    return stanza == null
        ? new ShownDeadLetter(letter, null, null, null)
        : new ShownDeadLetter(letter, stanza.from(), stanza.to(), stanza.kind().elementName());
  }

  /** This, without the stanza, to save memory until it is written. */
  ShownDeadLetter withoutStanza() {
    KeptStanza record = letter.record();
    return new ShownDeadLetter(
        new DeadLetter(
            letter.position(),
            new KeptStanza(
                record.webhookId(), record.receivedAt(), new byte[0], record.redelivered()),
            letter.burial()),
        from,
        to,
        kind);
  }

  /** Writes its properties. */
  void write(JsonGenerator json, boolean withStanza) {
    KeptStanza record = letter.record();
    Burial burial = letter.burial();
    json.writeStringProperty("id", record.webhookId());
    json.writeNumberProperty("position", letter.position());
    write(json, "from", from);
    write(json, "to", to);
    write(json, "kind", kind);
    json.writeStringProperty("received", Instant.ofEpochMilli(record.receivedAt()).toString());
    json.writeStringProperty("buried", Instant.ofEpochMilli(burial.at()).toString());
    json.writeNumberProperty("attempts", burial.attempts());
    json.writeBooleanProperty("redelivered", record.redelivered());
    json.writeStringProperty("cause", burial.cause());
    json.writeStringProperty("condition", burial.condition());
    json.writeStringProperty("text", Flags.named(burial.text()));
    json.writeNumberProperty("status", burial.status());
    json.writeStringProperty("response", burial.response());
    if (withStanza) {
      json.writeStringProperty("stanza", new String(record.stanza(), StandardCharsets.UTF_8));
    }
  }

  private static void write(JsonGenerator json, String name, @Nullable Object value) {
    if (value == null) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, value.toString());
    }
  }
}
