package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TagRestTest {
  private final TagRest rest = new TagRest();

  private void write(String xml) {
    ByteBuf buffer = Unpooled.copiedBuffer(xml, StandardCharsets.UTF_8);
    rest.wrote(buffer);
    assertThat(buffer.readableBytes()).isEqualTo(xml.length());
    buffer.release();
  }

  @Test
  void theEndTagWantsAsManyBytesAsItHasButOne() {
    write("<message><body>" + "x".repeat(10_000) + "</body></message>");
    assertThat(rest.spacesDue()).isEqualTo("</message>".length() - 1);
    assertThat(rest.spacesDue()).isZero();
  }

  @Test
  void aLongTagWantsMoreThanWhatFollowsIt() {
    String tag = "<a b='" + "v".repeat(5_000) + "'/>";
    write("<message>" + tag + "</message>");
    assertThat(rest.spacesDue()).isEqualTo(tag.length() - 1 - "</message>".length());
  }

  @Test
  void whatFollowsInTheNextWriteCounts() {
    write("<a b='" + "v".repeat(100) + "'/>");
    write("<m>" + "x".repeat(1_000) + "</m>");
    assertThat(rest.spacesDue()).isEqualTo("</m>".length() - 1);
  }

  @Test
  void anEndlessTagCostsABoundedNumber() {
    write("<a b='" + "v".repeat(TagRest.MAX_SPACES * 2) + "'/>");
    assertThat(rest.spacesDue()).isEqualTo(TagRest.MAX_SPACES);
  }
}
