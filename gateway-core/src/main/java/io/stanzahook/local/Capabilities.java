package io.stanzahook.local;

import io.stanzahook.stanza.Namespaces;
import io.stanzahook.xml.XmlElement;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * The features of an address, as a hash that presence carries, so that clients ask only once for
 * all addresses (XEP-0115, 5).
 */
final class Capabilities {
  private static final String NODE = "https://stanzahook.io";

  private final String hash;

  /**
   * Of one identity.
   *
   * @param identity category, type, language and name, separated by slashes; the language is empty
   *     here
   */
  Capabilities(String identity, List<String> features) {
    StringBuilder text = new StringBuilder(identity).append('<');
    // Sorted by bytes (5.1, step 5); all our features are ASCII, where that is the strings' order.
    features.stream().sorted().forEach(feature -> text.append(feature).append('<'));
    hash = Base64.getEncoder().encodeToString(sha1(text.toString()));
  }

  /** SHA-1 is the one that every client knows, and nothing secret rests on it. */
  private static byte[] sha1(String text) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  /** What presence carries. */
  XmlElement element() {
    return XmlElement.builder(Namespaces.CAPS, "c")
        .attribute("hash", "sha-1")
        .attribute("node", NODE)
        .attribute("ver", hash)
        .build();
  }

  /** The node that a client asks for when it wants to know what the hash stands for. */
  String node() {
    return NODE + "#" + hash;
  }
}
