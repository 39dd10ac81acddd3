package io.stanzahook.app.config;

import java.util.List;

/**
 * An option's text as it was given.
 *
 * @param texts one, or several where the option is repeatable
 */
public record Given(Source source, List<String> texts) {
  public Given {
    texts = List.copyOf(texts);
  }

  /** Without the texts: they may be secret. */
  @Override
  public String toString() {
    return "Given[" + source + "]";
  }
}
