package io.stanzahook.mapping;

/** A JSON object is not a stanza. The message names the property and says why, in one line. */
public final class MappingException extends Exception {
  private static final long serialVersionUID = 1L;

  MappingException(String message) {
    super(message);
  }
}
