package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.ReadReply.ReplyObject;
import io.stanzahook.exchange.ReadReply.Unusable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyReaderTest {
  private static final String JSON = "application/json";

  private final ReplyReader reader = new ReplyReader(262_144, 3);

  @Test
  void readsAllProperties() throws Exception {
    assertThat(
            read(
                "{'to':'a@b','from':'c@d','kind':'message','type':'chat','id':'i','body':'B',"
                    + "'thread':'T','subject':'S','stanza':'<x/>'}"))
        .containsExactly(
            new ReplyObject("a@b", "c@d", "message", "chat", "i", "B", "T", "S", "<x/>"));
  }

  @Test
  void takesNullForAbsentAndIgnoresWhatItDoesNotKnow() throws Exception {
    assertThat(read("{'body':'B','to':null,'stanza':null,'x':{'body':[1,{'body':2}]},'y':[]}"))
        .containsExactly(ReplyObject.ofBody("B"));
    assertThat(read("{'status':'ok'}"))
        .singleElement()
        .satisfies(reply -> assertThat(((ReplyObject) reply).isEmpty()).isTrue());
  }

  @Test
  void theLastOfDuplicatesCounts() throws Exception {
    assertThat(read("{'body':'first','body':'last'}")).containsExactly(ReplyObject.ofBody("last"));
  }

  /** What the shorter way takes is what the parser, which a space before sends it to, reads. */
  @Property
  void theUsualReplyIsReadAsAnyOther(@ForAll("bodies") String json) {
    assertThat(outcome(json)).isEqualTo(outcome(" " + json));
  }

  private String outcome(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    try {
      return reader.read(JSON, bytes, bytes.length).toString();
    } catch (UnreadableResponseException e) {
      return "unreadable";
    }
  }

  @Provide
  Arbitrary<String> bodies() {
    Arbitrary<String> text =
        Arbitraries.strings().withChars("ab \"\\/}{:,n\t\n\u007F\u00E9\u20AC").ofMaxLength(8);
    return Arbitraries.of(
            "{\"body\":\"", "{\"body\": \"", "{\"body\":  \"", "{\"body\":", "{\"bodY\":\"")
        .flatMap(
            start ->
                text.flatMap(
                    inner ->
                        Arbitraries.of("\"}", "\" }", "}", "\"", "\"}\n", "\"}}", "")
                            .map(end -> start + inner + end)));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "-1.50, -1.50",
    "1e3, 1e3",
    "true, true",
    "false, false",
    "12345678901234567890, 12345678901234567890"
  })
  void numbersAndTruthValuesAreTextsAsWritten(String value, String text) throws Exception {
    assertThat(read("{'body':" + value + ",'id':" + value + ",'thread':" + value + "}"))
        .containsExactly(new ReplyObject(null, null, null, null, text, text, text, null, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'to':1}",
        "{'from':true}",
        "{'kind':['message']}",
        "{'type':0}",
        "{'stanza':{}}",
        "{'body':{}}",
        "{'body':['a']}",
        "{'id':[]}",
        "{'subject':{'en':'x'}}",
        "{'thread':[],'body':'x'}"
      })
  void aValueOfTheWrongTypeMakesThatReplyInvalid(String json) throws Exception {
    assertThat(read(json)).singleElement().isInstanceOf(Unusable.class);
    assertThat(reasons(read("[" + json + ",{'body':'next'}]")))
        .containsExactly(Reason.INVALID, null);
  }

  @Test
  void readsAnArrayInOrderUpToTheLimit() throws Exception {
    assertThat(read("[]")).isEmpty();
    assertThat(read("[null,{'body':'1'},{'body':'2'}]"))
        .containsExactly(ReplyObject.ofBody("1"), ReplyObject.ofBody("2"));
    List<ReadReply> four = read("[{'body':'1'},2,{'body':'3'},{'body':[]},[{}],'6']");
    assertThat(reasons(four)).containsExactly(null, Reason.INVALID, null, Reason.SURPLUS);
    assertThat(((Unusable) four.get(3)).why().detail()).startsWith("3 replies");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "'text'",
        "true",
        "false",
        "{",
        "[{}",
        "{}{}",
        "{} x",
        "{'a':}",
        "nul",
        "{'body':NaN}",
        "{'body':'a\u0001b'}",
        "<message/>",
        "{\"body\":\"\\ud8\"}"
      })
  void whatIsNotObjectsOfJsonIsUnreadable(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(UnreadableResponseException.class);
  }

  @Test
  void theReportDoesNotQuoteTheResponse() {
    assertThatThrownBy(() -> read("{'body':'se", "cret' secret"))
        .isInstanceOf(UnreadableResponseException.class)
        .hasMessageNotContaining("cret");
  }

  @Test
  void nestingIsLimited() {
    assertThatThrownBy(() -> read("{'x':" + "[".repeat(100) + "]".repeat(100) + "}"))
        .isInstanceOf(UnreadableResponseException.class);
    assertThatThrownBy(() -> read("[".repeat(100_000)))
        .isInstanceOf(UnreadableResponseException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\r\n\t", "null"})
  void anEmptyResponseHoldsNoReply(String json) throws Exception {
    assertThat(read(json)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=\"UTF-8\"; x=y",
        "application/problem+json",
        " application/json ;charset=UTF-8"
      })
  void readsJsonByMediaType(String contentType) throws Exception {
    assertThat(reader.read(contentType, utf8("{\"body\":\"\u00e9\"}"), 13))
        .containsExactly(ReplyObject.ofBody("\u00e9"));
  }

  @Test
  void readsTextWithItsCharsetAndItsLineEnds() throws Exception {
    assertThat(text("text/plain", " h\u00e9\ud83d\ude00\n", StandardCharsets.UTF_8))
        .containsExactly(ReplyObject.ofBody(" h\u00e9\ud83d\ude00\n"));
    assertThat(text("Text/Plain; Charset=\"ISO-8859-1\"", "h\u00e9", StandardCharsets.ISO_8859_1))
        .containsExactly(ReplyObject.ofBody("h\u00e9"));
    assertThat(text("text/plain;charset=us-ascii", "hi", StandardCharsets.US_ASCII))
        .containsExactly(ReplyObject.ofBody("hi"));
    assertThat(text("text/plain", "", StandardCharsets.UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain; charset=utf-16", "text/plain;charset=x-nonsense"})
  void anUnknownCharsetIsUnreadable(String contentType) {
    assertThatThrownBy(() -> text(contentType, "hi", StandardCharsets.UTF_8))
        .isInstanceOf(UnreadableResponseException.class)
        .hasMessageContaining("charset");
  }

  @ParameterizedTest
  @CsvSource({"text/plain", "application/xmpp+xml", "text/plain;charset=us-ascii", JSON})
  void bytesThatAreNotOfTheirCharsetAreUnreadable(String contentType) {
    byte[] latin = "{\"body\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> reader.read(contentType, latin, latin.length))
        .isInstanceOf(UnreadableResponseException.class);
  }

  @Test
  void readsXmlAsTheStanza() throws Exception {
    assertThat(text("application/xmpp+xml; charset=utf-8", "<message/>", StandardCharsets.UTF_8))
        .containsExactly(ReplyObject.ofStanza("<message/>"));
    assertThat(text("application/xmpp+xml", "\n", StandardCharsets.UTF_8)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text/html", "application/xml", "application/x-json", "x/y+json", "json", ""})
  void anotherContentTypeIsUnreadable(String contentType) throws Exception {
    assertThatThrownBy(() -> text(contentType, "{}", StandardCharsets.UTF_8))
        .isInstanceOf(UnreadableResponseException.class)
        .hasMessageContaining("Content-Type");
    assertThat(text(contentType, "", StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void aBodyNeedsAContentType() throws Exception {
    assertThatThrownBy(() -> reader.read(null, utf8("{}"), 2))
        .isInstanceOf(UnreadableResponseException.class);
    assertThat(reader.read(null, utf8(""), 0)).isEmpty();
  }

  @Property(tries = 1_000)
  void anyBytesAreReadOrUnreadable(
      @ForAll byte[] bytes, @ForAll("contentTypes") String contentType) {
    try {
      assertThat(reader.read(contentType, bytes, bytes.length)).hasSizeLessThanOrEqualTo(4);
    } catch (UnreadableResponseException e) {
      assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
    }
  }

  @Provide
  Arbitrary<String> contentTypes() {
    return Arbitraries.oneOf(
        Arbitraries.of(JSON, "text/plain", "application/xmpp+xml", "text/plain; charset=latin1"),
        Arbitraries.strings().ascii().ofMaxLength(40));
  }

  private List<ReadReply> read(String... json) throws UnreadableResponseException {
    byte[] bytes = utf8(String.join("", json).replace('\'', '"'));
    return reader.read(JSON, bytes, bytes.length);
  }

  private List<ReadReply> text(String contentType, String text, java.nio.charset.Charset charset)
      throws UnreadableResponseException {
    byte[] bytes = text.getBytes(charset);
    return reader.read(contentType, bytes, bytes.length);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<Reason> reasons(List<ReadReply> read) {
    List<Reason> reasons = new java.util.ArrayList<>();
    for (ReadReply reply : read) {
      reasons.add(reply instanceof Unusable unusable ? unusable.why().reason() : null);
    }
    return reasons;
  }
}
