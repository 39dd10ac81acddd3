package io.stanzahook.exchange;

import io.netty.handler.codec.http.HttpUtil;
import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.WebhookResult.AnsweredEach;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the body of a 200 to a batch: an array whose elements answer the stanzas, by their place or
 * by {@code webhook_id}. Each element that belongs to a stanza is used, whatever else is in the
 * response.
 *
 * <p>Any thread may call it.
 */
public final class BatchReader {
  /** The largest response to a batch, unless the response to one stanza may be larger. */
  public static final int MAX_RESPONSE = 16 << 20;

  private final int maxResponse;
  private final int maxReplies;
  private final PostFormat format;
  private final ReplyReader reader;
  private final ReplyRules rules;
  private final JsonFactory json;
  private final JsonMapper mapper;

  /** Judges the status that an element gives its stanza. */
  @FunctionalInterface
  public interface Statuses {
    /** The result of a call that was answered with this status, which is not a 2xx. */
    WebhookResult of(int status, @Nullable Duration retryAfter);
  }

  /**
   * Reads responses.
   *
   * @param maxResponse the largest element, in bytes, like a response to one stanza
   * @param maxReplies the maximum number of replies to one stanza
   * @param format of the replies in JSON
   */
  public BatchReader(int maxResponse, int maxReplies, PostFormat format, ReplyRules rules) {
    this.maxResponse = maxResponse;
    this.maxReplies = maxReplies;
    this.format = format;
    this.reader = new ReplyReader(maxResponse, maxReplies, format);
    this.rules = rules;
    // An element is one level deeper than a response to one stanza.
    this.json = ReplyReader.json(ReplyReader.MAX_NESTING + 1, maxResponse(Integer.MAX_VALUE));
    // Other elements follow each element.
    this.mapper =
        JsonMapper.builder(json).disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  }

  /** The largest response to a batch of this size, in bytes. */
  public int maxResponse(int size) {
    long all = (long) maxResponse * size;
    return (int) Math.max(maxResponse, Math.min(MAX_RESPONSE, all));
  }

