package io.stanzahook.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.stanzahook.exchange.AnyResponse;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.wire.StanzaEncoder;
import io.stanzahook.wire.StreamDecoder;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.xml.stream.XMLStreamException;

/**
 * A webhook's response: whatever it says, what leaves are whole stanzas of the component's own, and
 * an iq request is answered exactly once.
 *
 * <p>First line: a letter for the stanza that was posted, one for the content type, one for the
 * status; the rest is a {@code Retry-After} header. The data is the response's body.
 */
public final class ReplyTarget {
  private static final List<String> CONTENT_TYPES =
      Arrays.asList(
          "application/json",
          "application/xmpp+xml",
          "text/plain",
          "text/plain; charset=iso-8859-1",
          "application/json; charset=utf-8",
          "application/problem+json",
          "text/plain; charset=utf-16",
          "text/html",
          ";",
          null);
  private static final List<Integer> STATUSES =
      List.of(200, 201, 204, 302, 400, 404, 413, 429, 500, 503, 999);

  /** What leaves has at most this many bytes and elements inside each other (conformance B15). */
  private static final int MAX_BYTES = 512 * 1024;

  private static final int MAX_DEPTH = 64;

  private static final String HEADER =
      "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'"
          + " xmlns='jabber:component:accept' id='1' from='gw.example'>";

  private ReplyTarget() {}

  /** Jazzer's entry. */
  public static void fuzzerTestOneInput(byte[] input) {
    FuzzInput in = new FuzzInput(input);
    Stanza stanza = in.oneOf(0, AnyResponse.STANZAS);
    String contentType = in.oneOf(1, CONTENT_TYPES);
    int status = in.oneOf(2, STATUSES);
    retryAfter(in.choicesFrom(3));

    List<OutboundStanza> leaving = AnyResponse.leaving(stanza, status, contentType, in.data());

    boolean request = stanza instanceof Iq iq && iq.isRequest();
    if (stanza.isError() || (stanza.kind() == StanzaKind.IQ && !request)) {
      assertThat(leaving).as("answers to what is never answered").isEmpty();
    }
    leaving.forEach(ReplyTarget::isOurs);
    assertThat(leaving.stream().filter(ReplyTarget::isIqAnswer))
        .as("answers to an iq")
        .hasSize(request ? 1 : 0)
        .allSatisfy(answer -> answers(answer, stanza));
    onTheStream(leaving);
  }

  private static void retryAfter(String header) {
    Duration wait = AnyResponse.retryAfter(header);
    if (wait != null) {
      assertThat(wait).isBetween(Duration.ZERO, Duration.ofDays(365));
    }
  }

  private static void isOurs(OutboundStanza reply) {
    assertThat(reply.element().namespace()).isEqualTo(Namespaces.COMPONENT);
    assertThat(reply.element().name()).isEqualTo(reply.kind().elementName());
    assertThat(reply.from().hasDomain(AnyResponse.DOMAIN)).as("from %s", reply.from()).isTrue();
    assertThat(reply.element().attribute("from")).isEqualTo(reply.from().toString());
    assertThat(Jid.parse(reply.element().attribute("to"))).isEqualTo(reply.to());
    if (reply.kind() == StanzaKind.IQ) {
      assertThat(reply.type()).isIn("get", "set", "result", "error");
      if (!isIqAnswer(reply)) {
        assertThat(reply.id()).isNotEmpty();
        assertThat(reply.element().elements()).hasSize(1);
      }
    }
  }

  private static boolean isIqAnswer(OutboundStanza reply) {
    return reply.kind() == StanzaKind.IQ
        && ("result".equals(reply.type()) || "error".equals(reply.type()));
  }

  private static void answers(OutboundStanza answer, Stanza request) {
    assertThat(answer.id()).isEqualTo(request.id());
    assertThat(answer.to()).isEqualTo(request.from());
    assertThat(answer.from()).isEqualTo(request.to());
    if ("error".equals(answer.type())) {
      assertThat(answer.element().child(Namespaces.COMPONENT, "error")).isNotNull();
    }
  }

  /** All of them on one stream: as many stanzas to StAX and to our own decoder, and no more. */
  private static void onTheStream(List<OutboundStanza> leaving) {
    StringBuilder stream = new StringBuilder(HEADER);
    StanzaEncoder encoder = new StanzaEncoder();
    for (OutboundStanza stanza : leaving) {
      ByteBuf out = Unpooled.buffer();
      encoder.encode(stanza, out);
      assertThat(out.readableBytes()).isLessThanOrEqualTo(MAX_BYTES);
      stream.append(out.toString(StandardCharsets.UTF_8));
      out.release();
      Written.check(stanza.element());
    }
    stream.append("</stream:stream>");
    try {
      Stax read = Stax.read(stream.toString());
      List<Tree> sent =
          leaving.stream().map(stanza -> Tree.of(stanza.element()).withoutForbidden()).toList();
      assertThat(read.root().elements()).isEqualTo(sent);
      assertThat(read.root().text()).isEmpty();
      assertThat(read.root().depth()).isLessThanOrEqualTo(MAX_DEPTH + 1);
    } catch (XMLStreamException e) {
      throw new AssertionError("it would break the stream: " + stream, e);
    }
    List<StreamEvent> events = new ArrayList<>();
    byte[] bytes = stream.toString().getBytes(StandardCharsets.UTF_8);
    new StreamDecoder(Jid.of(AnyResponse.DOMAIN), WireLimits.DEFAULTS, events::add)
        .feed(bytes, 0, bytes.length);
    assertThat(events).hasSize(leaving.size() + 2);
    for (int i = 0; i < leaving.size(); i++) {
      assertThat(events.get(i + 1)).isInstanceOf(StreamEvent.Received.class);
    }
  }
}
