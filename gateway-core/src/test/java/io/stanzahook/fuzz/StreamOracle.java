package io.stanzahook.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.wire.Refusal;
import io.stanzahook.wire.StreamCondition;
import io.stanzahook.wire.StreamEvent;
import io.stanzahook.wire.StreamEvent.Closed;
import io.stanzahook.wire.StreamEvent.Failed;
import io.stanzahook.wire.StreamEvent.Handshake;
import io.stanzahook.wire.StreamEvent.Ignored;
import io.stanzahook.wire.StreamEvent.Opened;
import io.stanzahook.wire.StreamEvent.Received;
import io.stanzahook.wire.StreamEvent.Refused;
import io.stanzahook.wire.StreamEvent.Violated;
import io.stanzahook.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares the events of a stream with what the JDK's parser reads in the same bytes, both ways:
 * what was accepted must be well-formed and mean the same, and what was refused as ill-formed must
 * be.
 */
final class StreamOracle {
  private static final Pattern START =
      Pattern.compile("\\A\\s*(?:<\\?[^>]*>)?\\s*<([^\\s/>]+)", Pattern.DOTALL);

  /** Reasons of refusals after which a stanza was not read at all. */
  private static final Set<Refusal> SKIPPED =
      EnumSet.complementOf(EnumSet.of(Refusal.BAD_FROM, Refusal.BAD_TO));

  private final byte[] stream;
  private final WireLimits limits;
  private final List<StreamEvent> events;
  private final List<Integer> ends;

  /**
   * For a stream.
   *
   * @param ends after how many bytes each event came
   */
  StreamOracle(byte[] stream, WireLimits limits, List<StreamEvent> events, List<Integer> ends) {
    this.stream = stream;
    this.limits = limits;
    this.events = events;
    this.ends = ends;
  }

  void check() {
    for (int i = 0; i < events.size() - 1; i++) {
      assertThat(events.get(i))
          .as("an event after which there is none")
          .isNotInstanceOf(Violated.class);
    }
    int accepted = events.size();
    if (accepted > 0 && events.get(accepted - 1) instanceof Violated violated) {
      refused(violated);
      accepted--;
    }
    if (accepted == 0) {
      return;
    }
    assertThat(events.get(0)).isInstanceOf(Opened.class);
    Stax oracle = Stax.tryToRead(document(ends.get(accepted - 1), accepted));
    if (oracle == null) {
      // A stanza past a limit is skipped without a look at its names: it need not be well-formed.
      accepted = firstSkipped(accepted);
      oracle = Stax.tryToRead(document(ends.get(accepted - 1), accepted));
    }
    assertThat(oracle).as("what StAX reads of what we accept").isNotNull();
    assertThat(oracle.restricted()).as("accepted although restricted").isFalse();
    opened(oracle.root(), (Opened) events.get(0));
    List<Tree> elements = oracle.root().elements();
    boolean closed = events.get(accepted - 1) instanceof Closed;
    assertThat(elements).hasSize(accepted - (closed ? 2 : 1));
    for (int i = 0; i < elements.size(); i++) {
      element(elements.get(i), events.get(i + 1), oracle.root().lang());
    }
  }

  private int firstSkipped(int accepted) {
    for (int i = 1; i < accepted; i++) {
      if (events.get(i) instanceof Refused refused && SKIPPED.contains(refused.reason())) {
        return i;
      }
    }
    return accepted;
  }

  /** The stream up to there, with the end tag that it lacks. */
  private byte[] document(int length, int accepted) {
    boolean closed = accepted > 0 && events.get(accepted - 1) instanceof Closed;
    // An empty stream element is read, and refused, as one that opens a stream.
    boolean empty = accepted == 1 && length > 1 && stream[length - 2] == '/';
    if (closed || empty) {
      return Arrays.copyOf(stream, length);
    }
    byte[] end = ("</" + rootName() + ">").getBytes(StandardCharsets.UTF_8);
    byte[] document = Arrays.copyOf(stream, length + end.length);
    System.arraycopy(end, 0, document, length, end.length);
    return document;
  }

