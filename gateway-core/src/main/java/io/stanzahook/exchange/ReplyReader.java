package io.stanzahook.exchange;

import io.netty.handler.codec.http.HttpUtil;
import io.stanzahook.exchange.ReadReply.ReplyObject;
import io.stanzahook.mapping.ChatProperties;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the body of a 200 by its content type: JSON objects, the XML of a stanza, or text. It
 * judges only the form. {@link ReplyRules} judge what the replies say.
 *
 * <p>Any thread may call it.
 */
public final class ReplyReader {
  /** The maximum depth of objects and arrays. No known property needs more. */
  static final int MAX_NESTING = 64;

  /** The maximum length of a property's name. Known names are shorter. */
  private static final int MAX_NAME_LENGTH = 1_000;

  private static final String JSON = "application/json";

  /** The beginning of the usual reply, before its text. */
  private static final byte[] BODY = "{\"body\":".getBytes(StandardCharsets.US_ASCII);

  private static final String REMEDY =
      "for a reply, have the webhook send it as application/json, text/plain or"
          + " application/xmpp+xml; for none, have it answer 204";

  private final int maxReplies;
  private final PostFormat format;
  private final JsonFactory json;
  private final JsonMapper mapper;
  private final RestReplies mapped;

  /**
   * Reads responses.
   *
   * @param maxResponse the largest body that will come, in bytes
   * @param maxReplies the maximum number of items of an array
   * @param format of the replies in JSON
   */
  public ReplyReader(int maxResponse, int maxReplies, PostFormat format) {
    this.maxReplies = maxReplies;
    this.format = format;
    this.json = json(MAX_NESTING, maxResponse);
    // It reads values inside the response.
    this.mapper =
        JsonMapper.builder(json).disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    this.mapped = new RestReplies(json, maxReplies);
  }

