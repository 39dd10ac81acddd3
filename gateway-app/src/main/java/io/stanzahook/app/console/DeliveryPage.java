package io.stanzahook.app.console;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/**
 * The deliveries of one answer. Their number and size are limited, because an event loop writes
 * them.
 *
 * @param bodies whether to write the contents of stanzas and responses
 * @param cut whether more match
 */
public record DeliveryPage(List<SeenDelivery> deliveries, boolean bodies, boolean cut) {
  /** The default number of deliveries in one answer. */
  public static final int DEFAULT_LIMIT = 100;

  /** The maximum number of deliveries in one answer. */
  public static final int MAX_LIMIT = 1000;

  /** The maximum number of characters in one answer. A single delivery may have more. */
  static final int MAX_BODIES = 4 * 1024 * 1024;

  public DeliveryPage {
    deliveries = List.copyOf(deliveries);
  }

  /** The first deliveries that match. */
  public static DeliveryPage of(Stream<SeenDelivery> matching, int limit, boolean bodies) {
    List<SeenDelivery> taken = new ArrayList<>();
    long size = 0;
    Iterator<SeenDelivery> all = matching.iterator();
    while (all.hasNext()) {
      SeenDelivery next = all.next();
      size += bodies ? size(next) : 0;
      if (taken.size() == limit || (size > MAX_BODIES && !taken.isEmpty())) {
        return new DeliveryPage(taken, bodies, true);
      }
      taken.add(next);
    }
    return new DeliveryPage(taken, bodies, false);
  }

  private static long size(SeenDelivery delivery) {
    long size = (long) delivery.stanza().length() + delivery.response().length();
    for (SeenExchange exchange : delivery.exchanges()) {
      SeenMessage response = exchange.response();
      size += size(exchange.request()) + (response == null ? 0 : size(response));
    }
    return size;
  }

  private static long size(SeenMessage message) {
    long size = (long) message.line().length() + message.body().length();
    for (Map.Entry<String, String> header : message.headers()) {
      size += (long) header.getKey().length() + header.getValue().length();
    }
    return size;
  }

  /**
   * Writes its properties.
   *
   * @param stored further deliveries, each a JSON object
   * @param shown how a line that names an endpoint is shown
   */
  public void write(JsonGenerator json, List<String> stored, UnaryOperator<String> shown) {
    json.writeBooleanProperty("cut", cut);
    json.writeArrayPropertyStart("deliveries");
    deliveries.forEach(delivery -> write(json, delivery, bodies, shown));
    stored.forEach(json::writeRawValue);
    json.writeEndArray();
  }

  /** Writes an object; all that stanzas and responses hold only where that is asked for. */
  static void write(
      JsonGenerator json, SeenDelivery delivery, boolean bodies, UnaryOperator<String> shown) {
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
    if (delivery.nextAt() != 0) {
      json.writeStringProperty("next", Instant.ofEpochMilli(delivery.nextAt()).toString());
    }
    if (!delivery.problem().isEmpty()) {
      json.writeStringProperty("problem", delivery.problem());
    }
    if (delivery.isAgain()) {
      json.writeBooleanProperty("again", true);
    }
    json.writeNumberProperty("took_ms", millis(delivery.nanos()));
    json.writeNumberProperty("replies", delivery.replies());
    json.writeNumberProperty("begun", delivery.begun());
    SeenBatch batch = delivery.batch();
    if (batch != null) {
      json.writeStringProperty("batch", batch.id());
      json.writeNumberProperty("batch_size", batch.size());
      json.writeNumberProperty("batch_place", batch.place() + 1);
      json.writeArrayPropertyStart("batches");
      delivery.batches().forEach(each -> write(json, each));
      json.writeEndArray();
    }
    json.writeNumberProperty("revision", delivery.revision());
    json.writeArrayPropertyStart("attempts");
    delivery.attempts().forEach(attempt -> write(json, attempt, shown));
    json.writeEndArray();
    json.writeArrayPropertyStart("dropped");
    delivery.dropped().forEach(json::writeString);
    json.writeEndArray();
    if (bodies) {
      writeBodies(json, delivery);
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, SeenBatch batch) {
    json.writeStartObject();
    json.writeStringProperty("id", batch.id());
    json.writeNumberProperty("size", batch.size());
    json.writeNumberProperty("place", batch.place() + 1);
    json.writeNumberProperty("attempt", batch.attempt());
    json.writeNumberProperty("own_attempt", batch.ownAttempt());
    json.writeEndObject();
  }

  /** Writes what stanzas and responses hold, as properties. */
  static void writeBodies(JsonGenerator json, SeenDelivery delivery) {
    json.writeStringProperty("stanza", delivery.stanza());
    json.writeStringProperty("response", delivery.response());
    json.writeArrayPropertyStart("exchanges");
    delivery.exchanges().forEach(exchange -> write(json, exchange));
    json.writeEndArray();
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

  private static void write(JsonGenerator json, SeenAttempt attempt, UnaryOperator<String> shown) {
    json.writeStartObject();
    json.writeNumberProperty("number", attempt.number());
    json.writeStringProperty("outcome", attempt.outcome());
    json.writeNumberProperty("status", attempt.status());
    json.writeNumberProperty("ms", millis(attempt.nanos()));
    json.writeStringProperty("detail", shown.apply(attempt.detail()));
    json.writeStringProperty(
        "began",
        Instant.ofEpochMilli(attempt.endedAt() - TimeUnit.NANOSECONDS.toMillis(attempt.nanos()))
            .toString());
    json.writeEndObject();
  }

  private static double millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos) / 1000.0;
  }
}