  private String rootName() {
    Matcher start = START.matcher(new String(stream, StandardCharsets.UTF_8));
    return start.find() ? start.group(1) : "stream:stream";
  }

  /** Ill-formed is only what the JDK's parser takes for that too, to the stream's end or ours. */
  private void refused(Violated violated) {
    if (violated.condition() != StreamCondition.NOT_WELL_FORMED) {
      return;
    }
    for (byte[] document : List.of(stream, document(stream.length, 0))) {
      Stax oracle = Stax.tryToRead(document);
      assertThat(oracle == null || oracle.restricted() || isOtherXml())
          .as("StAX takes what we refuse: %s", violated.message())
          .isTrue();
    }
  }

  /** StAX reads XML 1.1 too, which streams are not (RFC 6120, 11), and text of any encoding. */
  private boolean isOtherXml() {
    String start = new String(stream, StandardCharsets.ISO_8859_1);
    return start.startsWith("<?xml") && (start.contains("1.1") || start.contains("encoding"));
  }

  private static void opened(Tree root, Opened opened) {
    assertThat(opened)
        .isEqualTo(
            new Opened(
                root.attribute("id"), root.attribute("from"), root.attribute("to"), root.lang()));
    assertThat(root.namespace()).isEqualTo(Namespaces.STREAM);
    assertThat(root.name()).isEqualTo("stream");
  }

  private void element(Tree element, StreamEvent event, @Nullable String streamLang) {
    if (event instanceof Refused refused) {
      refused(element, refused);
      return;
    }
    assertThat(isWithinLimits(element)).as("taken past a limit").isTrue();
    boolean stanza = Set.of("message", "presence", "iq").contains(element.name());
    if (event instanceof Received received) {
      assertThat(stanza && element.isContent()).as("a stanza").isTrue();
      new StanzaOracle(element, streamLang).check(received.stanza());
    } else if (event instanceof Handshake handshake) {
      assertThat(element.isContent() && element.name().equals("handshake")).isTrue();
      assertThat(handshake.text()).isEqualTo(element.text());
    } else if (event instanceof Failed failed) {
      assertThat(element.namespace()).isEqualTo(Namespaces.STREAM);
      assertThat(element.name()).isEqualTo("error");
      assertThat(failed.condition()).isEqualTo(StreamCondition.ofElement(failed.name()));
    } else if (event instanceof Ignored ignored) {
      assertThat(ignored).isEqualTo(new Ignored(element.namespace(), element.name()));
      assertThat(stanza && element.isContent()).as("an ignored stanza").isFalse();
    } else {
      throw new AssertionError("not for an element: " + event);
    }
  }

  private boolean isWithinLimits(Tree element) {
    return element.depth() <= limits.maxDepth() && element.size() <= limits.maxElements();
  }

  private void refused(Tree element, Refused refused) {
    switch (refused.reason()) {
      case BAD_FROM -> {
        assertThat(Jid.parse(element.attribute("from"))).isNull();
        return;
      }
      case BAD_TO -> {
        assertThat(element.attribute("to")).isNotNull();
        assertThat(Jid.parse(element.attribute("to"))).isNull();
        return;
      }
      case DEPTH -> assertThat(element.depth()).isGreaterThan(limits.maxDepth());
      case ELEMENTS -> assertThat(element.size()).isGreaterThan(limits.maxElements());
      default -> assertThat(refused.reason()).isIn(SKIPPED);
    }
    // A skipped element is judged by its local name: its declarations are not kept.
    if (refused.shell() != null && element.isContent()) {
      assertThat(refused.shell().kind().elementName()).isEqualTo(element.name());
      StanzaOracle.header(element, refused.shell(), null);
    }
  }
}