  /** Parses responses up to this size. */
  static JsonFactory json(int maxNesting, int maxBytes) {
    return JsonFactory.builder()
        .recyclerPool(JsonRecyclerPools.threadLocalPool())
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(maxNesting)
                .maxNameLength(MAX_NAME_LENGTH)
                .maxStringLength(maxBytes)
                .maxDocumentLength(maxBytes)
                .build())
        .build();
  }

  /** Reads responses in the default format. */
  ReplyReader(int maxResponse, int maxReplies) {
    this(maxResponse, maxReplies, PostFormat.JSON);
  }

  /**
   * Checks that a body is not compressed.
   *
   * @param contentEncoding the header as it came, or null
   * @throws UnreadableResponseException if it is
   */
  public static void checkEncoding(@Nullable String contentEncoding)
      throws UnreadableResponseException {
    if (contentEncoding != null
        && !contentEncoding.isBlank()
        && !contentEncoding.strip().equalsIgnoreCase("identity")) {
      throw new UnreadableResponseException(
          "a response of Content-Encoding '"
              + Quoted.of(contentEncoding)
              + "' cannot be unpacked; have the webhook, or the proxy before it, send it without:"
              + " it was asked to by Accept-Encoding");
    }
  }

  /**
   * Whether a body of this type would be a reply if its status were 200.
   *
   * @param contentType the header as it came, or null
   */
  public static boolean isReplyType(@Nullable String contentType) {
    CharSequence mediaType = contentType == null ? null : HttpUtil.getMimeType(contentType);
    String type = mediaType == null ? "" : mediaType.toString().strip().toLowerCase(Locale.ROOT);
    return isJson(type) || type.equals("application/xmpp+xml") || type.equals("text/plain");
  }

  /** Whether it is the media type of JSON, in any letter case. */
  static boolean isJson(CharSequence mediaType) {
    return isJson(mediaType.toString().strip().toLowerCase(Locale.ROOT));
  }

  private static boolean isJson(String type) {
    return type.equals("application/json")
        || (type.startsWith("application/") && type.endsWith("+json"));
  }

  /**
   * The items of a response, in order; none for an empty body.
   *
   * @param contentType the header as it came, or null
   * @throws UnreadableResponseException if nothing of the body can be used
   */
  public List<ReadReply> read(@Nullable String contentType, byte[] body, int length)
      throws UnreadableResponseException {
    if (length == 0) {
      return List.of();
    }
    if (contentType == null) {
      throw new UnreadableResponseException(
          "the response has a body but no Content-Type; " + REMEDY);
    }
    if (contentType.equals(JSON) && format == PostFormat.JSON) {
      String said = onlyBody(body, length);
      if (said != null) {
        return List.of(ReplyObject.ofBody(said));
      }
    }
    CharSequence mediaType = HttpUtil.getMimeType(contentType);
    String type = mediaType == null ? "" : mediaType.toString().strip().toLowerCase(Locale.ROOT);
    if (isJson(type)) {
      return format == PostFormat.REST_JSON ? mapped.read(body, length) : json(body, length);
    }
    if (type.equals("application/xmpp+xml")) {
      String xml = text(body, length, StandardCharsets.UTF_8);
      return xml.isBlank() ? List.of() : List.of(ReplyObject.ofStanza(xml));
    }
    if (type.equals("text/plain")) {
      return List.of(ReplyObject.ofBody(text(body, length, charset(contentType))));
    }
    throw new UnreadableResponseException(
        "a response of Content-Type '"
            + Quoted.of(contentType)
            + "' is none of JSON, XML, text; "
            + REMEDY);
  }

  /**
   * The text of the usual reply: an object with only a body, in plain ASCII. A parser and its
   * buffers would be a sixth of all that a stanza allocates.
   *
   * @return null for all other replies, which the parser reads
   */
  private static @Nullable String onlyBody(byte[] json, int length) {
    int start = BODY.length;
    // At least the quotes and the brace must follow.
    if (length < start + 3 || !Arrays.equals(json, 0, start, BODY, 0, start)) {
      return null;
    }
    start += json[start] == ' ' ? 1 : 0;
    int end = length - 2;
    if (end <= start || json[start++] != '"' || json[end] != '"' || json[end + 1] != '}') {
      return null;
    }
    for (int i = start; i < end; i++) {
      byte b = json[i];
      // A negative byte belongs to a longer character.
      if (b < 0x20 || b == '"' || b == '\\') {
        return null;
      }
    }
    return new String(json, start, end - start, StandardCharsets.ISO_8859_1);
  }

  private static Charset charset(String contentType) throws UnreadableResponseException {
    CharSequence parameter = HttpUtil.getCharsetAsSequence(contentType);
    if (parameter == null) {
      return StandardCharsets.UTF_8;
    }
    String name = parameter.toString().replace("\"", "").strip();
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "", "utf-8", "utf8" -> StandardCharsets.UTF_8;
      case "iso-8859-1", "latin1" -> StandardCharsets.ISO_8859_1;
      case "us-ascii", "ascii" -> StandardCharsets.US_ASCII;
      default ->
          throw new UnreadableResponseException(
              "charset '" + Quoted.of(name) + "' is none of UTF-8, ISO-8859-1, US-ASCII");
    };
  }

  private static String text(byte[] body, int length, Charset charset)
      throws UnreadableResponseException {
    try {
      // A new decoder reports wrong bytes. The constructor of String would replace them.
      return charset.newDecoder().decode(ByteBuffer.wrap(body, 0, length)).toString();
    } catch (CharacterCodingException e) {
      throw new UnreadableResponseException("the response's text is not " + charset.name());
    }
  }

  private List<ReadReply> json(byte[] body, int length) throws UnreadableResponseException {
    try (JsonParser in = json.createParser(ObjectReadContext.empty(), body, 0, length)) {
      JsonToken first = in.nextToken();
      List<ReadReply> read;
      if (first == JsonToken.START_OBJECT) {
        read = List.of(object(in, null));
      } else if (first == JsonToken.START_ARRAY) {
        read = array(in, null);
      } else if (first == null || first == JsonToken.VALUE_NULL) {
        read = List.of();
      } else {
        throw new UnreadableResponseException(
            "the response is JSON, but neither an object nor an array of objects");
      }
      if (first != null && in.nextToken() != null) {
        throw new UnreadableResponseException("the response has more than one JSON value");
      }
      return read;
    } catch (JacksonException e) {
      throw new UnreadableResponseException("the response is not JSON: " + location(e));
    }
  }

  /** Where the error is, without the text around it, which is not for the log. */
  static String location(JacksonException e) {
    var at = e.getLocation();
    return at == null
        ? "unreadable"
        : "unreadable at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  /**
   * The items of an array whose beginning was read.
   *
   * @param batched receives what a stanza of a batch has in addition; null outside of batches
   */
  private List<ReadReply> array(JsonParser in, @Nullable BatchElement batched) {
    List<ReadReply> items = new ArrayList<>(4);
    int surplus = 0;
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      if (token == JsonToken.VALUE_NULL) {
        continue;
      }
      if (items.size() == maxReplies) {
        surplus++;
        in.skipChildren();
      } else if (token == JsonToken.START_OBJECT) {
        items.add(object(in, batched));
      } else {
        in.skipChildren();
        items.add(unusable(DroppedReply.Reason.INVALID, "an item of the array is not an object"));
      }
    }
    if (surplus > 0) {
      items.add(surplus(surplus, maxReplies));
    }
    return items;
  }

  /**
   * Reads one element of the response to a batch, whose first token was read.
   *
   * @param batched receives what it has in addition to its replies
   */
  List<ReadReply> element(JsonParser in, JsonToken first, BatchElement batched) {
    if (first == JsonToken.START_OBJECT) {
      return List.of(object(in, batched));
    }
    if (first == JsonToken.START_ARRAY) {
      return array(in, batched);
    }
    in.skipChildren();
    return first == JsonToken.VALUE_NULL ? List.of() : List.of(notAnObject());
  }

  static ReadReply notAnObject() {
    return unusable(
        DroppedReply.Reason.INVALID, "an element of the array is neither object, array nor null");
  }

  /** Always reads to the end of the object, so that the items after it can be read. */
  private ReadReply object(JsonParser in, @Nullable BatchElement batched) {
    String to = null;
    String from = null;
    String kind = null;
    String type = null;
    String id = null;
    String body = null;
    String thread = null;
    String subject = null;
    String replace = null;
    ObjectNode chat = null;
    ObjectNode form = null;
    String stanza = null;
    boolean local = false;
    String fault = null;
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      JsonToken value = in.nextToken();
      if (value == JsonToken.VALUE_NULL) {
        value = null;
      }
      if (value != null && CommandReply.isProperty(name)) {
        form = form == null ? JsonNodeFactory.instance.objectNode() : form;
        form.set(name, mapper.readTree(in));
        continue;
      }
      if (value != null && ChatProperties.has(name)) {
        JsonNode given = mapper.readTree(in);
        // As in a request without it.
        if (!(given.isString() && given.stringValue().isEmpty())) {
          chat = chat == null ? JsonNodeFactory.instance.objectNode() : chat;
          chat.set(name, given);
        }
        continue;
      }
      boolean scalar = value == null || value.isScalarValue();
      boolean string = value == null || value == JsonToken.VALUE_STRING;
      String text = scalar && value != null ? in.getString() : null;
      boolean fits =
          switch (name) {
            case "to" -> {
              to = text;
              yield string;
            }
            case "from" -> {
              from = text;
              yield string;
            }
            case "kind" -> {
              kind = text;
              yield string;
            }
            case "type" -> {
              type = text;
              yield string;
            }
            case "stanza" -> {
              stanza = text;
              yield string;
            }
            case "id" -> {
              id = text;
              yield scalar;
            }
            case "body" -> {
              body = text;
              yield scalar;
            }
            case "thread" -> {
              thread = text;
              yield scalar;
            }
            case "subject" -> {
              subject = text;
              yield scalar;
            }
            case "replace" -> {
              // A request that corrects nothing has none, and an empty one corrects nothing.
              replace = text == null || text.isEmpty() ? null : text;
              yield scalar;
            }
            case "local" -> {
              local = value == JsonToken.VALUE_TRUE;
              yield true;
            }
            default -> {
              if (batched != null && value != null && text != null) {
                batched.property(name, value, text);
              }
              yield true;
            }
          };
      if (!fits && fault == null) {
        fault = "property '" + name + "' is not " + (scalar ? "a string" : "text");
      }
      in.skipChildren();
    }
    if (local) {
      return new ReadReply.Local();
    }
    return fault != null
        ? unusable(DroppedReply.Reason.INVALID, fault)
        : new ReplyObject(
            to, from, kind, type, id, body, thread, subject, replace, chat, form, stanza);
  }

  static ReadReply surplus(int surplus, int maxReplies) {
    return unusable(
        DroppedReply.Reason.SURPLUS,
        surplus + " replies beyond the " + maxReplies + " that one response may hold");
  }

  static ReadReply unusable(DroppedReply.Reason reason, String detail) {
    return new ReadReply.Unusable(new DroppedReply(reason, detail));
  }
}
