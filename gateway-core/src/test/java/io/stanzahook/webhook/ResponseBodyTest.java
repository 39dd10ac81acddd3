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
    ResponseBody body = new ResponseBody(Math.max(1, bytes.length), Math.max(1, bytes.length));
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
    for (int most : new int[] {0, 3, 5}) {
      ResponseBody body = new ResponseBody(most, 5);
      body.add(text("12"));
      body.add(text("345"));
      assertThatThrownBy(() -> body.add(text("6")))
          .isInstanceOf(ResponseBody.TooLarge.class)
          .hasMessageContaining("5 bytes");
    }
  }

  @Test
  void keepsNothingThatNobodyWants() {
    ResponseBody body = new ResponseBody(0, 1_000);
    body.add(text("12345"));
    assertThat(body.bytes()).isEmpty();
  }

  @Test
  void growsWithinTheLimit() {
    ResponseBody body = new ResponseBody(1_000_000, 1_000_000);
    for (int i = 0; i < 1_000; i++) {
      body.add(text("x".repeat(1_000)));
    }
    assertThat(body.bytes()).hasSize(1_000_000);
  }

  @Test
  void keepsTheBeginningWithoutHalfACharacterAtItsEnd() {
    ResponseBody body = new ResponseBody(ResponseBody.BEGINNING, 100_000);
    assertThat(body.beginning()).isEmpty();
    body.add(text("x"));
    assertThat(body.beginning()).isEqualTo("x");
    for (int i = 0; i < 50; i++) {
      body.add(text("ä€".repeat(10)));
    }

    assertThat(body.bytes()).hasSizeLessThanOrEqualTo(ResponseBody.BEGINNING);
    assertThat(body.beginning())
        .startsWith("xä€ä€")
        .doesNotContain("\uFFFD")
        .hasSizeGreaterThan(400);
  }

  @Test
  void whatIsNoUtf8IsReplacedInTheBeginning() {
    ResponseBody body = new ResponseBody(ResponseBody.BEGINNING, 10);
    body.add(Unpooled.wrappedBuffer(new byte[] {'a', (byte) 0xC3}));
    assertThat(body.beginning()).isEqualTo("a\uFFFD");
    assertThatThrownBy(() -> body.add(text("€".repeat(9))))
        .isInstanceOfSatisfying(
            ResponseBody.TooLarge.class,
            e -> assertThat(e.beginning()).startsWith("a\uFFFD€").hasSizeLessThan(20));
  }

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }
}
