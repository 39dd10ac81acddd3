package io.stanzahook.app.http;

import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What an endpoint answers.
 *
 * @param status HTTP's
 * @param contentType the {@code Content-Type} header
 * @param body sent as UTF-8
 * @param headers further ones
 */
public record Reply(int status, String contentType, String body, Map<String, String> headers) {
  private static final JsonFactory JSON = new JsonFactory();

  public Reply {
    headers = Map.copyOf(headers);
  }

  /** Without further headers. */
  public Reply(int status, String contentType, String body) {
    this(status, contentType, body, Map.of());
  }

  /** This, with the hint when to come back. */
  Reply retryAfter(Duration time) {
    return new Reply(
        status, contentType, body, Map.of("Retry-After", Long.toString(time.toSeconds())));
  }

  /** A status that says it all. */
  static Reply empty(int status) {
    return new Reply(status, "text/plain; charset=utf-8", "");
  }

  /** Plain text. */
  static Reply text(int status, String text) {
    return new Reply(status, "text/plain; charset=utf-8", text);
  }

  /** A JSON object whose properties the writer adds. */
  static Reply json(int status, Consumer<JsonGenerator> properties) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      properties.accept(json);
      json.writeEndObject();
    }
    text.write('\n');
    return new Reply(status, "application/json", text.toString());
  }

  /** An error, as {@code {"error":"…"}}. */
  static Reply error(int status, String error) {
    return json(status, json -> json.writeStringProperty("error", error));
  }
}
