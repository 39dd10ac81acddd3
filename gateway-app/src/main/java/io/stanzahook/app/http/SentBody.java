package io.stanzahook.app.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
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
public final class SentBody {
  public static final String JSON = "application/json";
  public static final String FORM = "application/x-www-form-urlencoded";
  public static final String MULTIPART = "multipart/form-data";
  public static final String TEXT = "text/plain";
  public static final String XML = "application/xmpp+xml";

  /** Larger bodies are refused. */
  public static final int MAX_BYTES = 256 * 1024;

  /** Fields of a form, and parameters of a query. */
  private static final int MAX_FIELDS = 256;

  private static final int MAX_NESTING = 64;

  /** Browsers write the name of a form's charset into a field of this name. */
  private static final String CHARSET_FIELD = "_charset_";

  /** The charset of pages that name none. */
  private static final Charset PAGES = Charset.forName("windows-1252");

  private static final char REPLACEMENT = '\uFFFD';

  /** A form that contains this character itself. */
  private static final Pattern UNREADABLE = Pattern.compile("(?i)%EF%BF%BD|\uFFFD");

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private SentBody() {}

  /** The content type without parameters, in lower case; empty if there is none. */
  public static String type(HttpServerRequest request) {
    String header = request.requestHeaders().get(HttpHeaderNames.CONTENT_TYPE);
    CharSequence type = header == null ? null : HttpUtil.getMimeType(header);
    return type == null ? "" : type.toString().strip().toLowerCase(Locale.ROOT);
  }

  /**
   * A JSON object.
   *
   * @throws ApiException if it is none
   */
  public static ObjectNode json(String body) throws ApiException {
    if (tree(body) instanceof ObjectNode object) {
      return object;
    }
    throw ApiException.unreadable("the body is JSON, but not an object");
  }

  private static JsonNode tree(String body) throws ApiException {
    try {
      JsonNode node = MAPPER.readTree(body);
      return node == null ? JsonNodeFactory.instance.missingNode() : node;
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw ApiException.unreadable(
          "the body is not JSON"
              + (at == null
                  ? ""
                  : ": unreadable at line " + at.getLineNr() + ", column " + at.getColumnNr()));
    }
  }

  /**
   * The JSON objects of a body: one, or the elements of a list. A text counts as an object whose
   * property {@code text} it is.
   *
   * @throws ApiException if it is none of these
   */
  public static List<ObjectNode> objects(String body) throws ApiException {
    JsonNode node = tree(body);
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode each : node.isArray() ? node : List.of(node)) {
      if (each instanceof ObjectNode object) {
        objects.add(object);
      } else if (each.isString()) {
        objects.add(text(each.stringValue()));
      } else {
        throw ApiException.unreadable("the body is JSON, but has no object");
      }
    }
    if (objects.isEmpty()) {
      throw ApiException.unreadable("the body is an empty list");
    }
    return objects;
  }

  /** An object that has only a text. */
  public static ObjectNode text(String text) {
    return JsonNodeFactory.instance.objectNode().put("text", text);
  }

  /**
   * The fields of a form. Its charset is the one in its field {@code _charset_}, which browsers
   * fill in, or else the one of the request. If no charset is named and the bytes are not UTF-8,
   * they are read as windows-1252, as in browsers.
   *
   * @throws ApiException if it cannot be decoded
   */
  public static ObjectNode form(HttpServerRequest request, String text) throws ApiException {
    Charset given = Charsets.of(request);
    Charset charset = given == null ? StandardCharsets.UTF_8 : given;
    ObjectNode form = form(text, charset);
    String named = form.path(CHARSET_FIELD).asString("");
    Charset other = named.isEmpty() ? null : Charsets.named(named);
    form.remove(CHARSET_FIELD);
    if (other != null) {
      ObjectNode decoded = other.equals(charset) ? form : form(text, other);
      decoded.remove(CHARSET_FIELD);
      return decoded;
    }
    return charset.equals(StandardCharsets.UTF_8)
            && !UNREADABLE.matcher(text).find()
            && form.properties().stream().anyMatch(each -> isUnreadable(each.getValue()))
        ? form(text, PAGES)
        : form;
  }

  /**
   * The fields of a form in parts (RFC 7578). Files in it are left out.
   *
   * @throws ApiException if it cannot be decoded
   */
  public static ObjectNode multipart(Request request) throws ApiException {
    ObjectNode form = JsonNodeFactory.instance.objectNode();
    DefaultFullHttpRequest whole =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.POST,
            "/",
            Unpooled.wrappedBuffer(request.bytes()),
            request.http().requestHeaders(),
            EmptyHttpHeaders.INSTANCE);
    try {
      if (!HttpPostRequestDecoder.isMultipart(whole)) {
        throw ApiException.unreadable("the form in parts names no boundary");
      }
      HttpPostMultipartRequestDecoder decoder =
          new HttpPostMultipartRequestDecoder(
              new DefaultHttpDataFactory(false),
              whole,
              StandardCharsets.UTF_8,
              MAX_FIELDS,
              MAX_BYTES);
      try {
        for (InterfaceHttpData part : decoder.getBodyHttpDatas()) {
          if (part instanceof Attribute field && !form.has(field.getName())) {
            form.put(field.getName(), field.getValue());
          }
        }
      } finally {
        decoder.destroy();
      }
    } catch (DecoderException | IOException | IllegalArgumentException e) {
      throw ApiException.unreadable("the form in parts cannot be decoded");
    } finally {
      whole.release();
    }
    if (form.isEmpty()) {
      throw ApiException.unreadable("the form in parts has no field");
    }
    return form;
  }

  private static boolean isUnreadable(JsonNode value) {
    return value.asString("").indexOf(REPLACEMENT) >= 0;
  }

  /**
   * The fields of a query. If a field is repeated, the first one counts.
   *
   * @throws ApiException if it cannot be decoded
   */
  public static ObjectNode form(String text) throws ApiException {
    return form(text, StandardCharsets.UTF_8);
  }

  private static ObjectNode form(String text, Charset charset) throws ApiException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    try {
      Map<String, List<String>> fields =
          new QueryStringDecoder(text, charset, false, MAX_FIELDS).parameters();
      fields.forEach((name, values) -> object.put(name, values.get(0)));
      return object;
    } catch (IllegalArgumentException e) {
      throw ApiException.unreadable("the form cannot be decoded");
    }
  }
}
