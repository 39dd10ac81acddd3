package io.stanzahook.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaHeader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What this package does with a stanza and a response, without the connection between. */
public final class AnyResponse {
  /** The component's domain. */
  public static final String DOMAIN = TestStanzas.DOMAIN;

  private static final Jid UNNORMALISED = Jid.of("B\u00f6t@GW.Example./Home");

  /** One stanza of each sort that is answered in its own way. */
  public static final List<Stanza> STANZAS =
      List.of(
          TestStanzas.chat("x"),
          TestStanzas.groupchat("x"),
          TestStanzas.message(TestStanzas.ALICE, TestStanzas.BOT, null, null, "x"),
          TestStanzas.message(TestStanzas.ALICE, UNNORMALISED, "e1", "error", "x"),
          TestStanzas.message(TestStanzas.ALICE, UNNORMALISED, "'<&>\"", "headline", null),
          TestStanzas.iq("get"),
          TestStanzas.iq("set"),
          TestStanzas.iq("result"),
          TestStanzas.iq("error"),
          odd("unknown"),
          odd(null),
          TestStanzas.presence(null),
          TestStanzas.presence("subscribe"),
          TestStanzas.presence("error"));

  private static final ReplyRules RULES = new ReplyRules(DOMAIN);
  private static final ReplyReader READER = new ReplyReader(262_144, 10);
  private static final RequestJson JSON = new RequestJson();

  private AnyResponse() {}

  /** A request without an id and a child, to an address that is not in its normal form. */
  private static Iq odd(@Nullable String type) {
    return new Iq(
        new StanzaHeader(UNNORMALISED, TestStanzas.ALICE, null, type, null),
        0,
        List.of(),
        TestStanzas.iq("get").xml());
  }

  /** The stanzas that leave because of a response. */
  public static List<OutboundStanza> leaving(
      Stanza stanza, int status, @Nullable String contentType, byte[] body) {
    if (status < 200 || status > 299) {
      OutboundStanza error = OutboundStanza.error(stanza, StatusErrors.of(status));
      return error == null ? List.of() : List.of(error);
    }
    if (status != 200) {
      return oneLine(RULES.answered(stanza, status, List.of()));
    }
    try {
      return oneLine(RULES.answered(stanza, status, READER.read(contentType, body, body.length)));
    } catch (UnreadableResponseException e) {
      DroppedReply why =
          new DroppedReply(DroppedReply.Reason.UNREADABLE, String.valueOf(e.getMessage()));
      return oneLine(RULES.unusable(stanza, status, why));
    }
  }

  /** What is said about dropped replies goes to the log: it must not be able to forge lines. */
  private static List<OutboundStanza> oneLine(WebhookResult.Answered answered) {
    for (DroppedReply dropped : answered.dropped()) {
      if (dropped.detail().isBlank()
          || dropped.detail().chars().anyMatch(c -> c < ' ' || (c >= 0x7F && c < 0xA0))) {
        throw new AssertionError("not one line for the log: " + dropped);
      }
    }
    return answered.replies();
  }

  /** The request's JSON. */
  public static String request(Stanza stanza) {
    ByteBuf json = JSON.write(stanza, UnpooledByteBufAllocator.DEFAULT);
    String text = json.toString(StandardCharsets.UTF_8);
    if (!json.release()) {
      throw new AssertionError("the request's buffer is still in use");
    }
    return text;
  }

  /** How long a {@code Retry-After} header says to wait, or null. */
  public static @Nullable Duration retryAfter(String header) {
    return RetryAfter.parse(header, Instant.EPOCH);
  }
}
