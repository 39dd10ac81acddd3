package io.stanzahook.local;

import io.stanzahook.settings.Suggestion;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.StanzaKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the rules of {@code --filters}. */
final class FilterRules {
  private static final List<String> KEYS =
      List.of(
          "kind",
          "type",
          "has_body",
          "from_domain",
          "payload",
          "node",
          "chat_state",
          "in_room",
          "action");
  private static final String CHAT_STATE = "chat_state";
  private static final List<String> TRUTH = List.of("true", "false");

  private FilterRules() {}

  static Filters parse(List<String> texts, Consumer<String> problems) {
    if (texts.size() > Filters.MAX_RULES) {
      problems.accept("has more than %d rules".formatted(Filters.MAX_RULES));
      return Filters.NONE;
    }
    List<FilterRule> rules = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      String name = "rule " + (i + 1);
      List<String> wrong = new ArrayList<>();
      FilterRule rule = rule(texts.get(i), wrong);
      wrong.forEach(problem -> problems.accept(name + ": " + problem));
      rules.add(rule);
    }
    return new Filters(rules);
  }

  private static FilterRule rule(String text, List<String> wrong) {
    Map<String, List<String>> given = words(text, wrong);
    Set<StanzaKind> kinds = EnumSet.noneOf(StanzaKind.class);
    List<String> kindNames = names(EnumSet.allOf(StanzaKind.class));
    for (String name : given.getOrDefault("kind", List.of())) {
      StanzaKind kind = StanzaKind.ofElement(name);
      if (kind == null) {
        wrong.add(noneOf("kind", name, kindNames));
      } else {
        kinds.add(kind);
      }
    }
    Collection<String> types = types(kinds);
    for (String type : given.getOrDefault("type", List.of())) {
      if (!types.contains(type)) {
        wrong.add(noneOf("type", type, types));
      }
    }
    List<String> domains = given.getOrDefault("from_domain", List.of());
    for (String domain : domains) {
      Jid jid = Jid.parse(domain);
      if (jid == null || !jid.isDomain()) {
        wrong.add("from_domain '%s' is not a domain, such as example.org".formatted(domain));
      }
    }
    return new FilterRule(
        kinds,
        Set.copyOf(given.getOrDefault("type", List.of())),
        hasBody(given, kinds, wrong),
        domains,
        Set.copyOf(given.getOrDefault("payload", List.of())),
        Set.copyOf(given.getOrDefault("node", List.of())),
        chatStates(given, kinds, wrong),
        truth("in_room", given, wrong),
        action(given, wrong));
  }

  private static Map<String, List<String>> words(String text, List<String> wrong) {
    Map<String, List<String>> given = new LinkedHashMap<>();
    for (String each : text.trim().split("\\s+", -1)) {
      String word = each;
      // The one condition that needs no value.
      boolean alone = word.replace('-', '_').equals(CHAT_STATE);
      word = alone ? word + "=true" : word;
      int equals = word.indexOf('=');
      String key = equals < 0 ? "" : word.substring(0, equals).replace('-', '_');
      if (equals < 0) {
        wrong.add("'%s' is not KEY=VALUE".formatted(word));
      } else if (!KEYS.contains(key)) {
        wrong.add(
            "'%s' is none of %s%s"
                .formatted(key, String.join(", ", KEYS), Suggestion.suffix(key, KEYS)));
      } else if (given.containsKey(key)) {
        wrong.add(key + " is given twice");
      } else {
        List<String> list = List.of(word.substring(equals + 1).split(",", -1));
        if (list.contains("")) {
          wrong.add(key + " has an empty value");
        }
        given.put(key, list.stream().filter(value -> !value.isEmpty()).distinct().toList());
      }
    }
    return given;
  }

  private static @Nullable Boolean hasBody(
      Map<String, List<String>> given, Set<StanzaKind> kinds, List<String> wrong) {
    Boolean value = truth("has_body", given, wrong);
    if (value != null && !kinds.isEmpty() && !kinds.contains(StanzaKind.MESSAGE)) {
      wrong.add("has_body applies only to messages, and this rule does not");
    }
    return value;
  }

  private static @Nullable Boolean truth(
      String key, Map<String, List<String>> given, List<String> wrong) {
    List<String> values = given.getOrDefault(key, List.of());
    if (values.isEmpty()) {
      return null;
    }
    if (values.size() > 1 || !TRUTH.contains(values.get(0))) {
      wrong.add(key + " is neither true nor false");
    }
    return values.get(0).equals("true");
  }

  private static @Nullable Set<String> chatStates(
      Map<String, List<String>> given, Set<StanzaKind> kinds, List<String> wrong) {
    List<String> values = given.getOrDefault(CHAT_STATE, List.of());
    if (values.isEmpty()) {
      return null;
    }
    if (!kinds.isEmpty() && !kinds.contains(StanzaKind.MESSAGE)) {
      wrong.add("chat_state applies only to messages, and this rule does not");
    }
    if (values.size() == 1 && TRUTH.contains(values.get(0))) {
      return values.get(0).equals("true") ? FilterRule.CHAT_STATES : Set.of();
    }
    Collection<String> known = new TreeSet<>(FilterRule.CHAT_STATES);
    for (String value : values) {
      if (!known.contains(value)) {
        wrong.add(
            "%s '%s' is none of true, false, %s%s"
                .formatted(
                    CHAT_STATE, value, String.join(", ", known), Suggestion.suffix(value, known)));
      }
    }
    return Set.copyOf(values);
  }

  private static FilterRule.Action action(Map<String, List<String>> given, List<String> wrong) {
    List<String> values = given.getOrDefault("action", List.of());
    for (FilterRule.Action action : FilterRule.Action.values()) {
      if (values.equals(List.of(action.name().toLowerCase(Locale.ROOT)))) {
        return action;
      }
    }
    wrong.add("needs an action: post, drop or local");
    return FilterRule.Action.POST;
  }

  private static Collection<String> types(Set<StanzaKind> kinds) {
    Set<String> types = new TreeSet<>();
    for (StanzaKind kind : kinds.isEmpty() ? EnumSet.allOf(StanzaKind.class) : kinds) {
      types.addAll(
          switch (kind) {
            case MESSAGE -> FilterRule.MESSAGE_TYPES;
            case PRESENCE -> FilterRule.PRESENCE_TYPES;
            case IQ -> FilterRule.IQ_TYPES;
          });
    }
    return types;
  }

  private static List<String> names(Set<StanzaKind> kinds) {
    return kinds.stream().map(StanzaKind::elementName).toList();
  }

  private static String noneOf(String key, String value, Collection<String> names) {
    return "%s '%s' is none of %s%s"
        .formatted(key, value, String.join(", ", names), Suggestion.suffix(value, names));
  }
}
