package io.stanzahook.stream;

import io.stanzahook.stanza.Jid;
import java.net.IDN;
import java.text.Normalizer;
import java.util.Locale;

/** The form of a component's domain. */
public final class ComponentDomain {
  private static final String FORBIDDEN = "\"&'/:<>@\\?#[]{}";

  private ComponentDomain() {}

  /**
   * The domain in lower case, NFC, without a trailing dot: what goes into the stream header's
   * {@code to} (XEP-0114). International names keep their letters, as XMPP has them on the wire.
   *
   * @throws IllegalArgumentException if it can be no domain
   */
  public static String parse(String text) {
    String domain = Normalizer.normalize(text.trim().toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
    if (domain.endsWith(".")) {
      domain = domain.substring(0, domain.length() - 1);
    }
    Jid jid = Jid.parse(domain);
    if (jid == null
        || !jid.isDomain()
        || domain.chars().anyMatch(c -> c <= ' ' || c == 0x7f || FORBIDDEN.indexOf(c) >= 0)) {
      throw new IllegalArgumentException(
          "'%s' is not a domain; write one such as echo.example.org".formatted(text));
    }
    try {
      // Refuses what no domain may hold: empty or too long labels, unassigned or spacing letters.
      IDN.toASCII(domain, IDN.ALLOW_UNASSIGNED);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          ("'%s' is not a domain: a part between dots is empty, too long, or has letters that no"
                  + " domain may have")
              .formatted(text));
    }
    for (String label : domain.split("\\.", -1)) {
      if (label.isEmpty() || label.startsWith("-") || label.endsWith("-")) {
        throw new IllegalArgumentException(
            "'%s' is not a domain: a part between dots is empty, or begins or ends with a hyphen"
                .formatted(text));
      }
    }
    return domain;
  }
}
