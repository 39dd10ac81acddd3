package io.stanzahook.local;

import io.stanzahook.stanza.Jid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Contacts that have lately asked for the presence of an address of the component, so that they are
 * told when it changes. Servers ask again whenever somebody logs in, so nothing is lost for long.
 *
 * <p>Thread-safe.
 */
final class Contacts {
  /** The maximum number that is remembered; beyond it, the oldest is forgotten. */
  static final int MAX_CONTACTS = 10_000;

  /**
   * One of them.
   *
   * @param who without a resource: their server tells all their clients
   * @param ours what our presence comes from
   */
  record Contact(Jid who, Jid ours) {}

  /** By their addresses, the oldest first. */
  private final Map<String, Contact> all = new LinkedHashMap<>();

  /** Somebody asks for the presence of that address. */
  synchronized void add(Jid who, Jid ours) {
    Contact contact = new Contact(who.bare(), ours);
    String key = key(contact);
    all.remove(key);
    all.put(key, contact);
    if (all.size() > MAX_CONTACTS) {
      all.remove(all.keySet().iterator().next());
    }
  }

  /** Somebody does not want it any more. */
  synchronized void remove(Jid who, Jid ours) {
    all.remove(key(new Contact(who.bare(), ours)));
  }

  /** Those that are remembered. */
  synchronized List<Contact> all() {
    return new ArrayList<>(all.values());
  }

  private static String key(Contact contact) {
    return contact.who().comparable() + ' ' + contact.ours().comparable();
  }
}
