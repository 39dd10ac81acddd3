package io.stanzahook.app.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * The YAML file: one mapping from keys to values. Read token by token, so that a value is the text
 * that was written, and a secret like {@code 0123} does not become a number.
 */
final class ConfigFile {
  /** The largest file that is read, in bytes. */
  static final int MAX_BYTES = 1024 * 1024;

  private final Path path;
  private final Map<String, Option<?>> byKey = new LinkedHashMap<>();
  private final Problems problems;
  private final Map<Option<?>, Given> given = new LinkedHashMap<>();

  private ConfigFile(Path path, List<Option<?>> options, Problems problems) {
    this.path = path;
    this.problems = problems;
    for (Option<?> option : options) {
      if (option.inFile()) {
        byKey.put(option.key(), option);
      }
    }
  }

  /**
   * What the file gives.
   *
   * @param source where the file itself was named
   */
  static Map<Option<?>, Given> read(
      Path path, Source source, List<Option<?>> options, Problems problems) {
    ConfigFile file = new ConfigFile(path, options, problems);
    byte[] bytes = file.bytes(source);
    if (bytes != null) {
      file.parse(bytes);
    }
    return file.given;
  }

  private byte @Nullable [] bytes(Source source) {
    try {
      if (Files.isRegularFile(path) && Files.size(path) > MAX_BYTES) {
        problems.add(source, "%s is larger than %d bytes".formatted(path, MAX_BYTES));
        return null;
      }
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      problems.add(source, "there is no file " + path);
    } catch (IOException e) {
      problems.add(source, "%s cannot be read: %s".formatted(path, FileProblem.of(e)));
    }
    return null;
  }

  private void parse(byte[] bytes) {
    try (YAMLParser yaml =
        (YAMLParser) new YAMLFactory().createParser(ObjectReadContext.empty(), bytes)) {
      JsonToken first = yaml.nextToken();
      if (first == null || first == JsonToken.VALUE_NULL) {
        return;
      }
      if (first != JsonToken.START_OBJECT) {
        problems.add(path + ": is not a mapping; write lines like 'post_url: http://…'");
        return;
      }
      while (yaml.nextToken() == JsonToken.PROPERTY_NAME) {
        entry(yaml, yaml.currentName());
      }
      if (yaml.nextToken() != null) {
        problems.add(path + ": has more than one document");
      }
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      problems.add(
          "%s: is not YAML%s: %s"
              .formatted(
                  path,
                  at == null ? "" : " at line " + at.getLineNr(),
                  e.getOriginalMessage().lines().findFirst().orElse("")));
    }
  }

  private void entry(YAMLParser yaml, String key) {
    Source source = new Source(Source.Layer.FILE, path + ": " + key);
    Option<?> option = byKey.get(key.replace('-', '_'));
    JsonToken token = yaml.nextToken();
    if (option == null) {
      yaml.skipChildren();
      problems.add(
          "%s: unknown key '%s'%s".formatted(path, key, Suggestion.suffix(key, byKey.keySet())));
      return;
    }
    List<String> texts = new ArrayList<>();
    boolean usable =
        switch (token) {
          case START_ARRAY -> list(yaml, option, texts);
          case START_OBJECT -> mapping(yaml, option, texts);
          case VALUE_NULL -> false;
          default -> scalar(yaml, texts);
        };
    if (!usable) {
      problems.add(source, form(option, token));
    } else if (given.containsKey(option)) {
      problems.add(source, "is given twice");
    } else {
      given.put(option, new Given(source, texts));
    }
  }

  private static String form(Option<?> option, JsonToken token) {
    if (token == JsonToken.VALUE_NULL) {
      return "has no value; remove the key, or give it one";
    }
    return switch (option.shape()) {
      case ONE -> "takes one value, " + option.placeholder();
      case SWITCH -> "takes true or false";
      case COMMA_LIST -> "takes a list";
      case REPEATED -> "takes a list of " + option.placeholder();
      case RULES -> "takes a list of mappings, such as '- {kind: presence, action: drop}'";
    };
  }

  private static boolean scalar(YAMLParser yaml, List<String> texts) {
    if (yaml.isCurrentAlias() || !yaml.currentToken().isScalarValue()) {
      return false;
    }
    texts.add(yaml.getString());
    return true;
  }

  /** A YAML list: several values of a repeatable option, else one value with commas. */
  private static boolean list(YAMLParser yaml, Option<?> option, List<String> texts) {
    List<String> elements = new ArrayList<>();
    boolean usable = true;
    for (JsonToken t = yaml.nextToken(); t != JsonToken.END_ARRAY; t = yaml.nextToken()) {
      if (t == JsonToken.START_OBJECT && option.shape() == Option.Shape.RULES) {
        usable &= FileRule.read(yaml, elements);
      } else if (t.isStructStart()) {
        yaml.skipChildren();
        usable = false;
      } else {
        usable &= t != JsonToken.VALUE_NULL && scalar(yaml, elements);
      }
    }
    switch (option.shape()) {
      case ONE, SWITCH -> usable = false;
      case COMMA_LIST -> texts.add(String.join(",", elements));
      case REPEATED, RULES -> texts.addAll(elements);
    }
    return usable;
  }

  /** A mapping is a list of {@code name: value}, as headers are written. */
  private static boolean mapping(YAMLParser yaml, Option<?> option, List<String> texts) {
    boolean usable = option.shape() == Option.Shape.REPEATED;
    while (yaml.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = yaml.currentName();
      JsonToken token = yaml.nextToken();
      List<String> value = new ArrayList<>();
      if (token.isStructStart()) {
        yaml.skipChildren();
        usable = false;
      } else if (token == JsonToken.VALUE_NULL || !scalar(yaml, value)) {
        usable = false;
      } else {
        texts.add(name + ": " + value.get(0));
      }
    }
    return usable;
  }
}
