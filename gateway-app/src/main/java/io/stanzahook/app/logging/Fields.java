package io.stanzahook.app.logging;

import io.stanzahook.stanza.Stanza;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One log line about a component. In text, the message begins with the component's name. In JSON,
 * the name and everything else that is known are fields. Fields contain no bodies and no secrets.
 */
final class Fields {
  private LoggingEventBuilder line;
  private final String component;

  private Fields(LoggingEventBuilder line, String component) {
    this.line = line.addKeyValue("component", component);
    this.component = component;
  }

  static Fields at(LoggingEventBuilder line, String component) {
    return new Fields(line, component);
  }

  /** Adds a field, unless the value is null. */
  Fields with(String name, @Nullable Object value) {
    if (value != null) {
      line = line.addKeyValue(name, value);
    }
    return this;
  }

  /** Adds the stanza that the line is about, if one was read. */
  Fields stanza(@Nullable Stanza stanza) {
    if (stanza == null) {
      return this;
    }
    String id = stanza.id();
    return with("kind", stanza.kind().elementName())
        .with("stanza_id", id == null ? null : LogText.of(id))
        .with("from", LogText.of(stanza.from().toString()))
        .with("to", LogText.of(stanza.to().toString()));
  }

  void log(String message) {
    // As an argument, not as the pattern: a sender's text may hold braces.
    line.log("{}: {}", component, message);
  }
}
