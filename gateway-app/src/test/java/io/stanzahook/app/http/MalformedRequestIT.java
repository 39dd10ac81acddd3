package io.stanzahook.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Requests that no client library sends: each is answered, and the log stays quiet. */
class MalformedRequestIT {
  private final Logger logger = (Logger) LoggerFactory.getLogger(HttpService.class);
  private final Level level = logger.getLevel();
  private final BlockingQueue<ILoggingEvent> logged = new LinkedTransferQueue<>();
  private final ListAppender<ILoggingEvent> appender =
      new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
          logged.add(event);
        }
      };
  private final OpenHttpService service;

  MalformedRequestIT() throws ListenException {
    appender.start();
    logger.addAppender(appender);
    logger.setLevel(Level.DEBUG);
    service = new OpenHttpService();
  }

  @AfterEach
  void close() {
    service.close();
    logger.setLevel(level);
    logger.detachAppender(appender);
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private String answer(String requestLine) throws IOException {
    try (Socket socket = service.connect()) {
      write(
          socket,
          requestLine
              + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /%zz",
        "GET /%",
        "GET /a|b",
        "HEAD /a|b",
        "POST /msg/a\"b@c",
        "POST /msg/müller@c",
        "POST /msg/groß@c",
        "GET /[",
        "GET http://[",
        "GET a|b"
      })
  void aPathThatCannotBeDecodedIsRefused(String requestLine) throws Exception {
    assertThat(answer(requestLine)).startsWith("HTTP/1.1 400 ");
    assertThat(logged).isEmpty();
    assertThat(answer("GET /healthz")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void itIsSaidWhatIsWrongWithIt() throws Exception {
    assertThat(answer("GET /%zz")).contains("{\"error\":\"the path cannot be decoded\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "mailto:a", "http://127.0.0.1", "http://127.0.0.1?x", "healthz"})
  void whatHasNoPathIsNotFound(String target) throws Exception {
    assertThat(answer("GET " + target)).startsWith("HTTP/1.1 404 ");
    assertThat(logged).isEmpty();
  }

  @Test
  void aClientThatGoesAwayWithinItsBodyIsNoError() throws Exception {
    try (Socket socket = service.connect()) {
      write(
          socket,
          "PATCH /admin/settings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{\"q");
    }

    ILoggingEvent event = logged.poll(120, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    assertThat(event.getLevel()).isEqualTo(Level.DEBUG);
    assertThat(event.getFormattedMessage()).startsWith("PATCH /admin/settings: ");
    assertThat(event.getThrowableProxy()).isNull();
    assertThat(answer("GET /healthz")).startsWith("HTTP/1.1 200 ");
    assertThat(logged).isEmpty();
  }
}
