package io.stanzahook.app.sandbox;

/** Colours of the transcript, for terminals that have them. */
enum Ink {
  IN("36"),
  REQUEST("34"),
  GOOD("32"),
  BAD("31"),
  ASIDE("2");

  private final String code;

  Ink(String code) {
    this.code = code;
  }

  /** The text in this colour; unchanged if there are no colours. */
  String on(String text, boolean colours) {
    return colours && !text.isEmpty() ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
  }
}
