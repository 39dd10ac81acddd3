package io.stanzahook.app.formats;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** How one program's JSON becomes a message. */
public final class Format {
  /** Longer subjects are cut. */
  private static final int MOST_SUBJECT = 256;

  private final FormatTemplate body;
  private final @Nullable FormatTemplate subject;

  Format(FormatTemplate body, @Nullable FormatTemplate subject) {
    this.body = body;
    this.subject = subject;
  }

  /** The message's body; empty where the template has nothing to say of it. */
  public String body(ObjectNode posted, RequestHeaders headers) {
    return body.render(posted, headers);
  }

  /** The message's subject, in one line; null where there is none. */
  public @Nullable String subject(ObjectNode posted, RequestHeaders headers) {
    if (subject == null) {
      return null;
    }
    String line = subject.render(posted, headers).replaceAll("\\s+", " ").strip();
    if (line.isEmpty()) {
      return null;
    }
    int end = Math.min(line.length(), MOST_SUBJECT);
    return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end);
  }
}
