package io.stanzahook.local;

import io.stanzahook.stanza.Stanza;
import java.util.List;
import java.util.function.Consumer;

/**
 * Which of the stanzas of posted kinds go to the webhook: the first rule that matches one decides,
 * and what no rule matches goes. Looking allocates nothing. Immutable; any thread may use it.
 *
 * @param rules in their order, at most {@link #MOST}
 */
public record Filters(List<FilterRule> rules) {
  /** Rules at most: each stanza may be held against all. */
  public static final int MOST = 1000;

  /** All stanzas go to the webhook. */
  public static final Filters NONE = new Filters(List.of());

  /**
   * Checks the bound.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public Filters {
    rules = List.copyOf(rules);
    if (rules.size() > MOST) {
      throw new IllegalArgumentException("filters: are more than " + MOST + " rules");
    }
  }

  /**
   * Reads rules as {@code --filters} takes them: words {@code key=value,value}.
   *
   * @param problems is told of all that is wrong, each with the number of its rule from 1 on
   */
  public static Filters parse(List<String> rules, Consumer<String> problems) {
    return FilterRules.parse(rules, problems);
  }

  /** Whether the stanza is kept from the webhook. */
  boolean drop(Stanza stanza) {
    for (int i = 0; i < rules.size(); i++) {
      FilterRule rule = rules.get(i);
      if (rule.matches(stanza)) {
        return !rule.posted();
      }
    }
    return false;
  }
}
