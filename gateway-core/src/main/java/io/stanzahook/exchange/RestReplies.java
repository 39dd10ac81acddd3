package io.stanzahook.exchange;

import io.stanzahook.exchange.ReadReply.ReplyObject;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads responses of mod_rest's mapping: an object, an array of them, or {@code {"xmpp": […]}}. An
 * object with a {@code stanza} is that stanza, as in the default format.
 *
 * <p>Any thread may call it.
 */
final class RestReplies {
  private final JsonMapper mapper;
  private final int maxReplies;

  RestReplies(JsonFactory json, int maxReplies) {
    this.mapper =
        JsonMapper.builder(json).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    this.maxReplies = maxReplies;
  }

  List<ReadReply> read(byte[] body, int length) throws UnreadableResponseException {
    JsonNode response;
    try {
      response = mapper.readTree(body, 0, length);
    } catch (JacksonException e) {
      throw new UnreadableResponseException("the response is not JSON: " + ReplyReader.location(e));
    }
    JsonNode several = response.isObject() ? response.path("xmpp") : response;
    if (several.isArray()) {
      return array(several, maxReplies);
    }
    if (response.isObject()) {
      return response.isEmpty() ? List.of() : List.of(item((ObjectNode) response));
    }
    if (response.isNull() || response.isMissingNode()) {
      return List.of();
    }
    throw new UnreadableResponseException(
        "the response is JSON, but neither an object nor an array of objects");
  }

  static List<ReadReply> array(JsonNode several, int maxReplies) {
    List<ReadReply> items = new ArrayList<>(Math.min(several.size(), maxReplies) + 1);
    int surplus = 0;
    for (JsonNode each : several) {
      if (each.isNull()) {
        continue;
      }
      if (items.size() == maxReplies) {
        surplus++;
      } else if (each instanceof ObjectNode object) {
        if (!object.isEmpty()) {
          items.add(item(object));
        }
      } else {
        items.add(
            ReplyReader.unusable(
                DroppedReply.Reason.INVALID, "an item of the array is not an object"));
      }
    }
    if (surplus > 0) {
      items.add(ReplyReader.surplus(surplus, maxReplies));
    }
    return items;
  }

  static ReadReply item(ObjectNode object) {
    if (object.path("local").asBoolean(false)) {
      return new ReadReply.Local();
    }
    JsonNode stanza = object.get("stanza");
    return stanza != null && stanza.isString()
        ? ReplyObject.ofStanza(stanza.stringValue())
        : new ReadReply.Mapped(object);
  }
}
