package io.stanzahook.app.http;

import java.io.StringWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an endpoint answers.
 *
 * @param status the HTTP status
 * @param contentType the {@code Content-Type} header
 * @param body sent as UTF-8
 * @param headers more headers
 * @param events server-sent events in place of the body; null for none
 */
public record Reply(
    int status,
    String contentType,
    String body,
    Map<String, String> headers,
    @Nullable Flux<String> events) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final JsonMapper MAPPER = new JsonMapper();

  public Reply {
    headers = Map.copyOf(headers);
  }

  /** Without events. */
  public Reply(int status, String contentType, String body, Map<String, String> headers) {
    this(status, contentType, body, headers, null);
  }

  /** Without further headers. */
  public Reply(int status, String contentType, String body) {
    this(status, contentType, body, Map.of());
  }

  /** This, with a {@code Retry-After} header, unless the time is null. */
  public Reply retryAfter(@Nullable Duration time) {
    return time == null ? this : with("Retry-After", Long.toString(time.toSeconds()));
  }

  /** This, with a further header, or another value for it. */
  public Reply with(String header, String value) {
    Map<String, String> all = new HashMap<>(headers);
    all.put(header, value);
    return new Reply(status, contentType, body, all, events);
  }

  /** Server-sent events, each with the empty line at its end. */
  public static Reply events(Flux<String> events) {
    return new Reply(200, "text/event-stream", "", Map.of(), events);
  }

  /** A status without a body. */
  public static Reply empty(int status) {
    return new Reply(status, "text/plain; charset=utf-8", "");
  }

  /** Plain text. */
  public static Reply text(int status, String text) {
    return new Reply(status, "text/plain; charset=utf-8", text);
  }

  /** A JSON object whose properties the writer adds. */
  public static Reply json(int status, Consumer<JsonGenerator> properties) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      properties.accept(json);
      json.writeEndObject();
    }
    text.write('\n');
    return new Reply(status, "application/json", text.toString());
  }

  /** A JSON object: its properties are texts, numbers, booleans, and lists and maps of these. */
  public static Reply json(int status, Map<String, ?> object) {
    return new Reply(status, "application/json", MAPPER.writeValueAsString(object) + "\n");
  }

  /** An error that combines several, as {@code {"error":"…","problems":["…"]}}. */
  public static Reply problems(int status, String what, List<String> problems) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("error", what + ": " + String.join("; ", problems));
    object.put("problems", problems);
    return json(status, object);
  }

  /** The answer to a refused request, as {@link #error(int, String)}. */
  public static Reply error(ApiException refusal) {
    return error(refusal.status(), refusal.text()).retryAfter(refusal.retryAfter());
  }

  /** An error, as {@code {"error":"…"}}. */
  public static Reply error(int status, String error) {
    return json(status, Map.of("error", error));
  }
}
