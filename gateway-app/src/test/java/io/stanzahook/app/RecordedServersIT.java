package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.config.CommandLineFlags;
import io.stanzahook.app.config.RunOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What {@code check} says of servers that do not run here, byte by byte as they write: Openfire's
 * as it was seen to, MongooseIM's and Tigase's by their sources.
 */
class RecordedServersIT {
  private static final String STREAMS = "http://etherx.jabber.org/streams";
  private static final String NS = "jabber:component:accept";

  private static final String OPENFIRE =
      "<?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns:stream=\""
          + STREAMS
          + "\" xmlns=\""
          + NS
          + "\" from=\"gw.of.test\"";
  private static final String OPENFIRE_ID = " id=\"6zp2pjmkd5\">";

  private static final String MONGOOSEIM =
      "<?xml version='1.0'?><stream:stream xmlns:stream='%s' xmlns='%s' id='6A3F09D1C2B4E587' from='gw.of.test'>"
          .formatted(STREAMS, NS);

  private static final String TIGASE =
      "<stream:stream xmlns='%s' xmlns:stream='%s' from='gw.of.test' id='2cbdd1a1-3d43-4a27-b1c9-4a5a9c9d5d1b'>"
          .formatted(NS, STREAMS);

  private final ServerSocket server;
  private final Output output = new Output();

  RecordedServersIT() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private static String error(String condition) {
    return "<stream:error><%s xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"
        .formatted(condition);
  }

  /**
   * Plays a server, which refuses each iq.
   *
   * @param start what it writes first
   * @param toHandshake what it writes after the handshake; null for the end of the connection
   */
  private void play(String start, @Nullable String toHandshake) {
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                  InputStream in = socket.getInputStream();
                  // The first connection only tries the port.
                  if (until(in, "to='gw.of.test'>") != null) {
                    write(socket, start);
                    if (start.contains(" id=")
                        && until(in, "</handshake>") != null
                        && toHandshake != null) {
                      write(socket, toHandshake);
                      for (String iq; (iq = until(in, "</iq>")) != null; ) {
                        write(socket, refusal(iq));
                      }
                    }
                  }
                } catch (IOException e) {
                  // The other side has seen enough.
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static String refusal(String iq) {
    return ("<iq type='error' to='gw.of.test' from='%s' id='%s'><error type='cancel'>"
            + "<remote-server-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>")
        .formatted(attribute(iq, "to"), attribute(iq, "id"));
  }

  private static String attribute(String iq, String name) {
    return iq.replaceFirst("(?s).*<iq[^>]* %s=['\"]([^'\"]*)['\"].*".formatted(name), "$1");
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** What comes up to that end; null at the end of all. */
  private static @Nullable String until(InputStream in, String end) throws IOException {
    StringBuilder read = new StringBuilder();
    for (int next; (next = in.read()) >= 0; ) {
      read.append((char) next);
      if (read.toString().endsWith(end)) {
        return read.toString();
      }
    }
    return null;
  }

  private ExitCode check() throws Exception {
    List<String> arguments =
        List.of(
            "--component=gw.of.test",
            "--secret=s3cr3t",
            "--server=127.0.0.1:" + server.getLocalPort(),
            "--http-listen=127.0.0.1:1",
            "--post-url=http://127.0.0.1:1/");
    CommandLineFlags flags =
        CommandLineFlags.parse(
            CommandLineFlags.spec("check", "Checks.", RunOptions.ALL), RunOptions.ALL, arguments);
    return new CheckCommand().execute(new Invocation(flags, Map.of(), output.console, "1"));
  }

  private void assertOnly(String label) {
    assertThat(List.of("Prosody", "ejabberd", "jabberd2", "Openfire", "MongooseIM", "Tigase"))
        .filteredOn(name -> !name.equals(label))
        .noneMatch(output.out()::contains);
    assertThat(output.out()).contains(label);
  }

  @Test
  void openfireWithAWrongSecretOfAFreeDomain() throws Exception {
    play(OPENFIRE + OPENFIRE_ID, error("not-authorized"));
    assertThat(check()).isEqualTo(ExitCode.REFUSED);
    assertOnly("Openfire");
    assertThat(output.out())
        .contains("handshake      FAILED: ", "not-authorized", "xmpp.component.defaultSecret");
  }

  @Test
  void openfireWithAnotherConnectionOrWithoutASecret() throws Exception {
    play(OPENFIRE + ">", null);
    assertThat(check()).isEqualTo(ExitCode.FAILED);
    assertOnly("Openfire");
    assertThat(output.out()).contains("another connection holds this domain", "defaultSecret = (");
  }

  @Test
  void openfireThatKnowsTheComponentByAnotherName() throws Exception {
    play(OPENFIRE + OPENFIRE_ID, "<handshake></handshake>");
    assertThat(check()).isEqualTo(ExitCode.FAILED);
    assertThat(output.out())
        .contains("handshake      ok: gw.of.test is accepted\n")
        .contains(
            "reached        FAILED: a ping to gw.of.test", "must end in '.' and Openfire's own")
        .doesNotContain("jabberd2", "ejabberd");
  }

  @ParameterizedTest
  @CsvSource({"not-authorized, REFUSED", "conflict, FAILED"})
  void mongooseim(String condition, ExitCode code) throws Exception {
    play(MONGOOSEIM, error(condition));
    assertThat(check()).isEqualTo(code);
    assertOnly("MongooseIM");
  }

  @Test
  void tigaseClosesWithoutAWord() throws Exception {
    play(TIGASE, null);
    assertThat(check()).isEqualTo(ExitCode.FAILED);
    assertOnly("Tigase");
    assertThat(output.out()).contains("ext component: add gw.of.test");
  }
}
