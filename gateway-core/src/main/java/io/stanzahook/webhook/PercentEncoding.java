package io.stanzahook.webhook;

import java.nio.charset.StandardCharsets;

/** Encodes values from stanzas for a URL (RFC 3986, 2.1). */
final class PercentEncoding {
  private static final String HEX = "0123456789ABCDEF";

  private PercentEncoding() {}

  /** Writes a value. Only its unreserved characters stay as they are. */
  static void write(String value, StringBuilder out) {
    write(value, "", out);
  }

  /**
   * Writes a value, with a tilde in place of the percent sign for some characters.
   *
   * @param tilded these characters, which are ASCII and may be unreserved ones
   */
  static void write(String value, String tilded, StringBuilder out) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) >= 0x80) {
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
          write((char) (b & 0xFF), tilded, out);
        }
        return;
      }
    }
    for (int i = 0; i < value.length(); i++) {
      write(value.charAt(i), tilded, out);
    }
  }

  private static void write(char c, String tilded, StringBuilder out) {
    boolean tilde = tilded.indexOf(c) >= 0;
    if (!tilde && isUnreserved(c)) {
      out.append(c);
    } else {
      out.append(tilde ? '~' : '%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
    }
  }

  private static boolean isUnreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }
}
