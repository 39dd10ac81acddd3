package io.stanzahook.local;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The picture of a component and its addresses.
 *
 * @param type its media type
 * @param base64 its bytes
 * @param sha1 their hash, which is also its id (XEP-0153, XEP-0084)
 * @param size how many bytes it has
 * @param width in pixels
 * @param height in pixels
 */
public record Avatar(String type, String base64, String sha1, int size, int width, int height) {
  /** The largest picture, in bytes: servers refuse much larger stanzas. */
  public static final int MAX_BYTES = 64 * 1024;

  private static final String FORMATS = "; give a PNG, JPEG or WebP";

  /**
   * Of a file's content, whatever the file's name.
   *
   * @throws IllegalArgumentException what is wrong with it, completing "FILE …"
   */
  public static Avatar of(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "has %d bytes, and %d are the maximum; make it smaller, such as 256x256 pixels"
              .formatted(bytes.length, MAX_BYTES));
    }
    if (begins(bytes, 0, "\u0089PNG\r\n\u001a\n")) {
      return png(bytes);
    }
    if (begins(bytes, 0, "\u00ff\u00d8\u00ff")) {
      return jpeg(bytes);
    }
    if (begins(bytes, 0, "RIFF") && begins(bytes, 8, "WEBP")) {
      return webp(bytes);
    }
    String what =
        bytes.length == 0
            ? "is empty"
            : begins(bytes, 0, "GIF8")
                ? "is a GIF"
                : begins(bytes, 0, "BM") ? "is a BMP" : "is not a picture that clients show";
    String start = new String(bytes, 0, Math.min(bytes.length, 512), StandardCharsets.ISO_8859_1);
    if (start.toLowerCase(Locale.ROOT).contains("<svg")) {
      what = "is an SVG";
    }
    throw new IllegalArgumentException(what + FORMATS);
  }

  private static Avatar png(byte[] bytes) {
    if (!begins(bytes, 12, "IHDR") || bytes.length < 45) {
      throw damaged("PNG");
    }
    if (!begins(bytes, bytes.length - 8, "IEND")) {
      throw damaged("PNG");
    }
    return made("image/png", bytes, number(bytes, 16, 4), number(bytes, 20, 4));
  }

  /** Looks for the frame header among the segments. */
  private static Avatar jpeg(byte[] bytes) {
    int at = 2;
    while (at + 9 < bytes.length && (bytes[at] & 0xff) == 0xff) {
      int marker = bytes[at + 1] & 0xff;
      if (marker == 0xff) {
        at++;
        continue;
      }
      boolean frame =
          marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
      if (frame) {
        if (!new String(bytes, StandardCharsets.ISO_8859_1).contains("\u00ff\u00d9")) {
          throw damaged("JPEG");
        }
        return made("image/jpeg", bytes, number(bytes, at + 7, 2), number(bytes, at + 5, 2));
      }
      at += 2 + number(bytes, at + 2, 2);
    }
    throw damaged("JPEG");
  }

  private static Avatar webp(byte[] bytes) {
    if (bytes.length < 30 || little(bytes, 4, 4) + 8L > bytes.length) {
      throw damaged("WebP");
    }
    if (begins(bytes, 12, "VP8X")) {
      return made("image/webp", bytes, little(bytes, 24, 3) + 1, little(bytes, 27, 3) + 1);
    }
    if (begins(bytes, 12, "VP8L")) {
      int bits = little(bytes, 21, 4);
      return made("image/webp", bytes, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
    }
    if (begins(bytes, 12, "VP8 ")) {
      return made(
          "image/webp", bytes, little(bytes, 26, 2) & 0x3fff, little(bytes, 28, 2) & 0x3fff);
    }
    throw damaged("WebP");
  }

  private static Avatar made(String type, byte[] bytes, int width, int height) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("has no pixels" + FORMATS);
    }
    try {
      return new Avatar(
          type,
          Base64.getEncoder().encodeToString(bytes),
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes)),
          bytes.length,
          width,
          height);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  private static IllegalArgumentException damaged(String format) {
    return new IllegalArgumentException(
        "begins as a %s, but is damaged or cut short".formatted(format));
  }

  private static boolean begins(byte[] bytes, int at, String text) {
    if (at < 0 || bytes.length < at + text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if ((bytes[at + i] & 0xff) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int number(byte[] bytes, int at, int length) {
    int number = 0;
    for (int i = 0; i < length; i++) {
      number = (number << 8) | (bytes[at + i] & 0xff);
    }
    return number;
  }

  private static int little(byte[] bytes, int at, int length) {
    int number = 0;
    for (int i = length - 1; i >= 0; i--) {
      number = (number << 8) | (bytes[at + i] & 0xff);
    }
    return number;
  }

  @Override
  public String toString() {
    return "%s, %d bytes, %dx%d".formatted(type, size, width, height);
  }
}
