package io.stanzahook.webhook;

import io.stanzahook.stanza.Stanza;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One segment of a URL's path, with values from the stanza in it.
 *
 * <p>Proxies and frameworks decode a path before they take it apart: {@code %2F} becomes a slash to
 * them (nginx with a path in {@code proxy_pass}), a backslash another one, what follows a semicolon
 * a parameter (Tomcat). Then they resolve pieces that are {@code .} or {@code ..}, and drop empty
 * ones. Whoever chooses a value must not choose what a path leads to by that:
 *
 * <ul>
 *   <li>A percent sign of a value is written {@code ~25} and a tilde {@code ~7E}, so that there is
 *       nothing to decode a second time, and {@code ~HH} means a character always.
 *   <li>Where a piece of the segment would be empty or have only dots and spaces, the dots,
 *       slashes, backslashes, semicolons and spaces of its values are written {@code ~2E}, {@code
 *       ~2F}, {@code ~5C}, {@code ~3B} and {@code ~20}, and an empty value is {@code ~}.
 * </ul>
 *
 * <p>All else is percent-encoded. Different values stay different. Immutable.
 */
final class PathSegment {
  /** Written with a tilde always. */
  private static final String ESCAPES = "%~";

  /** Written with a tilde where a piece would be empty or of dots. */
  private static final String RISKY = "%~./\\; \t\r\n";

  private static final String EMPTY = "~";

  private final List<UrlTemplate.Part> parts;

  /** The parts as they read once they are decoded; nothing where a part is a value. */
  private final List<String> decoded;

  private final @Nullable String constant;

  /** The segment of those parts, in order. */
  PathSegment(List<UrlTemplate.Part> parts) {
    this.parts = List.copyOf(parts);
    this.decoded =
        parts.stream().map(part -> part.value() == null ? decode(part.text()) : "").toList();
    this.constant =
        parts.stream().allMatch(part -> part.value() == null)
            ? parts.stream().map(UrlTemplate.Part::text).collect(Collectors.joining())
            : null;
  }

  /** Writes it as it is for a stanza, without the slash before it. */
  void write(Stanza stanza, StringBuilder out) {
    if (constant != null) {
      out.append(constant);
      return;
    }
    int start = out.length();
    Pieces pieces = new Pieces();
    for (int i = 0; i < parts.size(); i++) {
      UrlTemplate.Part part = parts.get(i);
      String value = value(part, stanza);
      if (value == null) {
        out.append(part.text());
        pieces.add(decoded.get(i));
      } else {
        PercentEncoding.write(value, ESCAPES, out);
        pieces.add(value);
      }
    }
    if (pieces.areRisky()) {
      out.setLength(start);
      writeRisky(stanza, out);
    }
  }

  private void writeRisky(Stanza stanza, StringBuilder out) {
    for (UrlTemplate.Part part : parts) {
      String value = value(part, stanza);
      if (value == null) {
        out.append(part.text());
      } else if (value.isEmpty()) {
        out.append(EMPTY);
      } else {
        PercentEncoding.write(value, RISKY, out);
      }
    }
  }

  /** The value of a part, be it empty; null of text. */
  private static @Nullable String value(UrlTemplate.Part part, Stanza stanza) {
    if (part.value() == null) {
      return null;
    }
    String value = part.value().apply(stanza);
    return value == null ? "" : value;
  }

  /** The text decoded as often as can be, which takes one pass: a percent sign encodes as %25. */
  private static String decode(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int at = i + 1;
      while (c == '%' && text.startsWith("25", at)) {
        at += 2;
      }
      int high = at + 1 < text.length() ? Character.digit(text.charAt(at), 16) : -1;
      int low = high < 0 ? -1 : Character.digit(text.charAt(at + 1), 16);
      if (c == '%' && low >= 0) {
        out.append((char) (high * 16 + low));
        i = at + 1;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** The pieces that a decoded segment falls into. */
  private static final class Pieces {
    private boolean risky;

    /** The piece so far has more than dots and spaces. */
    private boolean named;

    private boolean parameters;

    void add(String text) {
      for (int i = 0; i < text.length(); i++) {
        switch (text.charAt(i)) {
          case '/', '\\' -> end();
          case ';' -> parameters = true;
          case '.', ' ', '\t', '\r', '\n' -> {}
          default -> named |= !parameters;
        }
      }
    }

    private void end() {
      risky |= !named;
      named = false;
      parameters = false;
    }

    /** After the last text. */
    boolean areRisky() {
      end();
      return risky;
    }
  }
}
