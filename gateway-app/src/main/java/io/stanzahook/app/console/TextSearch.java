package io.stanzahook.app.console;

import java.util.stream.Stream;

/**
 * Finds text in other text, ignoring case. The time grows with the sum of the two lengths, not with
 * their product (Knuth, Morris, Pratt). The characters that one request searches are limited.
 */
public final class TextSearch {
  /** The maximum number of characters of a searched text. */
  public static final int MAX_TEXT = 256;

  /** The maximum number of characters that one request searches. */
  static final long MAX_SEARCHED = 32L << 20;

  private long left = MAX_SEARCHED;

  /** Whether it reached the limit, so that there may be more matches. */
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

  /** Whether the part is anywhere in a kept delivery. */
  public boolean finds(SeenDelivery delivery, String part) {
    return texts(delivery).anyMatch(text -> contains(text, part));
  }

  /** All that is kept of a delivery as text. */
  static Stream<String> texts(SeenDelivery delivery) {
    return Stream.of(
            Stream.of(
                delivery.webhookId(),
                String.valueOf(delivery.stanzaId()),
                delivery.stanza(),
                delivery.response()),
            delivery.exchanges().stream().flatMap(TextSearch::texts),
            delivery.dropped().stream(),
            delivery.attempts().stream().map(SeenAttempt::detail))
        .flatMap(texts -> texts);
  }

  private static Stream<String> texts(SeenExchange exchange) {
    SeenMessage response = exchange.response();
    return response == null
        ? Stream.of(exchange.request().body())
        : Stream.of(exchange.request().body(), response.body());
  }

  /** The text without its letter case. */
  static String folded(String text) {
    char[] folded = text.toCharArray();
    for (int i = 0; i < folded.length; i++) {
      folded[i] = folded(folded[i]);
    }
    return new String(folded);
  }

  /**
   * For each beginning of the part, the length of the longest shorter beginning that it ends with.
   */
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
