package io.stanzahook.delivery;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stanza that is kept until it is delivered. Its bytes are not copied, so nobody may change them.
 *
 * @param webhookId its id in every attempt and among the dead letters; at most {@link #MAX_ID}
 *     characters
 * @param receivedAt when it came in, in milliseconds since 1970
 * @param lang the language of the stanza if its XML does not say so (RFC 6120, 8.1.5: the language
 *     of its stream); at most {@link #MAX_LANG} characters, null for none
 * @param stanza its XML in UTF-8
 * @param redelivered it was a dead letter before: its sender has had its error, and gets no other
 */
@SuppressWarnings("ArrayRecordComponent") // A copy of each stanza, in and out, would serve nobody.
public record KeptStanza(
    String webhookId, long receivedAt, @Nullable String lang, byte[] stanza, boolean redelivered) {
  /** The maximum number of characters of a webhook-id. */
  public static final int MAX_ID = 256;

  /** The maximum number of characters of a language; tags of BCP 47 are shorter. */
  public static final int MAX_LANG = 64;

  /** Checks the lengths. */
  public KeptStanza {
    if (webhookId.isEmpty() || webhookId.length() > MAX_ID) {
      throw new IllegalArgumentException(
          "a webhook-id has 1 to " + MAX_ID + " characters, not " + webhookId.length());
    }
    if (lang != null && lang.length() > MAX_LANG) {
      throw new IllegalArgumentException(
          "a language has at most " + MAX_LANG + " characters, not " + lang.length());
    }
  }

  /** A record whose language is only in its XML. */
  public KeptStanza(String webhookId, long receivedAt, byte[] stanza, boolean redelivered) {
    this(webhookId, receivedAt, null, stanza, redelivered);
  }

  /** The same, to be delivered once more. */
  public KeptStanza again() {
    return new KeptStanza(webhookId, receivedAt, lang, stanza, true);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeptStanza that
        && webhookId.equals(that.webhookId)
        && receivedAt == that.receivedAt
        && redelivered == that.redelivered
        && Objects.equals(lang, that.lang)
        && Arrays.equals(stanza, that.stanza);
  }

  @Override
  public int hashCode() {
    return webhookId.hashCode();
  }

  @Override
  public String toString() {
    return webhookId + " (" + stanza.length + " bytes" + (redelivered ? ", redelivered)" : ")");
  }
}
