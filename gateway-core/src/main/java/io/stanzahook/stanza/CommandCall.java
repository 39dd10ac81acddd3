package io.stanzahook.stanza;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

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
}
