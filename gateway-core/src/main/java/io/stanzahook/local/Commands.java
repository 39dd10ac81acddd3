package io.stanzahook.local;

import io.stanzahook.mapping.Forms;
import io.stanzahook.mapping.MappingException;
import io.stanzahook.settings.Suggestion;
import io.stanzahook.stanza.Jid;
import io.stanzahook.xml.XmlElement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The ad-hoc commands of a component.
 *
 * @param all at most {@link #MAX_COMMANDS}, each with another node
 */
public record Commands(List<Command> all) {
  /** The maximum number of commands. */
  public static final int MAX_COMMANDS = 100;

  private static final List<String> KEYS =
      List.of("node", "name", "who", "title", "instructions", "fields");

  public Commands {
    all = List.copyOf(all);
  }

  /**
   * A command.
   *
   * @param node its name for programs
   * @param name its name for people
   * @param who the addresses and domains that may execute it; empty for everybody
   * @param form what is asked first; null for nothing
   */
  public record Command(String node, String name, List<Jid> who, @Nullable XmlElement form) {
    public Command {
      who = List.copyOf(who);
    }

    boolean mayBeExecutedBy(Jid from) {
      return who.isEmpty()
          || who.stream()
              .anyMatch(
                  each ->
                      each.isDomain() ? from.hasDomain(each.domain()) : from.bare().isSame(each));
    }
  }

  /** The command of that node; null if there is none. */
  @Nullable Command find(@Nullable String node) {
    for (Command command : all) {
      if (command.node().equals(node)) {
        return command;
      }
    }
    return null;
  }

  /**
   * Reads the same list from JSON.
   *
   * @throws IllegalArgumentException naming all problems
   */
  public static Commands parse(String json) {
    List<String> problems = new ArrayList<>();
    Commands read;
    try {
      read = parse(new JsonMapper().readTree(json), problems::add);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the commands are not JSON: " + e.getOriginalMessage(), e);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("commands: " + String.join("; ", problems));
    }
    return read;
  }

  /**
   * Reads a file's content: a list of commands, each with {@code node}, {@code name}, {@code who}
   * and {@code fields}.
   *
   * @param problems receives all problems, each naming its command
   */
  public static Commands parse(JsonNode content, Consumer<String> problems) {
    List<Command> commands = new ArrayList<>();
    if (!content.isArray() || content.isEmpty() || content.size() > MAX_COMMANDS) {
      problems.accept("holds no list of 1 to %d commands".formatted(MAX_COMMANDS));
      return new Commands(commands);
    }
    Set<String> nodes = new HashSet<>();
    for (int i = 0; i < content.size(); i++) {
      JsonNode each = content.get(i);
      String node = each.path("node").asString("");
      String place = node.isEmpty() ? "command " + (i + 1) : node;
      if (!(each instanceof ObjectNode given)) {
        problems.accept(place + ": is not a mapping with 'node', 'name', 'who' and 'fields'");
        continue;
      }
      if (node.isEmpty()) {
        problems.accept(place + ": needs 'node', a name for programs, such as deploy");
      } else if (!nodes.add(node)) {
        problems.accept(place + ": is there twice");
      }
      Command command = command(node, given, problem -> problems.accept(place + ": " + problem));
      if (command != null) {
        commands.add(command);
      }
    }
    return new Commands(commands);
  }

  private static @Nullable Command command(
      String node, ObjectNode given, Consumer<String> problems) {
    for (String key : given.propertyNames()) {
      if (!KEYS.contains(key)) {
        problems.accept(
            "'%s' is none of %s%s"
                .formatted(key, String.join(", ", KEYS), Suggestion.suffix(key, KEYS)));
      }
    }
    List<Jid> who = new ArrayList<>();
    JsonNode named = given.path("who");
    for (JsonNode each :
        named.isArray()
            ? named
            : named.isMissingNode() ? given.arrayNode() : given.arrayNode().add(named)) {
      Jid jid = Jid.parse(each.asString(""));
      if (jid == null || !jid.isBare()) {
        problems.accept(
            "who: '%s' is neither a domain nor a bare JID".formatted(each.asString("")));
      } else {
        who.add(jid);
      }
    }
    XmlElement form = null;
    if (given.has("fields")) {
      try {
        form = Forms.form(given);
      } catch (MappingException e) {
        problems.accept(String.valueOf(e.getMessage()));
        return null;
      }
    }
    return new Command(node, given.path("name").asString(node), who, form);
  }
}
