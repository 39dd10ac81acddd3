package io.stanzahook.app.config;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLParser;

/** A mapping in the YAML file that stands for one text: words {@code key=value,value}. */
final class FileRule {
  private FileRule() {}

  /**
   * Reads the mapping that has begun.
   *
   * @param texts takes its text
   * @return whether its values are scalars and lists of scalars; if not, it was skipped
   */
  static boolean read(YAMLParser yaml, List<String> texts) {
    List<String> words = new ArrayList<>();
    boolean usable = true;
    while (yaml.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = yaml.currentName();
      List<String> values = new ArrayList<>();
      if (yaml.nextToken() == JsonToken.START_ARRAY) {
        for (JsonToken t = yaml.nextToken(); t != JsonToken.END_ARRAY; t = yaml.nextToken()) {
          usable &= value(yaml, t, values);
        }
      } else {
        usable &= value(yaml, yaml.currentToken(), values);
      }
      words.add(key + "=" + String.join(",", values));
    }
    texts.add(String.join(" ", words));
    return usable;
  }

  private static boolean value(YAMLParser yaml, JsonToken token, List<String> values) {
    if (token.isStructStart()) {
      yaml.skipChildren();
      return false;
    }
    if (yaml.isCurrentAlias() || token == JsonToken.VALUE_NULL) {
      return false;
    }
    values.add(yaml.getString());
    return true;
  }
}
