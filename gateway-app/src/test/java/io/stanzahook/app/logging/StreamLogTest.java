package io.stanzahook.app.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.stream.WrittenStanza;
import io.stanzahook.wire.Refusal;
import io.stanzahook.wire.StreamEvent.Refused;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.test.scheduler.VirtualTimeScheduler;

class StreamLogTest {
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("stream");
  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final StreamLog log = new StreamLog("gw", new Intervals(time));

  StreamLogTest() {
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void detach() {
    logger.detachAppender(appender);
    time.dispose();
  }

  private List<String> lines() {
    List<String> lines = appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    appender.list.clear();
    return lines;
  }

  private void intervalEnds() {
    time.advanceTimeBy(FloodGate.INTERVAL);
  }

  private static Refused deep(String from, String id) {
    Stanza shell =
        new Message(
            new StanzaHeader(Jid.of("bot@gw"), Jid.of(from), id, "chat", null),
            null,
            null,
            null,
            List.of(),
            StanzaXml.of(""));
    return new Refused(Refusal.DEPTH, 100, shell);
  }

  @Test
  void b13_aRefusedStanzaIsALineWithItsLimitAndFlag() {
    log.refused(deep("ann@localhost/x", "i\n1"));
    log.refused(new Refused(Refusal.BAD_FROM, 0, null));

    assertThat(lines())
        .containsExactly(
            "gw: message 'i?1' from ann@localhost/x to bot@gw was not read: The stanza is nested"
                + " deeper than 100 elements. Its sender is told, if errors may be sent there;"
                + " --max-depth is the limit.",
            "gw: a stanza was not read: The stanza has no valid 'from'.");
  }

  @Test
  void b13_equalOnesAreSummedUp() {
    for (int i = 0; i < 1000; i++) {
      log.refused(deep("ann@localhost/" + i, "x"));
    }
    assertThat(lines()).hasSize(1);

    intervalEnds();
    assertThat(lines())
        .containsExactly(
            "gw: 999 more stanzas from ann@localhost were not read within 10 s (too_deep)");

    intervalEnds();
    assertThat(lines()).isEmpty();
    log.refused(deep("ann@localhost/y", "x"));
    assertThat(lines()).hasSize(1);
    intervalEnds();
    assertThat(lines()).isEmpty();
  }

  @Test
  void b13_aFloodFromEverNewSendersIsBounded() {
    for (int i = 0; i < 1000; i++) {
      log.refused(deep("user" + i + "@localhost", "x"));
    }
    intervalEnds();

    assertThat(lines())
        .hasSize(FloodGate.MAX_KINDS + 1)
        .last()
        .isEqualTo("gw: 980 more stanzas of other senders were not read within 10 s");
  }

  @Test
  void a8_suspectsAreNamedInOneLineTheLastOneFirst() {
    Jid bot = Jid.of("bot@gw");
    log.quarantined(
        "invalid-from",
        List.of(
            new WrittenStanza(StanzaKind.MESSAGE, "chat", bot, Jid.of("a@b"), "1", 90),
            new WrittenStanza(StanzaKind.IQ, null, bot, Jid.of("c@d/e"), null, 70)));

    assertThat(lines())
        .singleElement()
        .asString()
        .startsWith("gw: the server ended the stream with invalid-from because of a stanza.")
        .contains("2 stanzas")
        .endsWith(
            "The last one first: iq from bot@gw to c@d/e, 70 bytes;"
                + " message (chat) '1' from bot@gw to a@b, 90 bytes");
  }
}
