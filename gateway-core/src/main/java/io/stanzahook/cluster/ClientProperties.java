package io.stanzahook.cluster;

import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * Properties for Kafka's clients, as in a file for them. They may hold passwords, and are never
 * shown.
 */
public final class ClientProperties {
  /** None. */
  public static final ClientProperties NONE = new ClientProperties(Map.of());

  private final Map<String, String> values;

  private ClientProperties(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  /**
   * Reads the text of such a file.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static ClientProperties parse(String text) {
    Properties read = new Properties();
    try {
      read.load(new StringReader(text));
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException("is not a file of properties: " + e.getMessage(), e);
    }
    Map<String, String> values = new HashMap<>();
    read.forEach((key, value) -> values.put(String.valueOf(key), String.valueOf(value)));
    return new ClientProperties(values);
  }

  Map<String, String> values() {
    return values;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClientProperties that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** How many there are. */
  @Override
  public String toString() {
    return values.size() + " properties";
  }
}
