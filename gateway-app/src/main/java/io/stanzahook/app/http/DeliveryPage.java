package io.stanzahook.app.http;

import io.stanzahook.app.console.SeenDelivery;
import io.stanzahook.app.console.SeenExchange;
import io.stanzahook.app.console.SeenMessage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/**
 * The deliveries of one answer: no more than an event loop writes in passing.
 *
 * @param bodies whether to write what they hold
 * @param cut whether more match
 */
record DeliveryPage(List<SeenDelivery> deliveries, boolean bodies, boolean cut) {
  /** Deliveries in one answer, unless asked for fewer or more. */
  static final int DEFAULT_LIMIT = 100;

  /** Deliveries in one answer at most. */
  static final int MAX_LIMIT = 1000;

  /** What those of one answer hold, in characters; one is shown however much it holds. */
  static final int MAX_BODIES = 4 * 1024 * 1024;

  DeliveryPage {
    deliveries = List.copyOf(deliveries);
  }

  /** The first of those that match. */
  static DeliveryPage of(Stream<SeenDelivery> matching, int limit, boolean bodies) {
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

  /** Writes its properties. */
  void write(JsonGenerator json) {
    json.writeBooleanProperty("cut", cut);
    json.writeArrayPropertyStart("deliveries");
    deliveries.forEach(delivery -> DeliveryJson.write(json, delivery, bodies));
    json.writeEndArray();
  }
}
