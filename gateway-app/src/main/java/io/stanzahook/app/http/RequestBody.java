package io.stanzahook.app.http;

import io.netty.channel.ChannelException;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;

/** A request's body. It never holds more bytes than allowed. */
public final class RequestBody {
  /** The rest of a body does not arrive. The client caused this, and nothing failed here. */
  static final class LostException extends Exception {
    private static final long serialVersionUID = 1L;

    LostException(Throwable cause) {
      super(cause.getMessage(), cause, false, false);
    }
  }

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final int most;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long size;

  private RequestBody(int most) {
    this.most = most;
  }

  /** Whether its headers say that its body is larger than allowed. */
  static boolean isBeyond(HttpServerRequest request, int most) {
    if (request.requestHeaders().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      return most == 0;
    }
    String length = request.requestHeaders().get(HttpHeaderNames.CONTENT_LENGTH);
    return length != null && !(length.matches("\\d{1,9}") && Integer.parseInt(length) <= most);
  }

  /**
   * Reads a body to its end, or until it is too large. What follows is dropped, up to {@link
   * Connections#MAX_DROPPED}: closing at once would reset the connection, and the client would not
   * see the answer.
   *
   * @return fails with {@link LostException} if the end does not arrive
   */
  static Mono<RequestBody> read(HttpServerRequest request, int most) {
    RequestBody body = new RequestBody(most);
    return Mono.<RequestBody>create(
            sink ->
                // The rest is still read, and not cancelled.
                sink.onCancel(
                    request
                        .receive()
                        .asByteArray()
                        .subscribe(
                            part -> {
                              body.add(part);
                              if (body.isTooLarge()) {
                                sink.success(body);
                              }
                            },
                            e -> {
                              if (!body.isTooLarge()) {
                                sink.error(e);
                              }
                            },
                            () -> sink.success(body))))
        .onErrorMap(RequestBody::isOfConnection, LostException::new);
  }

  /** Whether the client went away, or was too slow. */
  private static boolean isOfConnection(Throwable e) {
    return e instanceof AbortedException
        || e instanceof ChannelException
        || e instanceof IOException;
  }

  private void add(byte[] part) {
    size += part.length;
    if (size <= most) {
      bytes.writeBytes(part);
    }
  }

  boolean isTooLarge() {
    return size > most;
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  /**
   * The text, without a byte order mark: in UTF-8, unless the Content-Type names another charset,
   * or the mark is one of UTF-16.
   *
   * @return null if the bytes are not such text, or the charset is unknown
   */
  @Nullable String text(HttpServerRequest request) {
    byte[] all = bytes.toByteArray();
    Charset charset = Charsets.of(request);
    if (charset == null) {
      return null;
    }
    try {
      boolean utf16 =
          charset.equals(StandardCharsets.UTF_8)
              && all.length >= 2
              && ((all[0] == (byte) 0xFE && all[1] == (byte) 0xFF)
                  || (all[0] == (byte) 0xFF && all[1] == (byte) 0xFE));
      String text =
          (utf16 ? StandardCharsets.UTF_16 : charset)
              .newDecoder()
              .decode(ByteBuffer.wrap(all))
              .toString();
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
