package io.stanzahook.cluster;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Where the log is.
 *
 * @param brokers some of them, as {@code HOST:PORT}
 * @param prefix of the topics' names
 */
public record ClusterAddress(List<String> brokers, String prefix) {
  private static final String SCHEME = "kafka://";
  private static final Pattern BROKER =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\s:/,\\[\\]]+):[0-9]{1,5}");

  /** As Kafka has it; short enough for what is added to it. */
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}");

  public ClusterAddress {
    brokers = List.copyOf(brokers);
  }

  /**
   * Reads {@code kafka://HOST:PORT,HOST:PORT/PREFIX}.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static ClusterAddress parse(String text) {
    String trimmed = text.trim();
    int slash = trimmed.indexOf('/', SCHEME.length());
    if (!trimmed.startsWith(SCHEME) || slash < 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is not kafka://HOST:PORT,HOST:PORT/PREFIX");
    }
    List<String> brokers = List.of(trimmed.substring(SCHEME.length(), slash).split(",", -1));
    for (String broker : brokers) {
      if (!BROKER.matcher(broker).matches()) {
        throw new IllegalArgumentException("'" + broker + "' is not HOST:PORT of a broker");
      }
    }
    String prefix = trimmed.substring(slash + 1);
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "'"
              + prefix
              + "' cannot begin the names of topics: take 1 to 200 of A-Z, a-z, 0-9, '.', '_', '-'");
    }
    return new ClusterAddress(brokers, prefix);
  }

  /** As Kafka's clients have it. */
  String bootstrap() {
    return String.join(",", brokers);
  }

  @Override
  public String toString() {
    return SCHEME + bootstrap() + "/" + prefix;
  }
}
