package io.stanzahook.stanza;

import io.stanzahook.xml.XmlElement;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The execution of an ad-hoc command (XEP-0050) that goes to the webhook.
 *
 * @param node which command
 * @param session the same for all pages of one execution
 * @param fields what was filled in so far, by the names of the fields: texts, truths, and lists of
 *     texts
 */
public record CommandCall(String node, String session, Map<String, Object> fields) {
  /** The namespace of commands, which is also the node that lists them. */
  public static final String NAMESPACE = "http://jabber.org/protocol/commands";

  public CommandCall {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /**
   * The element that answers an execution.
   *
   * @param form another page to fill in; null for none
   * @param noteType {@code info} or {@code error}
   * @param note what the user is to read; empty for nothing
   */
  public static XmlElement answer(
      String node,
      String session,
      String status,
      @Nullable XmlElement form,
      String noteType,
      String note) {
    XmlElement.Builder command =
        XmlElement.builder(NAMESPACE, "command")
            .attribute("node", node)
            .attribute("sessionid", session)
            .attribute("status", status);
    if (form != null) {
      command
          .child(
              XmlElement.builder(NAMESPACE, "actions")
                  .attribute("execute", "complete")
                  .child(XmlElement.empty(NAMESPACE, "complete"))
                  .build())
          .child(form);
    }
    if (!note.isEmpty()) {
      command.child(
          XmlElement.builder(NAMESPACE, "note").attribute("type", noteType).text(note).build());
    }
    return command.build();
  }
}
