package io.stanzahook.settings;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the name that somebody may have meant. */
public final class Suggestion {
  /** Longer words are not compared: the comparison takes the product of both lengths. */
  private static final int MAX_LENGTH = 64;

  private Suggestion() {}

  /** "{@code ; did you mean --post-url?}", or nothing if no name is similar. */
  public static String suffix(String typed, Collection<String> names) {
    String nearest = nearest(typed, names);
    return nearest == null ? "" : "; did you mean " + nearest + "?";
  }

  /** The name with the fewest differences, if they are few for its length. */
  public static @Nullable String nearest(String typed, Collection<String> names) {
    String word = plain(typed);
    if (word.isEmpty() || word.length() > MAX_LENGTH) {
      return null;
    }
    String best = null;
    int fewest = Integer.MAX_VALUE;
    for (String name : names) {
      int differences = distance(word, plain(name));
      if (differences < fewest && differences <= Math.max(1, plain(name).length() / 3)) {
        best = name;
        fewest = differences;
      }
    }
    return best;
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceFirst("^-+", "").replace('_', '-');
  }

  /** Levenshtein's distance, where swapping two neighbours is one difference. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least =
            Math.min(cost[i - 1][j - 1] + change, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least = Math.min(least, cost[i - 2][j - 2] + 1);
        }
        cost[i][j] = least;
      }
    }
    return cost[a.length()][b.length()];
  }
}
