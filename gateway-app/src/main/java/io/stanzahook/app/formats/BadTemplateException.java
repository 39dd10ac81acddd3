package io.stanzahook.app.formats;

/** A template that cannot be used. The message is one line for the operator: line and fault. */
final class BadTemplateException extends Exception {
  private static final long serialVersionUID = 1L;

  BadTemplateException(int line, String fault) {
    super("line " + line + ": " + fault, null, false, false);
  }
}
