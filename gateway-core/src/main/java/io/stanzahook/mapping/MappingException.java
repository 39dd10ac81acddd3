package io.stanzahook.mapping;

/**
 * A JSON object cannot become a stanza. The message is one line that names the property and the
 * reason.
 */
public final class MappingException extends Exception {
  private static final long serialVersionUID = 1L;

  MappingException(String message) {
    super(message);
  }
}
