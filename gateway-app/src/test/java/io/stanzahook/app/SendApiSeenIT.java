package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What an operator sees of the send API: counts and, at level debug, who sent what to whom. */
class SendApiSeenIT extends SendApiFixture {
  private static final Pattern SENT =
      Pattern.compile("stanzahook_stanzas_sent_total\\{.*?kind=\"(\\w+)\"\\} (\\S+)");

  @Test
  void whatIsSentIsCountedByKind_andWhatIsRefusedIsNot() throws Exception {
    start();
    post(BEARER, "/msg/a@b", "text/plain", "x");
    post(BEARER, "/rest/message/chat/a@b", "text/plain", "x");
    post(BEARER, "/rest/presence/available/a@b", "text/plain", "dnd");
    post(BEARER, "/msg/@", "text/plain", "x");
    var late =
        send(
            request("/rest/ping/example.com")
                .header("Authorization", BEARER)
                .header("Prosody-Rest-Timeout", "0.05"));
    assertThat(late.statusCode()).isEqualTo(504);

    assertThat(sent()).containsExactlyInAnyOrder("message 2.0", "presence 1.0", "iq 1.0");
  }

  private List<String> sent() throws Exception {
    return SENT.matcher(send(request("/metrics")).body())
        .results()
        .map((MatchResult each) -> each.group(1) + " " + each.group(2))
        .toList();
  }

  @Test
  void theLogNamesTheCallersLineAtDebug_neverWhatTheySay() throws Exception {
    start();
    Logger logger = (Logger) LoggerFactory.getLogger("io.stanzahook.app.send.Sender");
    Level before = logger.getLevel();
    CompletableFuture<ILoggingEvent> logged = new CompletableFuture<>();
    ListAppender<ILoggingEvent> appender =
        new ListAppender<>() {
          @Override
          protected void append(ILoggingEvent event) {
            logged.complete(event);
          }
        };
    appender.start();
    logger.addAppender(appender);
    logger.setLevel(Level.DEBUG);
    try {
      post("Bearer scoped", "/msg/ann@b", "text/plain", "a private word");
      ILoggingEvent event = logged.get(120, TimeUnit.SECONDS);
      assertThat(event.getLevel()).isEqualTo(Level.DEBUG);
      assertThat(event.getFormattedMessage())
          .isEqualTo(
              "gw.localhost: line 2 of --api-token-file sends message from"
                  + " bot@gw.localhost to ann@b");
    } finally {
      logger.setLevel(before);
      logger.detachAppender(appender);
    }
  }
}