  /** The result if all of them were taken, and none has a reply. */
  public AnsweredEach taken(Batch batch, int status) {
    List<WebhookResult> each = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      each.add(rules.answered(batch.stanza(i), status, List.of()));
    }
    return new AnsweredEach(status, each, null);
  }

  /** The result if the body of a 200 is of no use to any of them. */
  public AnsweredEach unusable(Batch batch, DroppedReply why) {
    List<WebhookResult> each = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      each.add(rules.unusable(batch.stanza(i), 200, i == 0 ? why : why.again()));
    }
    return new AnsweredEach(200, each, null);
  }

  /**
   * Reads a response that has a body.
   *
   * @param replies whether an element may be a reply; its status counts in any case
   * @param beginning of the body, for the operator
   * @throws UnreadableResponseException if nothing of it belongs to a stanza
   */
  public AnsweredEach read(
      Batch batch,
      @Nullable String contentType,
      byte[] body,
      int length,
      boolean replies,
      String beginning,
      Statuses statuses)
      throws UnreadableResponseException {
    CharSequence mediaType = contentType == null ? null : HttpUtil.getMimeType(contentType);
    if (mediaType == null || !ReplyReader.isJson(mediaType)) {
      throw new UnreadableResponseException(
          "the response to a batch is a JSON array; Content-Type '%s' is not JSON"
              .formatted(Quoted.of(String.valueOf(contentType))));
    }
    Reading reading = new Reading(batch, replies, length > maxResponse, beginning, statuses);
    try (JsonParser in = in(body, length)) {
      JsonToken first = in.nextToken();
      if (first == JsonToken.START_ARRAY) {
        reading.elements(in);
        if (in.nextToken() != null) {
          reading.surplus("the response has more than one JSON value");
        }
      } else if (first == JsonToken.START_OBJECT) {
        reading.object(in);
      } else if (first != null && first != JsonToken.VALUE_NULL) {
        throw new UnreadableResponseException("the response to a batch is JSON, but not an array");
      }
    } catch (JacksonException e) {
      reading.broken("the response is not JSON: " + ReplyReader.location(e));
    }
    return reading.result();
  }

  private JsonParser in(byte[] body, int length) {
    // Parsers of the mapper can read trees.
    return format == PostFormat.REST_JSON
        ? mapper.createParser(body, 0, length)
        : json.createParser(ObjectReadContext.empty(), body, 0, length);
  }

  /** One response, as far as it was read. */
  private final class Reading {
    private final Batch batch;
    private final boolean replies;
    private final boolean mayBeTooLarge;
    private final String beginning;
    private final Statuses statuses;
    private final @Nullable WebhookResult[] results;
    private final BatchElement element = new BatchElement();
    private @Nullable Map<String, Integer> places;
    private @Nullable String broken;
    private @Nullable String odd;
    private int oddOnes;

    Reading(
        Batch batch, boolean replies, boolean mayBeTooLarge, String beginning, Statuses statuses) {
      this.batch = batch;
      this.replies = replies;
      this.mayBeTooLarge = mayBeTooLarge;
      this.beginning = beginning;
      this.statuses = statuses;
      this.results = new WebhookResult[batch.size()];
    }

    void elements(JsonParser in) {
      int place = 0;
      for (JsonToken first = in.nextToken(); first != JsonToken.END_ARRAY; first = in.nextToken()) {
        if (first == null) {
          broken("the response ends within the array");
          return;
        }
        element(in, first, place++);
      }
    }

    /** An object in place of the array. It must be empty, or name the stanza that it answers. */
    void object(JsonParser in) throws UnreadableResponseException {
      element.begin();
      List<ReadReply> read = read(in, JsonToken.START_OBJECT);
      int place = element.webhookId() == null ? -1 : place(element.webhookId(), 0);
      if (place >= 0) {
        results[place] = judged(place, read);
      } else if (element.webhookId() != null || !saysNothing(read)) {
        throw new NotBatchedException();
      }
    }

    private boolean saysNothing(List<ReadReply> read) {
      return element.status() == BatchElement.NO_STATUS
          && (read.isEmpty()
              || (read.get(0) instanceof ReadReply.ReplyObject reply && reply.isEmpty()));
    }

    private void element(JsonParser in, JsonToken first, int position) {
      element.begin();
      long begin = mayBeTooLarge ? in.currentTokenLocation().getByteOffset() : 0;
      List<ReadReply> read = read(in, first);
      long length = mayBeTooLarge ? in.currentLocation().getByteOffset() - begin : 0;
      String id = element.webhookId();
      int place = id == null ? position : place(id, position);
      if (place < 0) {
        surplus("an element has a webhook_id that the batch does not have");
      } else if (place >= results.length) {
        if (first != JsonToken.VALUE_NULL) {
          surplus("the array has more elements than the batch has stanzas");
        }
      } else if (results[place] != null) {
        if (first != JsonToken.VALUE_NULL) {
          surplus("two elements answer the same stanza");
        }
      } else if (length > maxResponse) {
        results[place] =
            rules.unusable(
                batch.stanza(place),
                200,
                new DroppedReply(
                    Reason.TOO_LARGE,
                    "the element of the response has more than %d bytes".formatted(maxResponse)));
      } else {
        results[place] = judged(place, read);
      }
    }

    private List<ReadReply> read(JsonParser in, JsonToken first) {
      List<ReadReply> read =
          format == PostFormat.REST_JSON ? mapped(in, first) : reader.element(in, first, element);
      if (first == JsonToken.START_ARRAY) {
        element.withoutStatus();
      }
      return read;
    }

    private List<ReadReply> mapped(JsonParser in, JsonToken first) {
      if (first != JsonToken.START_OBJECT && first != JsonToken.START_ARRAY) {
        return reader.element(in, first, element);
      }
      JsonNode node = mapper.readTree(in);
      if (node instanceof ObjectNode object) {
        element.takeFrom(object);
        if (object.path("xmpp") instanceof ArrayNode several) {
          return RestReplies.array(several, maxReplies);
        }
        return object.isEmpty() ? List.of() : List.of(RestReplies.item(object));
      }
      for (JsonNode each : node) {
        if (each instanceof ObjectNode object) {
          element.takeFrom(object);
        }
      }
      return RestReplies.array(node, maxReplies);
    }

    /** The place of this delivery, usually the same; -1 if it is not in the batch. */
    private int place(String id, int position) {
      if (position < results.length && id.equals(batch.webhookId(position))) {
        return position;
      }
      Map<String, Integer> known = places;
      if (known == null) {
        known = new HashMap<>();
        for (int i = 0; i < batch.size(); i++) {
          known.put(batch.webhookId(i), i);
        }
        places = known;
      }
      return known.getOrDefault(id, -1);
    }

    private WebhookResult judged(int place, List<ReadReply> read) {
      int status = element.status();
      if (status == BatchElement.NO_STATUS || status == 200) {
        return rules.answered(batch.stanza(place), 200, replies ? read : List.of());
      }
      if (status > 200 && status < 300) {
        return rules.answered(batch.stanza(place), status, List.of());
      }
      if (status < 300 || status > 599) {
        return rules.unusable(
            batch.stanza(place),
            200,
            new DroppedReply(
                Reason.INVALID, "an element has a 'status' that is not from 200 to 599"));
      }
      return statuses.of(status, element.retryAfter());
    }

    /** Something in the response belongs to no stanza. */
    void surplus(String why) {
      oddOnes++;
      if (odd == null) {
        odd = why;
      }
    }

    /** The rest of the response cannot be read. */
    void broken(String why) {
      broken = why;
    }

    AnsweredEach result() throws UnreadableResponseException {
      String fault = broken;
      if (fault != null && Arrays.stream(results).allMatch(each -> each == null)) {
        throw new UnreadableResponseException(fault);
      }
      List<WebhookResult> each = new ArrayList<>(results.length);
      DroppedReply why = null;
      for (int i = 0; i < results.length; i++) {
        WebhookResult known = results[i];
        if (known != null) {
          each.add(known);
        } else if (fault == null) {
          each.add(rules.answered(batch.stanza(i), 200, List.of()));
        } else {
          why = why == null ? new DroppedReply(Reason.UNREADABLE, fault, beginning) : why.again();
          each.add(rules.unusable(batch.stanza(i), 200, why));
        }
      }
      return new AnsweredEach(200, each, surplus());
    }

    private @Nullable DroppedReply surplus() {
      return odd == null
          ? null
          : new DroppedReply(
              Reason.UNREADABLE,
              oddOnes == 1 ? odd : "%s, and %d more faults".formatted(odd, oddOnes - 1));
    }
  }

  /** The webhook answers a batch as if it were one stanza. */
  public static final class NotBatchedException extends UnreadableResponseException {
    private static final long serialVersionUID = 1L;

    NotBatchedException() {
      super("the response to a batch is one object, not an array");
    }
  }
}
