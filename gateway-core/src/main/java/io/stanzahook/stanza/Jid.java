package io.stanzahook.stanza;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An XMPP address, kept exactly as it was received (RFC 7622, with the split of its section 3.1: at
 * the first slash, then at the first at-sign before it).
 *
 * <p>Parsing checks only the structure. It does not refuse characters that the server accepted, and
 * normalises nothing, because a reply must carry the address verbatim. Equality and order are those
 * of the text. To compare addresses as servers do, use {@link #isSame} or {@link #comparable}. The
 * order is for maps, because strangers can choose addresses with equal hashes.
 */
public final class Jid implements Comparable<Jid> {
  /** The longest part an address may have, in bytes of UTF-8 (RFC 7622, 3.2 to 3.4). */
  public static final int MAX_PART_BYTES = 1023;

  private final String text;
  private final int at;
  private final int slash;

  private Jid(String text, int at, int slash) {
    this.text = text;
    this.at = at;
    this.slash = slash;
  }

  /** The address, or null if the text is not a valid address. */
  public static @Nullable Jid parse(@Nullable String text) {
    if (text == null) {
      return null;
    }
    int slash = text.indexOf('/');
    int bareEnd = slash < 0 ? text.length() : slash;
    int at = text.indexOf('@');
    if (at >= bareEnd) {
      at = -1;
    }
    int secondAt = text.indexOf('@', at + 1);
    boolean wellFormed =
        at != 0
            && at + 1 < bareEnd
            && (secondAt < 0 || secondAt > bareEnd)
            && (slash < 0 || slash + 1 < text.length());
    if (!wellFormed) {
      return null;
    }
    if (text.length() > MAX_PART_BYTES / 3
        && (tooLong(text, 0, Math.max(at, 0))
            || tooLong(text, at + 1, bareEnd)
            || tooLong(text, Math.min(bareEnd + 1, text.length()), text.length()))) {
      return null;
    }
    return new Jid(text, at, slash);
  }

  /**
   * The address.
   *
   * @throws IllegalArgumentException if the text is not a valid address
   */
  public static Jid of(String text) {
    Jid jid = parse(text);
    if (jid == null) {
      throw new IllegalArgumentException("not a JID: '" + text + "'");
    }
    return jid;
  }

  private static boolean tooLong(String text, int from, int to) {
    return (to - from) > MAX_PART_BYTES / 3
        && text.substring(from, to).getBytes(StandardCharsets.UTF_8).length > MAX_PART_BYTES;
  }

  /** The part before the at-sign, or null. */
  public @Nullable String local() {
    return at < 0 ? null : text.substring(0, at);
  }

  /** The domain part. */
  public String domain() {
    return at < 0 && slash < 0 ? text : text.substring(at + 1, bareEnd());
  }

  /** The part after the slash, or null. */
  public @Nullable String resource() {
    return slash < 0 ? null : text.substring(slash + 1);
  }

  /** Local and domain part, without the resource. */
  public Jid bare() {
    return slash < 0 ? this : new Jid(text.substring(0, slash), at, -1);
  }

  /** Whether there is no resource. */
  public boolean isBare() {
    return slash < 0;
  }

  /** Whether there is neither local part nor resource. */
  public boolean isDomain() {
    return at < 0 && slash < 0;
  }

  /** This address's bare form with that resource. */
  public Jid withResource(String resource) {
    return of(text.substring(0, bareEnd()) + '/' + resource);
  }

  /** Whether the address has this domain, however both are written. */
  public boolean hasDomain(String domain) {
    int from = at + 1;
    int to = bareEnd();
    if (to - from == domain.length() && text.startsWith(domain, from)) {
      return true;
    }
    if (ComparableAddress.isPlain(text, from, to)
        && ComparableAddress.isPlain(domain, 0, domain.length())) {
      return false;
    }
    return ComparableAddress.domain(text.substring(from, to)).equals(comparableDomain(domain));
  }

  /** Whether both are the same address for a server, see {@link #comparable}. */
  public boolean isSame(Jid other) {
    return text.equals(other.text)
        || (!(isPlain() && other.isPlain()) && comparable().equals(other.comparable()));
  }

  /**
   * One text for all the ways in which servers write this address. Use it for comparisons and keys.
   * Never send it: an answer carries the address verbatim.
   *
   * <p>Servers normalise addresses with stringprep (RFC 6122) or PRECIS (RFC 7622), and write
   * domains in Unicode or ASCII. Addresses that are equal for either are equal here: letter case is
   * ignored in the local part and the domain, and compatible forms in all parts.
   */
  public String comparable() {
    if (isPlain()) {
      return text;
    }
    String local = local();
    String resource = resource();
    StringBuilder out = new StringBuilder(text.length());
    if (local != null) {
      out.append(ComparableAddress.local(local)).append('@');
    }
    out.append(ComparableAddress.domain(domain()));
    if (resource != null) {
      out.append('/').append(ComparableAddress.resource(resource));
    }
    return out.toString();
  }

  /** The text of {@link #comparable} for an address that is this domain. */
  public static String comparableDomain(String domain) {
    return ComparableAddress.domain(domain);
  }

  /** Whether it is its own comparable form. */
  private boolean isPlain() {
    int end = bareEnd();
    if (!ComparableAddress.isPlain(text, 0, end)) {
      return false;
    }
    for (int i = end; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private int bareEnd() {
    return slash < 0 ? text.length() : slash;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Jid jid && jid.text.equals(text);
  }

  @Override
  public int compareTo(Jid other) {
    return text.compareTo(other.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The address as received. */
  @Override
  public String toString() {
    return text;
  }
}
