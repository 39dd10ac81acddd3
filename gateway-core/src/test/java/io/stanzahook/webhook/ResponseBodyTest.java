package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ResponseBodyTest {

  @Property(tries = 200)
  void collectsAllPieces(@ForAll byte[] bytes, @ForAll @IntRange(min = 1, max = 50) int piece) {
    ResponseBody body = new ResponseBody(true, Math.max(1, bytes.length));
    for (int from = 0; from < bytes.length; from += piece) {
      int length = Math.min(piece, bytes.length - from);
      ByteBuf part = Unpooled.wrappedBuffer(bytes, from, length);
      body.add(from % 2 == 0 ? part : new DefaultHttpContent(part));
    }
    body.add(LastHttpContent.EMPTY_LAST_CONTENT);

    assertThat(body.length()).isEqualTo(bytes.length);
    assertThat(java.util.Arrays.copyOf(body.bytes(), body.length())).isEqualTo(bytes);
  }

  @Test
  void refusesTheByteBeyondTheLimit() {
    for (boolean wanted : new boolean[] {true, false}) {
      ResponseBody body = new ResponseBody(wanted, 5);
      body.add(text("12"));
      body.add(text("345"));
      assertThatThrownBy(() -> body.add(text("6")))
          .isInstanceOf(ResponseBody.TooLarge.class)
          .hasMessageContaining("5 bytes");
    }
  }

  @Test
  void keepsNothingThatNobodyWants() {
    ResponseBody body = new ResponseBody(false, 1_000);
    body.add(text("12345"));
    assertThat(body.bytes()).isEmpty();
  }

  @Test
  void growsWithinTheLimit() {
    ResponseBody body = new ResponseBody(true, 1_000_000);
    for (int i = 0; i < 1_000; i++) {
      body.add(text("x".repeat(1_000)));
    }
    assertThat(body.bytes()).hasSize(1_000_000);
  }

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }
}
