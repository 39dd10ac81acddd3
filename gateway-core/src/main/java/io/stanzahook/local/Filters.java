package io.stanzahook.local;

import io.stanzahook.stanza.Stanza;
import java.util.List;
import java.util.function.Consumer;

/**
 * Which of the stanzas of posted kinds go to the webhook: the first matching rule decides, and a
 * stanza without a matching rule goes there. Matching allocates nothing. Immutable; any thread may
 * use it.
 *
 * @param rules in their order, at most {@link #MAX_RULES}
 */
public record Filters(List<FilterRule> rules) {
  /** The maximum number of rules, because each stanza may be compared with all of them. */
  public static final int MAX_RULES = 1000;

  /** All stanzas go to the webhook. */
  public static final Filters NONE = new Filters(List.of());

  /**
   * Checks the bound.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public Filters {
    rules = List.copyOf(rules);
    if (rules.size() > MAX_RULES) {
      throw new IllegalArgumentException("filters: there are more than " + MAX_RULES + " rules");
    }
  }

  /**
   * Reads rules as {@code --filters} takes them: words {@code key=value,value}.
   *
   * @param problems receives all problems, each with the number of its rule, from 1
   */
  public static Filters parse(List<String> rules, Consumer<String> problems) {
    return FilterRules.parse(rules, problems);
  }

  /** Whether the stanza does not go to the webhook. */
  boolean drop(Stanza stanza) {
    return action(stanza) != FilterRule.Action.POST;
  }

  /** What to do with the stanza. */
  FilterRule.Action action(Stanza stanza) {
    for (int i = 0; i < rules.size(); i++) {
      FilterRule rule = rules.get(i);
      if (rule.matches(stanza)) {
        return rule.action();
      }
    }
    return FilterRule.Action.POST;
  }
}
