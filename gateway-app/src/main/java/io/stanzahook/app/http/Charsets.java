package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpUtil;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/** Charsets by the names in requests, as browsers understand these names. */
final class Charsets {
  private Charsets() {}

  /** The charset that the Content-Type names, or UTF-8 if it names none; null if it is unknown. */
  static @Nullable Charset of(HttpServerRequest request) {
    String type = request.requestHeaders().get(HttpHeaderNames.CONTENT_TYPE);
    CharSequence name = type == null ? null : HttpUtil.getCharsetAsSequence(type);
    return name == null ? StandardCharsets.UTF_8 : named(name.toString());
  }

  /** The charset of that name; null if it is unknown. */
  static @Nullable Charset named(String given) {
    String name = given.replaceAll("[\"';]", "").strip();
    switch (name.toLowerCase(Locale.ROOT)) {
      case "", "utf8", "us-ascii", "ascii" -> {
        // ASCII is a part of UTF-8.
        return StandardCharsets.UTF_8;
      }
      default -> {
        try {
          return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
          return null;
        }
      }
    }
  }
}
