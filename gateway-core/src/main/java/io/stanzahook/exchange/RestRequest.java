package io.stanzahook.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.stanzahook.mapping.StanzaMapping;
import io.stanzahook.stanza.CommandCall;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import java.io.OutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the request object as mod_rest maps stanzas. Unlike {@link RequestJson}, it needs the
 * stanza's tree.
 */
final class RestRequest implements RequestWriter {
  /** The largest limits that can be set for incoming stanzas. */
  private static final XmlLimits LIMITS = new XmlLimits(1_000, 1_000_000, 1_000);

  private final JsonMapper mapper = new JsonMapper();

  @Override
  public ByteBuf write(Stanza stanza, ByteBufAllocator allocator) {
    ObjectNode json = json(stanza);
    ByteBuf buffer = allocator.buffer(stanza.xml().length());
    try (OutputStream target = new ByteBufOutputStream(buffer)) {
      mapper.writeValue(target, json);
    } catch (RuntimeException | Error e) {
      buffer.release();
      throw e;
    } catch (java.io.IOException e) {
      buffer.release();
      throw new java.io.UncheckedIOException(e);
    }
    return buffer;
  }

  @Override
  public ByteBuf write(Batch batch, ByteBufAllocator allocator) {
    ByteBuf buffer = allocator.buffer();
    OutputStream target = new ByteBufOutputStream(buffer);
    try (JsonGenerator out = mapper.createGenerator(target)) {
      out.writeStartArray();
      for (int i = 0; i < batch.size(); i++) {
        ObjectNode json = json(batch.stanza(i));
        json.put("webhook_id", batch.webhookId(i));
        json.put("attempt", batch.attempt(i));
        out.writeTree(json);
      }
      out.writeEndArray();
    } catch (RuntimeException | Error e) {
      buffer.release();
      throw e;
    }
    return buffer;
  }

  @Override
  public int bound(Stanza stanza) {
    // A short element may become an object with long names.
    return 16 * stanza.xml().length() + OVERHEAD;
  }

  private ObjectNode json(Stanza stanza) {
    ObjectNode json;
    try {
      json = StanzaMapping.toJson(stanza.xml().parse(LIMITS), stanza.lang());
    } catch (XmlException e) {
      throw new IllegalStateException("a stanza that came in cannot be read again", e);
    }
    // As in other formats: the component's domain if the server left it out.
    json.put("to", stanza.to().toString());
    CommandCall command = stanza instanceof Iq iq ? iq.command() : null;
    if (command != null) {
      json.put("kind", "command");
      json.put("node", command.node());
      json.put("session", command.session());
      json.set("fields", mapper.valueToTree(command.fields()));
    }
    return json;
  }
}
