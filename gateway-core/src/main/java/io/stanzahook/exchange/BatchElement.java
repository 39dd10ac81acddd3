package io.stanzahook.exchange;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an element of the response to a batch has in addition to its reply. One object serves all
 * elements of a response. Not thread-safe.
 */
final class BatchElement {
  /** The element has no status. */
  static final int NO_STATUS = 0;

  private static final int MAX_STATUS_DIGITS = 3;
  private static final String WEBHOOK_ID = "webhook_id";
  private static final String STATUS = "status";
  private static final String RETRY_AFTER = "retry_after";

  private @Nullable String webhookId;
  private int status;
  private @Nullable Duration retryAfter;

  /** The next element begins. */
  void begin() {
    webhookId = null;
    status = NO_STATUS;
    retryAfter = null;
  }

  /** The id of the delivery that it answers; null if that is the one at the same place. */
  @Nullable String webhookId() {
    return webhookId;
  }

  /** The status for this stanza alone, or {@link #NO_STATUS}. */
  int status() {
    return status;
  }

  @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** Forgets the status, because in an array each reply could have one. */
  void withoutStatus() {
    status = NO_STATUS;
    retryAfter = null;
  }

  /** Takes a property that replies do not have. Of several ids, the first counts. */
  void property(String name, JsonToken token, String text) {
    switch (name) {
      case WEBHOOK_ID -> {
        if (token == JsonToken.VALUE_STRING && webhookId == null) {
          webhookId = text;
        }
      }
      case STATUS -> {
        if (token == JsonToken.VALUE_NUMBER_INT) {
          status = status(text);
        }
      }
      case RETRY_AFTER -> {
        if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
          retryAfter = RetryAfter.seconds(text);
        }
      }
      default -> {
        // It is not known.
      }
    }
  }

  /**
   * Takes them out of an object in mod_rest's mapping, where a status that is text belongs to it.
   */
  void takeFrom(ObjectNode object) {
    JsonNode id = object.remove(WEBHOOK_ID);
    if (id != null && id.isString() && webhookId == null) {
      webhookId = id.stringValue();
    }
    JsonNode given = object.get(STATUS);
    if (given != null && given.isIntegralNumber()) {
      object.remove(STATUS);
      status = status(given.asString());
    }
    JsonNode seconds = object.get(RETRY_AFTER);
    if (seconds != null && seconds.isNumber()) {
      object.remove(RETRY_AFTER);
      retryAfter = RetryAfter.seconds(seconds.asString());
    }
  }

  /** The status. A number that is too long stays too large, and is reported as invalid later. */
  private static int status(String text) {
    return text.length() <= MAX_STATUS_DIGITS ? Integer.parseInt(text) : Integer.MAX_VALUE;
  }
}
