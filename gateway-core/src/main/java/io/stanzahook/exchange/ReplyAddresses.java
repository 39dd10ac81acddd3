package io.stanzahook.exchange;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.JidPreparation;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlChars;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of a reply. Those that the server gave us are used unchanged. Those of the webhook
 * are checked, because a malformed or foreign one ends the stream for everybody (RFC 6120, 4.9.3.6
 * and 4.9.3.9).
 */
final class ReplyAddresses {
  /** What a local part must not contain (RFC 7622, 3.3.1). */
  private static final String NOT_IN_LOCAL = "\"&'/:<>@";

  private static final String NOT_IN_DOMAIN = "\"&'/<>@\\";

  private final String domain;

  /**
   * For a component.
   *
   * @param domain its domain, as configured
   */
  ReplyAddresses(String domain) {
    this.domain = domain;
  }

  /** The address a reply goes to: the one given, or else the default. */
  Jid to(@Nullable String given, Jid byDefault) throws RefusedReplyException {
    return given == null || given.equals(byDefault.toString()) ? byDefault : checked("to", given);
  }

  /**
   * The address a reply comes from: the one given, or else the default, which is the stanza's
   * receiver. A given one is prepared as servers do it, and its domain is written as configured,
   * because Prosody compares letter by letter. What stringprep refuses, both servers accept from a
   * component, because they look only at its domain.
   */
  Jid from(@Nullable String given, Jid byDefault) throws RefusedReplyException {
    if (given == null || given.equals(byDefault.toString())) {
      return byDefault;
    }
    Jid jid = own(given);
    Jid prepared = JidPreparation.prepare(jid, domain);
    if (prepared != null) {
      return prepared;
    }
    String local = jid.local();
    Jid bare = Jid.of(local == null ? domain : local + "@" + domain);
    String resource = jid.resource();
    return resource == null ? bare : bare.withResource(resource);
  }

  /** Like {@link #from}, but refuses what stringprep refuses. */
  Jid preparedFrom(@Nullable String given, Jid byDefault) throws RefusedReplyException {
    if (given == null || given.equals(byDefault.toString())) {
      return byDefault;
    }
    Jid prepared = JidPreparation.prepare(own(given), domain);
    if (prepared == null) {
      throw new RefusedReplyException(
          DroppedReply.Reason.INVALID,
          "'from' is '%s', which has characters that no server takes in an address"
              .formatted(Quoted.of(given)));
    }
    return prepared;
  }

  /** The address, which must be in the component's domain. */
  private Jid own(String given) throws RefusedReplyException {
    Jid jid = checked("from", given);
    if (!jid.hasDomain(domain)) {
      throw new RefusedReplyException(
          DroppedReply.Reason.FOREIGN_FROM,
          "'from' is '%s', outside the component's domain %s".formatted(Quoted.of(given), domain));
    }
    return jid;
  }

  /**
   * The receiver of a reply that names none: the sender, or the room for a groupchat message,
   * unless the reply's type says that it is for the occupant alone (XEP-0045, 7.5).
   *
   * @param type the reply's type, or null if it has none
   */
  static Jid defaultTo(Stanza stanza, @Nullable String type) {
    return isGroupchat(stanza) && (type == null || type.equals("groupchat"))
        ? stanza.from().bare()
        : stanza.from();
  }

  static boolean isGroupchat(Stanza stanza) {
    return stanza instanceof Message message && message.isGroupchat();
  }

  private static Jid checked(String property, String given) throws RefusedReplyException {
    Jid jid = Jid.parse(given);
    if (jid == null || !isSafe(jid)) {
      throw new RefusedReplyException(
          DroppedReply.Reason.INVALID,
          "'%s' is '%s', which is not a JID".formatted(property, Quoted.of(given)));
    }
    return jid;
  }

  private static boolean isSafe(Jid jid) {
    String local = jid.local();
    String domain = jid.domain();
    String resource = jid.resource();
    return XmlChars.firstForbidden(jid.toString()) < 0
        && (local == null || isFree(local, NOT_IN_LOCAL))
        && isFree(domain, NOT_IN_DOMAIN)
        // Only an IPv6 literal has colons; a port does not belong here.
        && (domain.indexOf(':') < 0 || domain.startsWith("["))
        && (resource == null || resource.chars().noneMatch(Character::isISOControl));
  }

  private static boolean isFree(String part, String forbidden) {
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (Character.isWhitespace(c)
          || Character.isSpaceChar(c)
          || Character.isISOControl(c)
          || forbidden.indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }
}
