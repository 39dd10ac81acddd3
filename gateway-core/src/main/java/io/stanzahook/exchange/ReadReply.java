package io.stanzahook.exchange;

import io.stanzahook.mapping.ChatProperties;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One item of a webhook's response: read, but not yet judged by {@link ReplyRules}. */
public sealed interface ReadReply {

  /** An item that cannot be a reply. */
  record Unusable(DroppedReply why) implements ReadReply {}

  /** {@code {"local": true}}: the gateway answers the iq itself. */
  record Local() implements ReadReply {}

  /** A reply in mod_rest's mapping. */
  record Mapped(ObjectNode json) implements ReadReply {}

  /**
   * The properties of a reply as given; null if absent.
   *
   * @param chat its {@link io.stanzahook.mapping.ChatProperties}
   * @param form the properties that only the answer to a command has, see {@link CommandReply}
   */
  record ReplyObject(
      @Nullable String to,
      @Nullable String from,
      @Nullable String kind,
      @Nullable String type,
      @Nullable String id,
      @Nullable String body,
      @Nullable String thread,
      @Nullable String subject,
      @Nullable String replace,
      @Nullable ObjectNode chat,
      @Nullable ObjectNode form,
      @Nullable String stanza)
      implements ReadReply {

    /** A reply without properties of chats and commands. */
    ReplyObject(
        @Nullable String to,
        @Nullable String from,
        @Nullable String kind,
        @Nullable String type,
        @Nullable String id,
        @Nullable String body,
        @Nullable String thread,
        @Nullable String subject,
        @Nullable String stanza) {
      this(to, from, kind, type, id, body, thread, subject, null, null, null, stanza);
    }

    /** A reply with this body and all else by default. */
    public static ReplyObject ofBody(String body) {
      return new ReplyObject(null, null, null, null, null, body, null, null, null);
    }

    /** A reply that is this stanza. */
    static ReplyObject ofStanza(String stanza) {
      return new ReplyObject(null, null, null, null, null, null, null, null, stanza);
    }

    /** The text, or else the address of a file, so that clients show that. */
    @Nullable String text() {
      return body != null || chat == null ? body : chat.path(ChatProperties.URL).asString(null);
    }

    /** Whether it has no known property, as {@code {}}. Then it is not a reply. */
    boolean isEmpty() {
      return to == null
          && from == null
          && kind == null
          && type == null
          && id == null
          && body == null
          && thread == null
          && subject == null
          && replace == null
          && chat == null
          && stanza == null;
    }
  }
}
