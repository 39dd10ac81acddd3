package io.stanzahook.app.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes one JSON object for each line. Logback has an encoder too, but that one writes the time as
 * a number of milliseconds and a stack trace as a tree, which log collectors do not understand by
 * default.
 */
final class JsonLogEncoder extends LineEncoder {
  private final JsonFactory json = new JsonFactory();

  @Override
  public byte[] encode(ILoggingEvent event) {
    StringWriter line = new StringWriter(256);
    try (JsonGenerator object = json.createGenerator(ObjectWriteContext.empty(), line)) {
      object.writeStartObject();
      object.writeStringProperty("time", Instant.ofEpochMilli(event.getTimeStamp()).toString());
      object.writeStringProperty("level", event.getLevel().toString());
      object.writeStringProperty("logger", event.getLoggerName());
      object.writeStringProperty("thread", event.getThreadName());
      object.writeStringProperty("message", event.getFormattedMessage());
      write(event.getKeyValuePairs(), object);
      IThrowableProxy thrown = event.getThrowableProxy();
      if (thrown != null) {
        object.writeStringProperty("trace", ThrowableProxyUtil.asString(thrown));
      }
      object.writeEndObject();
    }
    // People read these lines on terminals too, and a program reads the same text of both.
    return (Visible.of(line.toString()) + '\n').getBytes(StandardCharsets.UTF_8);
  }

  private static void write(@Nullable List<KeyValuePair> fields, JsonGenerator object) {
    if (fields == null) {
      return;
    }
    for (KeyValuePair field : fields) {
      if (field.value instanceof Integer number) {
        object.writeNumberProperty(field.key, number);
      } else {
        object.writeStringProperty(field.key, String.valueOf(field.value));
      }
    }
  }
}
