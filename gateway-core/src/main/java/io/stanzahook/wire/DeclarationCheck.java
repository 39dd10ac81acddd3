package io.stanzahook.wire;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The XML declaration a server may begin its stream with (RFC 6120, 11.4 to 11.6). */
final class DeclarationCheck {
  private static final int MAX_LENGTH = 256;
  private static final String EQUALS = "[ \t\r\n]*=[ \t\r\n]*";

  /** XML 1.0, production 23, with nothing but version 1.0. */
  private static final Pattern FORM =
      Pattern.compile(
          "xml[ \t\r\n]+version"
              + EQUALS
              + "(?:'1\\.0'|\"1\\.0\")"
              + "(?:[ \t\r\n]+encoding"
              + EQUALS
              + "(?:'([A-Za-z][A-Za-z0-9._-]*)'|\"([A-Za-z][A-Za-z0-9._-]*)\"))?"
              + "(?:[ \t\r\n]+standalone"
              + EQUALS
              + "(?:'(?:yes|no)'|\"(?:yes|no)\"))?"
              + "[ \t\r\n]*\\?>");

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
    if (!text.startsWith("xml") || !ByteClass.isSpace(bytes[3])) {
      throw new StreamViolation(StreamCondition.RESTRICTED_XML, "a processing instruction");
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new StreamViolation(
          StreamCondition.NOT_WELL_FORMED, "an XML declaration that is not one of XML 1.0");
    }
    String encoding = form.group(1) == null ? form.group(2) : form.group(1);
    if (encoding != null && !encoding.equalsIgnoreCase("UTF-8")) {
      throw new StreamViolation(
          StreamCondition.UNSUPPORTED_ENCODING, "an encoding other than UTF-8");
    }
    return true;
  }
}
