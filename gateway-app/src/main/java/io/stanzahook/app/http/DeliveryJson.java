package io.stanzahook.app.http;

import io.stanzahook.app.console.SeenAttempt;
import io.stanzahook.app.console.SeenDelivery;
import io.stanzahook.app.console.SeenExchange;
import io.stanzahook.app.console.SeenMessage;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JsonGenerator;

/** A delivery of the log as JSON. */
final class DeliveryJson {
  private DeliveryJson() {}

  /** Writes an object; all that stanzas and responses hold only where that is asked for. */
  static void write(JsonGenerator json, SeenDelivery delivery, boolean bodies) {
    json.writeStartObject();
    json.writeStringProperty("id", delivery.webhookId());
    json.writeStringProperty("stanza_id", delivery.stanzaId());
    json.writeStringProperty("from", delivery.from().toString());
    json.writeStringProperty("to", delivery.to().toString());
    json.writeStringProperty("kind", delivery.kind());
    json.writeStringProperty("type", delivery.type());
    json.writeStringProperty("body", delivery.preview());
    json.writeStringProperty("began", Instant.ofEpochMilli(delivery.beganAt()).toString());
    json.writeStringProperty("outcome", delivery.outcome().label());
    json.writeNumberProperty("took_ms", millis(delivery.nanos()));
    json.writeNumberProperty("replies", delivery.replies());
    json.writeNumberProperty("begun", delivery.begun());
    json.writeNumberProperty("revision", delivery.revision());
    json.writeArrayPropertyStart("attempts");
    delivery.attempts().forEach(attempt -> write(json, attempt));
    json.writeEndArray();
    json.writeArrayPropertyStart("dropped");
    delivery.dropped().forEach(json::writeString);
    json.writeEndArray();
    if (bodies) {
      json.writeStringProperty("stanza", delivery.stanza());
      json.writeStringProperty("response", delivery.response());
      json.writeArrayPropertyStart("exchanges");
      delivery.exchanges().forEach(exchange -> write(json, exchange));
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, SeenExchange exchange) {
    json.writeStartObject();
    json.writeNumberProperty("attempt", exchange.attempt());
    json.writeName("request");
    write(json, exchange.request());
    json.writeName("response");
    SeenMessage response = exchange.response();
    if (response == null) {
      json.writeNull();
    } else {
      write(json, response);
    }
    json.writeStringProperty("problem", exchange.problem());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, SeenMessage message) {
    json.writeStartObject();
    json.writeStringProperty("line", message.line());
    json.writeArrayPropertyStart("headers");
    for (Map.Entry<String, String> header : message.headers()) {
      json.writeString(header.getKey() + ": " + header.getValue());
    }
    json.writeEndArray();
    json.writeStringProperty("body", message.body());
    json.writeBooleanProperty("cut", message.cut());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, SeenAttempt attempt) {
    json.writeStartObject();
    json.writeNumberProperty("number", attempt.number());
    json.writeStringProperty("outcome", attempt.outcome());
    json.writeNumberProperty("status", attempt.status());
    json.writeNumberProperty("ms", millis(attempt.nanos()));
    json.writeStringProperty("detail", attempt.detail());
    json.writeEndObject();
  }

  private static double millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos) / 1000.0;
  }
}
