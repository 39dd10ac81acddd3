package io.stanzahook.app.console;

/**
 * Looks for text in other text, letter case aside, in time that grows with the two lengths and not
 * with their product (Knuth, Morris, Pratt), and with a bound for all that one request looks
 * through.
 */
public final class TextSearch {
  /** Characters of what is looked for. */
  public static final int MAX_TEXT = 256;

  /** Characters that one request looks through. */
  static final long MAX_SEARCHED = 32L << 20;

  private long left = MAX_SEARCHED;

  /** Whether it looked through as much as it may: what was found until then is not all. */
  public boolean isOver() {
    return left <= 0;
  }

  /** Whether the part is in the text; false once {@link #isOver}. */
  public boolean contains(String text, String part) {
    left -= text.length();
    if (isOver() || part.length() > text.length()) {
      return false;
    }
    if (part.isEmpty()) {
      return true;
    }
    int[] borders = borders(part);
    int matched = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = folded(text.charAt(i));
      while (matched > 0 && folded(part.charAt(matched)) != c) {
        matched = borders[matched - 1];
      }
      if (folded(part.charAt(matched)) == c) {
        matched++;
      }
      if (matched == part.length()) {
        return true;
      }
    }
    return false;
  }

  /** Whether the part is anywhere in what is kept of a delivery. */
  public boolean finds(SeenDelivery delivery, String part) {
    return contains(delivery.webhookId(), part)
        || contains(String.valueOf(delivery.stanzaId()), part)
        || contains(delivery.stanza(), part)
        || contains(delivery.response(), part)
        || delivery.exchanges().stream().anyMatch(exchange -> finds(exchange, part))
        || delivery.dropped().stream().anyMatch(reason -> contains(reason, part))
        || delivery.attempts().stream().anyMatch(attempt -> contains(attempt.detail(), part));
  }

  private boolean finds(SeenExchange exchange, String part) {
    SeenMessage response = exchange.response();
    return contains(exchange.request().body(), part)
        || (response != null && contains(response.body(), part));
  }

  /** Of each beginning, how long the longest shorter beginning is that it ends with. */
  private static int[] borders(String part) {
    int[] borders = new int[part.length()];
    int matched = 0;
    for (int i = 1; i < part.length(); i++) {
      while (matched > 0 && folded(part.charAt(matched)) != folded(part.charAt(i))) {
        matched = borders[matched - 1];
      }
      if (folded(part.charAt(matched)) == folded(part.charAt(i))) {
        matched++;
      }
      borders[i] = matched;
    }
    return borders;
  }

  private static char folded(char c) {
    return Character.toLowerCase(Character.toUpperCase(c));
  }
}
