package io.stanzahook.app.config;

import io.stanzahook.app.files.BoundedFile;
import io.stanzahook.settings.Suggestion;
import io.stanzahook.stream.ComponentDomain;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The YAML file: one mapping from keys to values, and under {@code components} a list of such
 * mappings. Read as nodes, so that a value is the text that was written, and a secret like {@code
 * 0123} does not become a number. In values, <code>${NAME}</code> stands for a variable of the
 * environment, and {@code $$} for a dollar.
 */
final class ConfigFile {
  /** The largest file that is read, in bytes. */
  static final int MAX_BYTES = 1024 * 1024;

  /** Components of one process. */
  static final int MAX_COMPONENTS = 256;

  /** The key of their list. */
  private static final String COMPONENTS = "components";

  /** Another key for the domain of an entry's component. */
  private static final String DOMAIN = "domain";

  /** Settings whose values are secret, or often are. */
  private static final Set<String> SECRET = Set.of("secret", "post-header");

  private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\$|\\{([^}]*)})");

  private final Path path;
  private final Map<String, String> environment;
  private final Map<String, Option> byKey = new LinkedHashMap<>();
  private final Problems problems;

  /**
   * The content of a file.
   *
   * @param given for all components and the process
   * @param components its list of components; null if it has none
   */
  record Content(Map<String, Given> given, @Nullable List<Entry> components) {
    static final Content NONE = new Content(Map.of(), null);

    boolean holdsSecret() {
      return holdsSecret(given)
          || (components != null
              && components.stream().anyMatch(entry -> holdsSecret(entry.given())));
    }

    private static boolean holdsSecret(Map<String, Given> given) {
      Given rooms = given.get("room");
      return !Collections.disjoint(given.keySet(), SECRET)
          || (rooms != null && rooms.texts().stream().anyMatch(text -> text.contains("password=")));
    }
  }

  /**
   * An entry of the file's {@code components}.
   *
   * @param place as people would name it: {@code config.yaml: components: bot.example.org}
   * @param given what it says
   */
  record Entry(String place, Map<String, Given> given) {}

  private ConfigFile(
      Path path, List<Option> options, Map<String, String> environment, Problems problems) {
    this.path = path;
    this.environment = environment;
    this.problems = problems;
    options.stream().filter(Option::inFile).forEach(each -> byKey.put(each.key(), each));
  }

  /**
   * Reads a file.
   *
   * @param source where the file itself was named
   */
  static Content read(
      Path path,
      Source source,
      List<Option> options,
      Map<String, String> environment,
      Problems problems) {
    try {
      byte[] bytes = BoundedFile.bytes(path, MAX_BYTES);
      Content content = new ConfigFile(path, options, environment, problems).parse(bytes);
      if (content.holdsSecret()) {
        problems.warnIfExposed(path, source);
      }
      return content;
    } catch (IOException e) {
      problems.add(source, String.valueOf(e.getMessage()));
      return Content.NONE;
    }
  }

  private Content parse(byte[] bytes) {
    List<Node> documents = new ArrayList<>();
    String syntax = null;
    LoadSettings yaml =
        LoadSettings.builder().setAllowDuplicateKeys(true).setCodePointLimit(MAX_BYTES).build();
    try {
      for (Event event : new Parse(yaml).parseInputStream(new ByteArrayInputStream(bytes))) {
        if (event instanceof AliasEvent alias) {
          problems.add(
              "%s: has an alias, *%s; write the value itself".formatted(path, alias.getAlias()));
        }
      }
      new Compose(yaml)
          .composeAllFromInputStream(new ByteArrayInputStream(bytes))
          .forEach(documents::add);
    } catch (YamlEngineException e) {
      syntax = notYaml(e);
    }
    Content content = Content.NONE;
    if (!documents.isEmpty() && documents.get(0) instanceof MappingNode mapping) {
      content = content(mapping);
    } else if (!documents.isEmpty() && !isNull(documents.get(0))) {
      problems.add(path + ": is not a mapping; write lines like 'post_url: http://…'");
    }
    if (syntax != null) {
      problems.add("%s: %s".formatted(path, syntax));
    } else if (documents.size() > 1) {
      problems.add(path + ": has more than one document");
    }
    return content;
  }

  /** What is wrong with a text that is not YAML, and where. */
  static String notYaml(YamlEngineException e) {
    return e instanceof MarkedYamlEngineException marked
        ? "is not YAML%s: %s"
            .formatted(
                marked.getProblemMark().map(mark -> " at line " + (mark.getLine() + 1)).orElse(""),
                marked.getProblem())
        : "is not YAML: " + e.getMessage();
  }

  private Content content(MappingNode mapping) {
    List<NodeTuple> lines = new ArrayList<>(mapping.getValue());
    List<NodeTuple> lists =
        lines.stream().filter(line -> plain(key(line)).equals(COMPONENTS)).toList();
    lines.removeAll(lists);
    Map<String, Given> given = given(lines, Source.Layer.FILE, path.toString());
    List<Entry> components = null;
    for (NodeTuple list : lists) {
      if (components != null) {
        problems.add("%s: %s: is given twice".formatted(path, COMPONENTS));
      }
      components = components(list.getValueNode());
    }
    return new Content(given, components);
  }

  private List<Entry> components(Node node) {
    String place = path + ": " + COMPONENTS;
    if (!(node instanceof SequenceNode sequence)) {
      problems.add(place + ": takes a list; each entry has the settings of one component");
      return List.of();
    }
    List<Node> nodes = sequence.getValue();
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < Math.min(nodes.size(), MAX_COMPONENTS); i++) {
      if (nodes.get(i) instanceof MappingNode mapping) {
        entries.add(entry(mapping, place, i + 1));
      } else {
        problems.add(
            "%s: #%d: is not a mapping; write '- component: DOMAIN', and below it the settings of that component"
                .formatted(place, i + 1));
      }
    }
    if (nodes.isEmpty()) {
      problems.add(place + ": is empty; add an entry, or remove the key");
    } else if (nodes.size() > MAX_COMPONENTS) {
      problems.add(
          "%s: has %d entries; one process runs %d components at most"
              .formatted(place, nodes.size(), MAX_COMPONENTS));
    }
    return entries;
  }

  /** Problems name the entry by its domain, or by its number if it has no usable domain. */
  private Entry entry(MappingNode mapping, String list, int number) {
    String name = "#" + number;
    for (NodeTuple line : mapping.getValue()) {
      Option option = option(key(line), Source.Layer.ENTRY);
      if (option != null
          && option.name().equals("component")
          && line.getValueNode() instanceof ScalarNode domain) {
        try {
          name = ComponentDomain.parse(expanded(domain.getValue(), new ArrayList<>()));
          break;
        } catch (IllegalArgumentException e) {
          // The number names the entry.
        }
      }
    }
    String place = list + ": " + name;
    return new Entry(place, given(mapping.getValue(), Source.Layer.ENTRY, place));
  }

  private @Nullable Option option(String key, Source.Layer layer) {
    boolean domain = layer == Source.Layer.ENTRY && plain(key).equals(DOMAIN);
    return byKey.get(domain ? "component" : plain(key));
  }

  private Map<String, Given> given(List<NodeTuple> lines, Source.Layer layer, String place) {
    Map<String, Given> given = new LinkedHashMap<>();
    for (NodeTuple line : lines) {
      Source source = new Source(layer, place + ": " + key(line));
      Option option = option(key(line), layer);
      List<String> texts = new ArrayList<>();
      List<String> missing = new ArrayList<>();
      if (option == null) {
        Set<String> names = new LinkedHashSet<>();
        names.add(layer == Source.Layer.ENTRY ? DOMAIN : COMPONENTS);
        names.addAll(byKey.keySet());
        problems.add(
            "%s: unknown key '%s'%s"
                .formatted(place, key(line), Suggestion.suffix(key(line), names)));
      } else if (layer == Source.Layer.ENTRY && option.scope() == Option.Scope.PROCESS) {
        problems.add(
            source, "belongs to the whole process; move it from the entry to the top of the file");
      } else if (!texts(line.getValueNode(), option.form().shape(), texts, missing)) {
        problems.add(source, form(option, line.getValueNode()));
      } else if (!missing.isEmpty()) {
        missing.forEach(name -> problems.add(source, missing(name)));
      } else if (given.putIfAbsent(option.name(), new Given(source, texts)) != null) {
        problems.add(source, "is given twice");
      }
    }
    return given;
  }

  private static String missing(String name) {
    return name.matches("\\w+")
        ? "${%1$s} is not set in the environment; set %1$s, or write $${%1$s} for the text itself"
            .formatted(name)
        : "has a ${…} without the name of a variable in it; write $$ for a dollar";
  }

  private static String form(Option option, Node value) {
    if (isNull(value)) {
      return "has no value; remove the key, or give it one";
    }
    return switch (option.form().shape()) {
      case ONE -> "takes one value, " + option.placeholder();
      case SWITCH -> "takes true or false";
      case COMMA_LIST -> "takes a list";
      case REPEATED -> "takes a list of " + option.placeholder();
      case RULES ->
          option.name().equals("room")
              ? "takes a list of " + option.placeholder() + ", or of mappings with 'jid'"
              : "takes a list of mappings, such as '- {kind: presence, action: drop}'";
    };
  }

  /**
   * Reads a value.
   *
   * @param missing takes the names of variables that it has and the environment does not
   * @return whether the shape allows its form
   */
  private boolean texts(Node value, Form.Shape shape, List<String> texts, List<String> missing) {
    if (value instanceof SequenceNode list) {
      List<String> elements = new ArrayList<>();
      boolean usable = shape != Form.Shape.ONE && shape != Form.Shape.SWITCH;
      for (Node element : list.getValue()) {
        usable &=
            (element instanceof MappingNode rule && shape == Form.Shape.RULES)
                ? rule(rule, elements, missing)
                : scalar(element, elements, missing);
      }
      if (shape == Form.Shape.COMMA_LIST) {
        texts.add(String.join(",", elements));
      } else {
        texts.addAll(elements);
      }
      return usable;
    }
    if (value instanceof MappingNode mapping && shape == Form.Shape.REPEATED) {
      // A list of "name: value", as headers are written.
      boolean usable = true;
      for (NodeTuple line : mapping.getValue()) {
        List<String> one = new ArrayList<>();
        usable &= scalar(line.getValueNode(), one, missing);
        one.forEach(text -> texts.add(key(line) + ": " + text));
      }
      return usable;
    }
    return scalar(value, texts, missing);
  }

  /** A mapping that stands for one text: words {@code key=value,value}. */
  private boolean rule(MappingNode mapping, List<String> texts, List<String> missing) {
    List<String> words = new ArrayList<>();
    boolean usable = true;
    for (NodeTuple line : mapping.getValue()) {
      List<String> values = new ArrayList<>();
      usable &= texts(line.getValueNode(), Form.Shape.COMMA_LIST, values, missing);
      words.add(key(line) + "=" + String.join(",", values));
    }
    texts.add(String.join(" ", words));
    return usable;
  }

  private boolean scalar(Node node, List<String> texts, List<String> missing) {
    if (!(node instanceof ScalarNode scalar) || isNull(node)) {
      return false;
    }
    texts.add(expanded(scalar.getValue(), missing));
    return true;
  }

  private String expanded(String text, List<String> missing) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            found -> {
              String name = found.group(1);
              String value = name == null ? "$" : environment.get(name);
              if (value == null) {
                missing.add(name);
              }
              return Matcher.quoteReplacement(value == null ? "" : value);
            });
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static String key(NodeTuple line) {
    return line.getKeyNode() instanceof ScalarNode key ? key.getValue() : "?";
  }

  /** A key without hyphens, as it is declared. */
  private static String plain(String key) {
    return key.replace('-', '_');
  }
}
