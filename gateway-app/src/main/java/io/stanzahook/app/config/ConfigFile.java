package io.stanzahook.app.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * The YAML file: one mapping from keys to values, and under {@code components} a list of such
 * mappings. Read token by token, so that a value is the text that was written, and a secret like
 * {@code 0123} does not become a number.
 */
final class ConfigFile {
  /** The largest file that is read, in bytes. */
  static final int MAX_BYTES = 1024 * 1024;

  /** Components of one process at most. */
  static final int MOST_COMPONENTS = 256;

  /** The key of their list. */
  static final String COMPONENTS = "components";

  /** What a component's domain may be called too, in an entry of its own. */
  private static final String DOMAIN = "domain";

  /** What is secret itself, or often is. */
  private static final Set<Option<?>> SECRET = Set.of(RunOptions.SECRET, RunOptions.POST_HEADER);

  private final Path path;
  private final Map<String, Option<?>> byKey = new LinkedHashMap<>();
  private final Map<String, Option<?>> byKeyOfEntry = new LinkedHashMap<>();
  private final Problems problems;
  private final MappingReader top;
  private @Nullable List<ComponentEntry> components;

  /**
   * What a file gives.
   *
   * @param given for all components, and the process
   * @param components its list of components; null where it has none
   */
  record Content(Map<Option<?>, Given> given, @Nullable List<ComponentEntry> components) {
    static final Content NONE = new Content(Map.of(), null);
  }

  private ConfigFile(Path path, List<Option<?>> options, Problems problems) {
    this.path = path;
    this.problems = problems;
    for (Option<?> option : options) {
      if (option.inFile()) {
        byKey.put(option.key(), option);
      }
    }
    byKeyOfEntry.putAll(byKey);
    byKeyOfEntry.put(DOMAIN, RunOptions.COMPONENT);
    this.top = new MappingReader(byKey, Set.of(COMPONENTS));
  }

  /**
   * What the file gives.
   *
   * @param source where the file itself was named
   */
  static Content read(Path path, Source source, List<Option<?>> options, Problems problems) {
    ConfigFile file = new ConfigFile(path, options, problems);
    byte[] bytes = file.bytes(source);
    if (bytes == null) {
      return Content.NONE;
    }
    // What is wrong with keys stands before what is wrong with the file, as it does in the file.
    Problems ofSyntax = new Problems();
    Problems ofEntries = new Problems();
    file.parse(bytes, ofSyntax, ofEntries);
    Map<Option<?>, Given> given = file.top.given(Source.Layer.FILE, path.toString(), problems);
    problems.addAll(ofEntries);
    problems.addAll(ofSyntax);
    if (file.holdsSecret(given)) {
      OpenFile.warn(path, source, problems);
    }
    return new Content(given, file.components);
  }

  private boolean holdsSecret(Map<Option<?>, Given> given) {
    return given.keySet().stream().anyMatch(SECRET::contains)
        || (components != null
            && components.stream()
                .anyMatch(entry -> entry.given().keySet().stream().anyMatch(SECRET::contains)));
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

  private void parse(byte[] bytes, Problems ofSyntax, Problems ofEntries) {
    try (YAMLParser yaml =
        (YAMLParser) new YAMLFactory().createParser(ObjectReadContext.empty(), bytes)) {
      JsonToken first = yaml.nextToken();
      if (first == null || first == JsonToken.VALUE_NULL) {
        return;
      }
      if (first != JsonToken.START_OBJECT) {
        ofSyntax.add(path + ": is not a mapping; write lines like 'post_url: http://…'");
        return;
      }
      while (yaml.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = yaml.currentName();
        if (MappingReader.plain(key).equals(COMPONENTS)) {
          components(yaml, ofEntries);
        } else {
          top.entry(yaml, key);
        }
      }
      if (yaml.nextToken() != null) {
        ofSyntax.add(path + ": has more than one document");
      }
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      ofSyntax.add(
          "%s: is not YAML%s: %s"
              .formatted(
                  path,
                  at == null ? "" : " at line " + at.getLineNr(),
                  e.getOriginalMessage().lines().findFirst().orElse("")));
    }
  }

  private void components(YAMLParser yaml, Problems ofEntries) {
    String place = path + ": " + COMPONENTS;
    JsonToken token = yaml.nextToken();
    if (token != JsonToken.START_ARRAY) {
      yaml.skipChildren();
      ofEntries.add(
          place + ": takes a list, each of whose entries has the settings of a component");
      components = List.of();
      return;
    }
    List<ComponentEntry> entries = new ArrayList<>();
    int number = 0;
    for (JsonToken t = yaml.nextToken(); t != JsonToken.END_ARRAY; t = yaml.nextToken()) {
      number++;
      if (number > MOST_COMPONENTS) {
        yaml.skipChildren();
      } else if (t != JsonToken.START_OBJECT) {
        yaml.skipChildren();
        ofEntries.add(
            "%s: #%d: is not a mapping; write '- component: DOMAIN', and below it what is its own"
                .formatted(place, number));
      } else {
        entries.add(entry(yaml, place, number, ofEntries));
      }
    }
    if (number == 0) {
      ofEntries.add(place + ": is empty; add an entry, or remove the key");
    } else if (number > MOST_COMPONENTS) {
      ofEntries.add(
          "%s: has %d entries; one process runs %d components at most"
              .formatted(place, number, MOST_COMPONENTS));
    }
    if (components != null) {
      ofEntries.add(place + ": is given twice");
    }
    components = entries;
  }

  /**
   * One component's settings; it is called by its domain, or by its number without a usable one.
   */
  private ComponentEntry entry(YAMLParser yaml, String list, int number, Problems ofEntries) {
    MappingReader mapping = new MappingReader(byKeyOfEntry, Set.of());
    while (yaml.nextToken() == JsonToken.PROPERTY_NAME) {
      mapping.entry(yaml, yaml.currentName());
    }
    String place = list + ": " + name(mapping.text(RunOptions.COMPONENT), number);
    return new ComponentEntry(place, mapping.given(Source.Layer.ENTRY, place, ofEntries));
  }

  private static String name(@Nullable String domain, int number) {
    try {
      return domain == null ? "#" + number : ComponentDomain.parse(domain);
    } catch (InvalidValueException e) {
      return "#" + number;
    }
  }
}
