package io.stanzahook.delivery;

/**
 * Why a delivery failed for good. Texts that are too long are cut.
 *
 * @param at the time, in milliseconds since 1970
 * @param attempts how many calls were made
 * @param cause the label of what went wrong, as in metrics
 * @param condition the condition of the stanza error that the sender got
 * @param text the text of that error
 * @param status the last HTTP status, or 0 without a response
 * @param response the beginning of the last response's body, or nothing
 */
public record Burial(
    long at,
    int attempts,
    String cause,
    String condition,
    String text,
    int status,
    String response) {
  /** The maximum number of characters kept of the response. */
  public static final int MAX_RESPONSE = 4096;

  /** The maximum number of characters kept of each other text. */
  public static final int MAX_TEXT = 1024;

  /** Cuts what is too long. */
  public Burial {
    cause = cut(cause, MAX_TEXT);
    condition = cut(condition, MAX_TEXT);
    text = cut(text, MAX_TEXT);
    response = cut(response, MAX_RESPONSE);
  }

  /** The beginning of a text, without half a character at its end. */
  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
  }
}
