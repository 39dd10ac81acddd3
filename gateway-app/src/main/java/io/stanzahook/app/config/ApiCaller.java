package io.stanzahook.app.config;

import io.stanzahook.stanza.Jid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whose credentials are in the {@code --api-token-file}.
 *
 * @param line of the file: tells callers apart without their secrets
 * @param user where they have a password
 * @param jids whom they may send from, any resource of bare ones; empty for anybody in the
 *     component's domain
 */
public record ApiCaller(int line, @Nullable String user, List<Jid> jids) {
  public ApiCaller {
    jids = List.copyOf(jids);
  }

  /**
   * Whom they send from where they do not say: the first in the domain that they may, else
   * themselves where they are in it; null where they have nobody there.
   */
  public @Nullable Jid usualFrom(String domain) {
    for (Jid jid : jids) {
      if (jid.hasDomain(domain)) {
        return jid;
      }
    }
    Jid self = user == null ? null : Jid.parse(user);
    return jids.isEmpty() && self != null && self.hasDomain(domain) ? self : null;
  }

  /** Whether they may send from that address. */
  public boolean maySendFrom(Jid from) {
    return jids.isEmpty()
        || jids.stream()
            .anyMatch(jid -> jid.isSame(from) || (jid.isBare() && jid.isSame(from.bare())));
  }
}
