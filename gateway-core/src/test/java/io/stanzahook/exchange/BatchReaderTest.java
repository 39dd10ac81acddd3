package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.WebhookResult.Answered;
import io.stanzahook.exchange.WebhookResult.AnsweredEach;
import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlElement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses to batches: which element answers which stanza, and what of a bad one still counts. */
class BatchReaderTest {
  private static final int MAX = 200;

  private final ReplyRules rules = new ReplyRules(TestStanzas.DOMAIN);
  private final BatchReader json = new BatchReader(MAX, 3, PostFormat.JSON, rules);
  private final BatchReader rest = new BatchReader(MAX, 3, PostFormat.REST_JSON, rules);

  /** Three messages, {@code msg_0} to {@code msg_2}. */
  private static final Batch THREE =
      new Batch() {
        private final Stanza chat = TestStanzas.chat("hi");

        @Override
        public String id() {
          return "bat_1";
        }

        @Override
        public int attempt() {
          return 1;
        }

        @Override
        public int size() {
          return 3;
        }

        @Override
        public Stanza stanza(int index) {
          return chat;
        }

        @Override
        public String webhookId(int index) {
          return "msg_" + index;
        }

        @Override
        public int attempt(int index) {
          return 1;
        }
      };

  private AnsweredEach read(BatchReader reader, String body, boolean replies) {
    byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    try {
      return reader.read(
          THREE,
          "application/json; charset=utf-8",
          bytes,
          bytes.length,
          replies,
          "beginning",
          (status, retryAfter) ->
              new Failed(Outcome.ANSWERED, status, StatusErrors.of(status), "said so", retryAfter));
    } catch (UnreadableResponseException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> read(String body) {
    return shown(read(json, body, true));
  }

  /** Of each stanza: the bodies of its replies, or why there are none. */
  private static List<String> shown(AnsweredEach read) {
    return read.each().stream().map(BatchReaderTest::shown).toList();
  }

  private static String shown(WebhookResult result) {
    if (result instanceof Failed failed) {
      Duration after = failed.retryAfter();
      return failed.status() + (after == null ? "" : " after " + after.toMillis());
    }
    Answered answered = (Answered) result;
    if (!answered.dropped().isEmpty()) {
      return answered.dropped().get(0).reason().label();
    }
    return String.join(
        "+",
        answered.replies().stream()
            .map(
                reply -> {
                  XmlElement body = reply.element().child(Namespaces.COMPONENT, "body");
                  return body == null ? "-" : body.text();
                })
            .toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '$',
      value = {
        "[{'body':'a'},null,{'body':'c'}]                                  | a,,c",
        "[{'body':'a'},[{'body':'b'},{'body':'c'}],{}]                     | a,b+c,",
        "[{'body':'a'}]                                                    | a,,",
        "[]                                                                | ,,",
        "null                                                              | ,,",
        "{}                                                                | ,,",
        "[{'webhook_id':'msg_2','body':'c'},{'webhook_id':'msg_0','body':'a'}] | a,,c",
        "[[{'webhook_id':'msg_1','body':'b'},{'body':'b2'}]]               | ,b+b2,",
        "[{'webhook_id':'msg_1','status':503}]                             | ,503,",
        "[{'status':503},{'status':429,'retry_after':7},{'body':'c'}]      | 503,429 after 7000,c",
        "[{'status':503,'retry_after':0.5},{'status':404},{'status':301}]  | 503 after 500,404,301",
        "[{'status':200,'body':'a'},{'status':204,'body':'b'},{'status':202}] | a,,",
        "[{'status':'503','body':'a'},{'status':99},{'status':12345678901}]  | a,invalid,invalid",
        "[{'body':'a'},7,'text']                                           | a,invalid,invalid",
        "{'webhook_id':'msg_1','body':'b'}                                 | ,b,",
        "[[1,{'body':'a'}],[],[null]]                                      | invalid,,",
      })
  void eachElementAnswersItsStanza(String body, String expected) {
    assertThat(String.join(",", read(body))).isEqualTo(expected == null ? "" : expected);
    assertThat(read(json, body, true).surplus()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{'body':'a'},{'body':'b'},{'body':'c'},{'body':'d'},null]",
        "[{'body':'a'},{'body':'b'},{'body':'c'},{'webhook_id':'msg_7','body':'d'}]",
        "[{'body':'a'},{'body':'b'},{'body':'c'},{'webhook_id':'msg_0','body':'d'}]",
        "[{'body':'a'},{'body':'b'},{'body':'c'}] []",
      })
  void whatBelongsToNoStanzaIsLeftAside(String body) {
    AnsweredEach read = read(json, body, true);
    assertThat(shown(read)).containsExactly("a", "b", "c");
    assertThat(read.surplus()).isNotNull();
    assertThat(read.surplus().reason()).isEqualTo(Reason.UNREADABLE);
    assertThat(read.surplus().detail()).isNotBlank().doesNotContain("\n");
  }

  @Test
  void theRestOfABrokenArrayIsUnreadableAndToldOnce() {
    AnsweredEach read = read(json, "[{'body':'a'},{'body':'b", true);
    assertThat(shown(read)).containsExactly("a", "unreadable", "unreadable");
    assertThat(((Answered) read.each().get(1)).dropped().get(0).told()).isFalse();
    assertThat(((Answered) read.each().get(1)).dropped().get(0).response()).isEqualTo("beginning");
    assertThat(((Answered) read.each().get(2)).dropped().get(0).told()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"'text'", "7", "{'body':'a'}", "{'status':503}", "[", "<p>", "{'webhook_id':'x'}"})
  void whatIsNoArrayIsUnreadable(String body) {
    byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(
            () ->
                json.read(
                    THREE,
                    "application/json",
                    bytes,
                    bytes.length,
                    true,
                    "",
                    (status, after) -> {
                      throw new AssertionError();
                    }))
        .isInstanceOf(UnreadableResponseException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/xmpp+xml", "text/html", ""})
  void anotherTypeIsUnreadable(String type) {
    assertThatThrownBy(
            () -> json.read(THREE, type, new byte[] {'[', ']'}, 2, true, "", (s, a) -> null))
        .isInstanceOf(UnreadableResponseException.class);
  }

  @Test
  void anElementThatIsTooLargeIsThatOfItsStanzaAlone() {
    String large = "x".repeat(MAX);
    assertThat(read("[{'body':'a'},{'body':'%s'},{'body':'c'}]".formatted(large)))
        .containsExactly("a", "too_large", "c");
    assertThat(json.maxResponse(3)).isEqualTo(3 * MAX);
    assertThat(json.maxResponse(1_000_000)).isEqualTo(BatchReader.MAX_RESPONSE);
  }

  @Test
  void aStatusCountsEvenIfRepliesDoNot() {
    AnsweredEach read = read(json, "[{'body':'a'},{'status':503},[{'body':'c'}]]", false);
    assertThat(shown(read)).containsExactly("", "503", "");
  }

  @Test
  void restRepliesAreReadTheSame() {
    AnsweredEach read =
        read(
            rest,
            "[{'body':'a','webhook_id':'msg_1'},{'xmpp':[{'body':'b'},{'body':'c'}]},"
                + "{'status':429,'retry_after':1,'webhook_id':'msg_0'},{'kind':'presence','status':'away',"
                + "'webhook_id':'msg_2'}]",
            true);
    // The second stands where the first has answered already.
    assertThat(shown(read)).containsExactly("429 after 1000", "a", "-");
    assertThat(read.surplus()).isNotNull();
    assertThat(((Answered) read.each().get(2)).replies().get(0).element().name())
        .isEqualTo("presence");
    assertThat(shown(read(rest, "[[{'body':'a'},{'body':'b'}],null]", true)))
        .containsExactly("a+b", "", "");
  }

  @Test
  void aBatchThatIsTakenHasNoReplies() {
    assertThat(shown(json.taken(THREE, 202))).containsExactly("", "", "");
    assertThat(json.taken(THREE, 202).each()).allMatch(each -> each.status() == 202);
  }
}
