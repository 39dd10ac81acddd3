package io.stanzahook.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.stanzahook.mapping.ChatProperties;
import io.stanzahook.stanza.CommandCall;
import io.stanzahook.stanza.Delay;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.RoomPlace;
import io.stanzahook.stanza.Stanza;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the request object of a stanza: mod_component_http's {@code to}, {@code from}, {@code
 * kind}, {@code body} and {@code stanza}. If the stanza has them, it adds {@code id}, {@code type},
 * {@code lang}, {@code thread}, {@code subject}, {@code replace}, {@code delay}, {@code history},
 * {@code room} and the {@link ChatProperties}.
 *
 * <p>Event loops reuse Jackson's buffers.
 */
final class RequestJson implements RequestWriter {
  private static final SerializedString TO = new SerializedString("to");
  private static final SerializedString FROM = new SerializedString("from");
  private static final SerializedString KIND = new SerializedString("kind");
  private static final SerializedString ID = new SerializedString("id");
  private static final SerializedString TYPE = new SerializedString("type");
  private static final SerializedString LANG = new SerializedString("lang");
  private static final SerializedString THREAD = new SerializedString("thread");
  private static final SerializedString SUBJECT = new SerializedString("subject");
  private static final SerializedString BODY = new SerializedString("body");
  private static final SerializedString REPLACE = new SerializedString("replace");
  private static final SerializedString DELAY = new SerializedString("delay");
  private static final SerializedString HISTORY = new SerializedString("history");
  private static final SerializedString ROOM = new SerializedString("room");
  private static final SerializedString NICK = new SerializedString("nick");
  private static final SerializedString ME = new SerializedString("me");
  private static final SerializedString STANZA = new SerializedString("stanza");

  private static final SerializedString WEBHOOK_ID = new SerializedString("webhook_id");
  private static final SerializedString ATTEMPT = new SerializedString("attempt");

  /** What a buffer has in addition to twice the stanza's XML. It grows if that is not enough. */
  private static final int EXTRA = 256;

  /** The maximum size of a new buffer for a batch. It grows if that is not enough. */
  private static final int MAX_ROOM = 1 << 20;

  private final JsonFactory json =
      JsonFactory.builder()
          .recyclerPool(JsonRecyclerPools.threadLocalPool())
          .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .build();

  @Override
  public ByteBuf write(Stanza stanza, ByteBufAllocator allocator) {
    ByteBuf buffer = allocator.buffer(2 * stanza.xml().length() + EXTRA);
    OutputStream target = new ByteBufOutputStream(buffer);
    try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), target)) {
      out.writeStartObject();
      properties(out, stanza);
      out.writeEndObject();
    } catch (RuntimeException | Error e) {
      buffer.release();
      throw e;
    }
    return buffer;
  }

  private static void properties(JsonGenerator out, ObjectNode object) {
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      out.writeName(property.getKey());
      value(out, property.getValue());
    }
  }

  /** Texts, or objects and arrays of texts: chats have no other values. */
  private static void value(JsonGenerator out, JsonNode value) {
    if (value instanceof ObjectNode object) {
      out.writeStartObject();
      properties(out, object);
      out.writeEndObject();
    } else if (value.isArray()) {
      out.writeStartArray();
      for (JsonNode each : value) {
        value(out, each);
      }
      out.writeEndArray();
    } else {
      out.writeString(value.asString());
    }
  }

  @Override
  public ByteBuf write(Batch batch, ByteBufAllocator allocator) {
    long room = 2;
    for (int i = 0; i < batch.size(); i++) {
      room += 2L * batch.stanza(i).xml().length() + EXTRA;
    }
    ByteBuf buffer = allocator.buffer((int) Math.min(MAX_ROOM, room));
    OutputStream target = new ByteBufOutputStream(buffer);
    try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), target)) {
      out.writeStartArray();
      for (int i = 0; i < batch.size(); i++) {
        out.writeStartObject();
        properties(out, batch.stanza(i));
        text(out, WEBHOOK_ID, batch.webhookId(i));
        out.writeName(ATTEMPT);
        out.writeNumber(batch.attempt(i));
        out.writeEndObject();
      }
      out.writeEndArray();
    } catch (RuntimeException | Error e) {
      buffer.release();
      throw e;
    }
    return buffer;
  }

  private static void properties(JsonGenerator out, Stanza stanza) {
    text(out, TO, stanza.to().toString());
    text(out, FROM, stanza.from().toString());
    CommandCall command = stanza instanceof Iq iq ? iq.command() : null;
    text(out, KIND, command == null ? stanza.kind().elementName() : "command");
    text(out, ID, stanza.id());
    text(out, TYPE, stanza.type());
    text(out, LANG, stanza.lang());
    if (stanza instanceof Message message) {
      text(out, THREAD, message.thread());
      text(out, SUBJECT, message.subject());
      text(out, BODY, message.body());
      text(out, REPLACE, message.replace());
      ObjectNode chat = ChatProperties.of(message);
      if (chat != null) {
        properties(out, chat);
      }
    }
    if (command != null) {
      command(out, command);
    }
    // If it was not delayed, there are none, and its XML is not read.
    Delay.Stamps stamps = Delay.stamps(stanza);
    text(out, DELAY, stamps.first());
    if (stamps.history()) {
      out.writeName(HISTORY);
      out.writeBoolean(true);
    }
    RoomPlace place = stanza instanceof Message message ? message.room() : null;
    if (place != null) {
      room(out, place);
    }
    out.writeName(STANZA);
    // The bytes were checked to be UTF-8 when the stanza came in, and JSON escapes only ASCII, so
    // they need not be decoded.
    byte[] xml = stanza.xml().utf8();
    out.writeUTF8String(xml, 0, xml.length);
  }

  private static void command(JsonGenerator out, CommandCall command) {
    out.writeName("node");
    out.writeString(command.node());
    out.writeName("session");
    out.writeString(command.session());
    out.writeName("fields");
    out.writeStartObject();
    for (Map.Entry<String, Object> field : command.fields().entrySet()) {
      out.writeName(field.getKey());
      if (field.getValue() instanceof Boolean truth) {
        out.writeBoolean(truth);
      } else if (field.getValue() instanceof List<?> several) {
        out.writeStartArray();
        several.forEach(each -> out.writeString(String.valueOf(each)));
        out.writeEndArray();
      } else {
        out.writeString(String.valueOf(field.getValue()));
      }
    }
    out.writeEndObject();
  }

  private static void room(JsonGenerator out, RoomPlace place) {
    out.writeName(ROOM);
    out.writeStartObject();
    text(out, ROOM, place.room().toString());
    text(out, NICK, place.nick());
    text(out, ME, place.me());
    out.writeEndObject();
  }

  private static void text(JsonGenerator out, SerializedString name, @Nullable String value) {
    if (value != null) {
      out.writeName(name);
      out.writeString(value);
    }
  }
}
