package io.stanzahook.app.formats;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** How one program's JSON becomes a message. */
public final class Format {
  /** Longer subjects are cut. */
  private static final int MAX_SUBJECT = 256;

  private final String body;
  private final @Nullable String subject;

  /** Compiled when they are first used: most gateways use none of the built-in ones. */
  private volatile @Nullable Compiled compiled;

  private record Compiled(FormatTemplate body, @Nullable FormatTemplate subject) {}

  /**
   * A format whose templates are not looked at yet.
   *
   * @param body the template of the message's body
   * @param subject the template of its subject; null where there is none
   */
  Format(String body, @Nullable String subject) {
    this.body = body;
    this.subject = subject;
  }

  /**
   * Compiles the templates.
   *
   * @throws BadTemplateException if one cannot be used
   */
  void compile() throws BadTemplateException {
    compiled =
        new Compiled(
            FormatTemplate.parse(body), subject == null ? null : FormatTemplate.parse(subject));
  }

  private Compiled compiled() {
    Compiled known = compiled;
    if (known != null) {
      return known;
    }
    try {
      // Two threads may do it at the same time: the results are equal.
      compile();
    } catch (BadTemplateException e) {
      // Those that are not built in were compiled before.
      throw new IllegalStateException(e);
    }
    return Objects.requireNonNull(compiled);
  }

  /** The message's body; empty where the template has nothing to say of it. */
  public String body(ObjectNode posted, RequestHeaders headers) {
    return compiled().body().render(posted, headers);
  }

  /** The message's subject, in one line; null where there is none. */
  public @Nullable String subject(ObjectNode posted, RequestHeaders headers) {
    FormatTemplate template = compiled().subject();
    if (template == null) {
      return null;
    }
    String line = template.render(posted, headers).replaceAll("\\s+", " ").strip();
    if (line.isEmpty()) {
      return null;
    }
    int end = Math.min(line.length(), MAX_SUBJECT);
    return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end);
  }
}
