package io.stanzahook.wire;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The XML declaration a server may begin its stream with (RFC 6120, 11.4 to 11.6). */
final class DeclarationCheck {
  private static final int MAX_LENGTH = 256;
  private static final Pattern FORM = Pattern.compile("xml\\s[\\x20-\\x7E\\s&&[^<&]]*\\?>");
  private static final Pattern ENCODING =
      Pattern.compile("\\sencoding\\s*=\\s*[\"']([^\"']*)[\"']");

  private final byte[] bytes = new byte[MAX_LENGTH];
  private int length;

  /**
   * Takes the next byte after {@code <?}.
   *
   * @return whether the declaration has ended with it
   */
  boolean accept(byte b) throws StreamViolation {
    if (length == MAX_LENGTH) {
      throw new StreamViolation(
          StreamCondition.NOT_WELL_FORMED, "an XML declaration that does not end");
    }
    bytes[length++] = b;
    if (b != '>' || length < 2 || bytes[length - 2] != '?') {
      return false;
    }
    String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    if (!FORM.matcher(text).matches()) {
      throw new StreamViolation(StreamCondition.RESTRICTED_XML, "a processing instruction");
    }
    Matcher encoding = ENCODING.matcher(text);
    if (encoding.find() && !encoding.group(1).equalsIgnoreCase("UTF-8")) {
      throw new StreamViolation(
          StreamCondition.UNSUPPORTED_ENCODING, "an encoding other than UTF-8");
    }
    return true;
  }
}
