package io.stanzahook.dispatch;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Stanza;
import java.net.IDN;
import java.text.Normalizer;
import java.util.Locale;

/**
 * What is kept in order: the pair of bare addresses, in one form for all the ways of writing them.
 *
 * <p>Servers differ in what they normalise (ejabberd delivers {@code to} as the client wrote it),
 * so equal addresses may look different. The key is only for comparing; it is never sent. It folds
 * more than RFC 7622 does: two addresses sharing a key costs parallelism, two keys for one address
 * would cost order.
 */
record ConversationKey(String from, String to) {

  static ConversationKey of(Stanza stanza) {
    return new ConversationKey(normalized(stanza.from()), normalized(stanza.to()));
  }

  /** The common form of a bare address. */
  static String normalized(Jid jid) {
    Jid bare = jid.bare();
    String text = bare.toString();
    return isPlain(text) ? text : folded(bare);
  }

  /** Whether it is in the common form already: ASCII without capitals, no dot at the end. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80 || (c >= 'A' && c <= 'Z')) {
        return false;
      }
    }
    // An ASCII form of an international domain must meet its Unicode form.
    return !text.endsWith(".") && !text.contains("xn--");
  }

  private static String folded(Jid bare) {
    String local = bare.local();
    String domain = fold(bare.domain());
    if (domain.endsWith(".")) {
      domain = domain.substring(0, domain.length() - 1);
    }
    try {
      domain = IDN.toASCII(IDN.toUnicode(domain, IDN.ALLOW_UNASSIGNED), IDN.ALLOW_UNASSIGNED);
    } catch (IllegalArgumentException e) {
      // Not a domain as IDNA has them; the server accepted it, so it is compared as it is.
    }
    domain = domain.toLowerCase(Locale.ROOT);
    return local == null ? domain : fold(local) + '@' + domain;
  }

  /**
   * Letter case and compatible forms folded. Twice, since what comes of a letter may be one that is
   * folded itself: the capital sharp s becomes the small one, and that two letters.
   */
  private static String fold(String part) {
    return foldOnce(foldOnce(part));
  }

  private static String foldOnce(String part) {
    String folded = Normalizer.normalize(part, Normalizer.Form.NFKC);
    folded = folded.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    return Normalizer.normalize(folded, Normalizer.Form.NFKC);
  }
}
