package io.stanzahook.wire;

import io.stanzahook.stanza.Namespaces;
import io.stanzahook.xml.XmlWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What the two sides say before and after the stanzas, by XEP-0114. No I/O. */
public final class Handshake {
  private Handshake() {}

  /** The stream's end tag. */
  public static final String END = "</stream:stream>";

  /** The component's start tag (XEP-0114, 3, example 1). */
  public static String start(String domain) {
    StringBuilder out = new StringBuilder("<?xml version='1.0'?><stream:stream xmlns='");
    out.append(Namespaces.COMPONENT).append("' xmlns:stream='").append(Namespaces.STREAM);
    out.append("' to='");
    XmlWriter.attributeValue(domain, out);
    return out.append("'>").toString();
  }

  /**
   * The component's proof (XEP-0114, 3, example 3).
   *
   * @param streamId the id of the server's start tag, unescaped
   */
  public static String element(String streamId, String secret) {
    return "<handshake>" + digest(streamId, secret) + "</handshake>";
  }

  /** SHA-1 of the id and the secret in UTF-8, in lower-case hexadecimal. */
  public static String digest(String streamId, String secret) {
    try {
      // The protocol demands SHA-1; nothing else rests on it.
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return HexFormat.of()
          .formatHex(sha1.digest((streamId + secret).getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  /** A stream error and the end tag (RFC 6120, 4.9.1). */
  public static String error(StreamCondition condition) {
    return "<stream:error><"
        + condition.elementName()
        + " xmlns='"
        + Namespaces.STREAM_ERRORS
        + "'/></stream:error>"
        + END;
  }
}
