package io.stanzahook.app.credentials;

import io.stanzahook.stanza.Jid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whose credentials are in the {@code --api-token-file}, or who signs with a secret of the
 * {@code --hook-secret-file}, and what they may.
 *
 * @param file the flag that names the file with their line
 * @param line of the file: tells callers apart without their secrets; 0 where none are needed
 * @param name what the line calls itself, in logs and metrics; null where it has no name
 * @param self the user of a password, as an address; null where it is none
 * @param jids whom they may send from, any resource of bare ones; empty for anybody in the
 *     components' domains
 * @param maySend whether they may send at all
 * @param mayLook whether they may look at {@code /admin} and the console
 * @param mayChange whether they may change what is there
 */
public record ApiCaller(
    String file,
    int line,
    @Nullable String name,
    @Nullable Jid self,
    List<Jid> jids,
    boolean maySend,
    boolean mayLook,
    boolean mayChange) {
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
    return jids.isEmpty() && self != null && self.hasDomain(domain) ? self : null;
  }

  /** Whether they may send from that address. */
  public boolean maySendFrom(Jid from) {
    return maySend
        && (jids.isEmpty()
            || jids.stream()
                .anyMatch(jid -> jid.isSame(from) || (jid.isBare() && jid.isSame(from.bare()))));
  }

  /** Tells them apart from all others, without their secrets. */
  public String key() {
    return file + " " + line;
  }

  /** What the labels of metrics call them: the name, else the line. */
  public String label() {
    if (name != null) {
      return name;
    }
    String place = "line " + line;
    return line == 0 ? "anybody" : signs() ? "hook secret, " + place : place;
  }

  /** Whether they sign what they post, and have no credentials. */
  public boolean signs() {
    return file.equals(HookSecrets.FILE);
  }

  /** Who they are, in a sentence of the log. */
  public String described() {
    if (line == 0) {
      return "somebody at this machine";
    }
    String place = "line " + line + " of " + file;
    return name == null ? place : "'" + name + "' (" + place + ")";
  }
}
