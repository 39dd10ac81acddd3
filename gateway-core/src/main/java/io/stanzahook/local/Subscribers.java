package io.stanzahook.local;

import io.stanzahook.stanza.Jid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who subscribed to which node of a {@link Face} (XEP-0060, 6.1). Forgotten at the end of the
 * program.
 *
 * <p>Thread-safe.
 */
final class Subscribers {
  /** The maximum number of subscriptions; beyond it, the oldest is forgotten. */
  static final int MAX_SUBSCRIPTIONS = 10_000;

  /**
   * A subscription.
   *
   * @param who receives the events
   * @param ours the address whose node it is
   */
  record Subscription(String node, Jid who, Jid ours) {
    private String key() {
      return node + ' ' + who.comparable() + ' ' + ours.comparable();
    }
  }

  /** By their keys, the oldest first. */
  private final Map<String, Subscription> all = new LinkedHashMap<>();

  synchronized void add(Subscription subscription) {
    all.remove(subscription.key());
    all.put(subscription.key(), subscription);
    if (all.size() > MAX_SUBSCRIPTIONS) {
      all.remove(all.keySet().iterator().next());
    }
  }

  synchronized void remove(Subscription subscription) {
    all.remove(subscription.key());
  }

  synchronized List<Subscription> all() {
    return new ArrayList<>(all.values());
  }
}
