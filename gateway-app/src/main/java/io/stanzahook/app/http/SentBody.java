package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import reactor.netty.http.server.HttpServerRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Bodies and queries of requests to the send API, as JSON objects. */
final class SentBody {
  static final String JSON = "application/json";
  static final String FORM = "application/x-www-form-urlencoded";
  static final String TEXT = "text/plain";
  static final String XML = "application/xmpp+xml";

  /** Larger bodies are refused. */
  static final int MOST_BYTES = 256 * 1024;

  /** Fields of a form, and parameters of a query. */
  private static final int MOST_FIELDS = 256;

  private static final int MAX_NESTING = 64;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private SentBody() {}

  /** The content type without parameters, in lower case; empty where there is none. */
  static String type(HttpServerRequest request) {
    String header = request.requestHeaders().get(HttpHeaderNames.CONTENT_TYPE);
    CharSequence type = header == null ? null : HttpUtil.getMimeType(header);
    return type == null ? "" : type.toString().strip().toLowerCase(Locale.ROOT);
  }

  /**
   * A JSON object.
   *
   * @throws ApiException if it is none
   */
  static ObjectNode json(String body) throws ApiException {
    try {
      JsonNode node = MAPPER.readTree(body);
      if (node instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw new ApiException(
          ApiError.unreadable(
              "the body is not JSON"
                  + (at == null
                      ? ""
                      : ": unreadable at line "
                          + at.getLineNr()
                          + ", column "
                          + at.getColumnNr())));
    }
    throw new ApiException(ApiError.unreadable("the body is JSON, but not an object"));
  }

  /**
   * The fields of a form or a query; of one that is there twice the first.
   *
   * @throws ApiException if it cannot be decoded
   */
  static ObjectNode form(String text) throws ApiException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    try {
      Map<String, List<String>> fields =
          new QueryStringDecoder(text, StandardCharsets.UTF_8, false, MOST_FIELDS).parameters();
      fields.forEach((name, values) -> object.put(name, values.get(0)));
      return object;
    } catch (IllegalArgumentException e) {
      throw new ApiException(ApiError.unreadable("the form cannot be decoded"));
    }
  }
}
