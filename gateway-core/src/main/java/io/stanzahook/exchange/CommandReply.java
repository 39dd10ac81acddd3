package io.stanzahook.exchange;

import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.ReadReply.ReplyObject;
import io.stanzahook.mapping.Forms;
import io.stanzahook.mapping.MappingException;
import io.stanzahook.stanza.CommandCall;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlElement;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a webhook answers to the execution of a command: {@code body}, {@code fields} for another
 * page, or {@code error}.
 */
final class CommandReply {
  /** Whether this is a property of such answers only. */
  static boolean isProperty(String name) {
    return switch (name) {
      case "fields", "title", "instructions", "error" -> true;
      default -> false;
    };
  }

  private CommandReply() {}

  /** What the item says about the command; null if it is a stanza of another kind. */
  static @Nullable ObjectNode said(ReadReply item) {
    if (item instanceof ReadReply.Mapped mapped) {
      return mapped.json().has("kind") ? null : mapped.json();
    }
    if (!(item instanceof ReplyObject reply)
        || reply.stanza() != null
        || (reply.kind() != null && !reply.kind().equals("command"))
        || reply.to() != null) {
      return null;
    }
    ObjectNode form = reply.form();
    ObjectNode said = form == null ? JsonNodeFactory.instance.objectNode() : form;
    String body = reply.text();
    return body == null ? said : said.put("body", body);
  }

  /** The answer to an execution. */
  static OutboundStanza answer(Iq iq, CommandCall call, ObjectNode said)
      throws RefusedReplyException {
    JsonNode error = said.get("error");
    boolean failed = error != null && !error.isNull();
    if (failed && error instanceof ObjectNode object) {
      return refusal(iq, object);
    }
    XmlElement form = null;
    if (!failed && said.has("fields") && !said.path("fields").isNull()) {
      try {
        form = Forms.form(said);
      } catch (MappingException e) {
        throw new RefusedReplyException(Reason.INVALID, String.valueOf(e.getMessage()));
      }
    }
    String text = failed ? error.asString("") : said.path("body").asString("");
    return OutboundStanza.result(
        iq,
        CommandCall.answer(
            call.node(),
            call.session(),
            form == null ? "completed" : "executing",
            form,
            failed ? "error" : "info",
            text));
  }

  /** {@code {"error": {"condition": …, "text": …}}}. */
  private static OutboundStanza refusal(Iq iq, ObjectNode error) throws RefusedReplyException {
    String name = error.path("condition").asString("");
    for (ErrorCondition condition : ErrorCondition.values()) {
      if (condition.elementName().equals(name)) {
        return OutboundStanza.of(
            OutboundStanza.answer(iq, "error")
                .child(condition.error(error.path("text").asString("")).toElement())
                .build());
      }
    }
    throw new RefusedReplyException(
        Reason.INVALID, "'%s' is not a condition of errors".formatted(Quoted.of(name)));
  }
}
