package io.stanzahook.app.config;

/** Reads one value from its text. */
@FunctionalInterface
public interface ValueParser<T> {
  /**
   * The value.
   *
   * @throws InvalidValueException saying what is wrong with the text and what would be right
   */
  T parse(String text) throws InvalidValueException;
}
