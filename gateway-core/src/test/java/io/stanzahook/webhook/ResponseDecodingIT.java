package io.stanzahook.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.exchange.WebhookResult.Failed;
import io.stanzahook.exchange.WebhookResult.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Answers that are not quite HTTP, with curl as the judge, and those that are none. */
class ResponseDecodingIT extends WebhookClientFixture {
  private static final String BODY = "{\"body\":\"hi\"}";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  private static final String LENGTH = "Content-Length: 13\r\n\r\n" + BODY;
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

  static final List<Arguments> UNDERSTOOD =
      List.of(
          ok("bare line feeds", (OK + LENGTH).replace("\r", "")),
          ok("one bare line feed", OK.replaceFirst("\r", "") + LENGTH),
          ok("60,000 bytes in one header", OK + "X: " + "x".repeat(60_000) + "\r\n" + LENGTH),
          ok(
              "60,000 bytes in many headers",
              OK + ("X: " + "x".repeat(95) + "\r\n").repeat(600) + LENGTH),
          ok("9 KB of cookies", OK + "Set-Cookie: " + "c".repeat(9_000) + "\r\n" + LENGTH),
          ok("the length twice", OK + "Content-Length: 13\r\n" + LENGTH),
          ok("the length twice in a line", OK + "Content-Length: 13, 13\r\n\r\n" + BODY),
          ok("no reason", OK.replace(" OK", "") + LENGTH),
          ok("an empty reason", OK.replace(" OK", " ") + LENGTH),
          ok("lower case", OK.replace("HTTP", "http") + LENGTH),
          ok("two spaces", OK.replace(" 200 ", "  200  ") + LENGTH),
          ok("HTTP/1.0", OK.replace("1.1", "1.0") + LENGTH),
          ok(
              "HTTP/1.0 with chunks",
              OK.replace("1.1", "1.0") + CHUNKED + "d\r\n" + BODY + "\r\n0\r\n\r\n"),
          ok("a space before a colon", OK + LENGTH.replace("Length:", "Length :")),
          ok("no space after a colon", OK.replace(": ", ":") + LENGTH.replaceFirst(": ", ":")),
          ok("a header on two lines", OK + "X: a\r\n  b\r\n" + LENGTH),
          ok("a name with a space", OK + "X Y: 1\r\n" + LENGTH),
          ok("a header that is no ASCII", OK + "X: \u00e9\r\n" + LENGTH),
          ok(
              "a length beside chunks",
              OK + "Content-Length: 5\r\n" + CHUNKED + "d\r\n" + BODY + "\r\n0\r\n\r\n"),
          ok("the coding identity", OK + "Transfer-Encoding: identity\r\n" + LENGTH));

  static final List<Arguments> UNDECODABLE =
      List.of(
          ok("a length that is none", OK + "Content-Length: x\r\n\r\n" + BODY),
          ok("a negative length", OK + "Content-Length: -1\r\n\r\n" + BODY),
          ok("a chunk's length that is none", OK + CHUNKED + "xyz\r\n" + BODY + "\r\n0\r\n\r\n"),
          ok("a chunk that does not end", OK + CHUNKED + "d\r\n" + BODY + "XX0\r\n\r\n"),
          ok("a status that is none", OK.replace("200", "abc") + LENGTH),
          ok("no head at all", BODY + "\n\n"));

  private static Arguments ok(String what, String bytes) {
    return Arguments.of(what, bytes);
  }

  private RawServer answering(String response) throws Exception {
    return server(
        peer -> {
          peer.read();
          peer.write(response);
          peer.closeAndAwaitPeer();
        });
  }

  /** What curl prints of an answer, or nothing where it fails. */
  private static String curl(RawServer server) throws Exception {
    Process curl =
        new ProcessBuilder("curl", "-sS", "-m", "20", "-d", "x", server.url())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String printed = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(curl.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return curl.exitValue() == 0 ? printed : "";
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("UNDERSTOOD")
  void whatCurlTakesIsTaken(String what, String response) throws Exception {
    RawServer server = answering(response);
    assertThat(curl(server)).as("curl, " + what).isEqualTo(BODY);
    assertThat(bodies(post(client(server), chat))).containsExactly("hi");
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("UNDECODABLE")
  void whatCurlDoesNotTakeIsUndecodable(String what, String response) throws Exception {
    RawServer server = answering(response);
    assertThat(curl(server)).as("curl, " + what).isEmpty();

    Failed failed = failed(post(client(server), chat));

    assertThat(failed.outcome()).as(failed.detail()).isEqualTo(Outcome.UNDECODABLE);
    assertThat(condition(failed)).isEqualTo("cancel/internal-server-error");
    assertThat(failed.detail()).contains("answered, but not with HTTP that can be read: ");
  }

  @Test
  void lengthsThatDifferAreUndecodable() throws Exception {
    RawServer server = answering(OK + "Content-Length: 12\r\n" + LENGTH);
    assertThat(failed(post(client(server), chat)).outcome()).isEqualTo(Outcome.UNDECODABLE);
  }

  @Test
  void aStatusThatIsReadCountsWhateverItsBody() throws Exception {
    RawServer server = answering("HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n");
    Failed failed = failed(post(client(server), chat));
    assertThat(failed.outcome()).isEqualTo(Outcome.ANSWERED);
    assertThat(failed.status()).isEqualTo(503);
  }

  static final List<Arguments> OTHERS =
      List.of(
          other("HTTP/2", "000006040000000000000400000064", "HTTP/2 only", "HTTP/1.1"),
          other("an empty HTTP/2 SETTINGS", "000000040000000000", "HTTP/2 only", "HTTP/1.1"),
          other("a TLS alert", "15030100020246", "TLS there", "https:// in ‹post-url›"),
          other("a TLS handshake", "160303004a0200004603", "TLS there", "https:// in ‹post-url›"),
          other("SSH", "5353482d322e302d4f70656e5353480d0a", "SSH there", "port of ‹post-url›"),
          other("SMTP", "3232302068690d0a", "SMTP or FTP there", "port of ‹post-url›"),
          other("Redis", "2d45525220756e6b6e6f776e20636f6d6d616e640d0a", "Redis", "‹post-url›"));

  private static Arguments other(String what, String bytes, String spoken, String remedy) {
    return Arguments.of(what, HexFormat.of().parseHex(bytes), spoken, remedy);
  }

  @ParameterizedTest(name = "{0}")
  @FieldSource("OTHERS")
  void aPortThatSpeaksSomethingElseHasProcessedNothing(
      String what, byte[] bytes, String spoken, String remedy) throws Exception {
    for (boolean pieces : new boolean[] {false, true}) {
      for (boolean close : new boolean[] {false, true}) {
        RawServer server =
            server(
                peer -> {
                  peer.read();
                  if (pieces) {
                    peer.writeBytes(new byte[] {bytes[0]});
                    peer.writeBytes(Arrays.copyOfRange(bytes, 1, bytes.length));
                  } else {
                    peer.writeBytes(bytes);
                  }
                  if (!close) {
                    peer.awaitPeerClose();
                  }
                });

        Failed failed = failed(post(client(server), chat));

        assertThat(failed.outcome()).as(failed.detail()).isEqualTo(Outcome.NOT_SENT);
        assertThat(condition(failed)).isEqualTo("wait/remote-server-timeout");
        assertThat(failed.detail()).as(what).contains("does not speak HTTP/1.1", spoken, remedy);
        server.awaitEnd();
      }
    }
  }

  @Test
  void aBannerThatComesBeforeTheRequest() throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.write("SSH-2.0-OpenSSH_9.2\r\n");
              peer.awaitPeerClose();
            });
    Failed failed = failed(post(client(server), chat));
    assertThat(failed.outcome()).isEqualTo(Outcome.NOT_SENT);
    assertThat(failed.detail()).contains("SSH");
  }

  @ParameterizedTest
  @CsvSource({"HTTP/1.0 400 Bad Request", "SSH-2.0-OpenSSH"})
  void httpsToAPortWithoutTls(String answer) throws Exception {
    RawServer server =
        server(
            peer -> {
              peer.readByte();
              peer.write(answer + "\r\n\r\n");
              peer.awaitPeerClose();
            });
    Failed failed =
        failed(post(client(settings(server.url().replace("http:", "https:"), LONG, 1)), chat));
    assertThat(failed.outcome()).isEqualTo(Outcome.NOT_SENT);
    assertThat(failed.detail()).contains("does not speak TLS", "http:// in ‹post-url›");
  }

  /** All that may come first in an answer of a webhook, however broken. */
  @Test
  void whatMayBeAnAnswerIsNotTakenForAnotherProtocol() {
    Stream.of(
            "HTTP/1.1 200 OK",
            "http/1.0",
            "\r\nHTTP/1.1",
            "{\"body\":1}",
            "<?xml version",
            "200 OK\r\n\r\n",
            "")
        .forEach(
            text -> {
              byte[] bytes =
                  text.substring(0, Math.min(9, text.length())).getBytes(StandardCharsets.UTF_8);
              assertThat(SpokenProtocol.other(Arrays.copyOf(bytes, 9), bytes.length))
                  .as(text)
                  .isNull();
            });
  }
}
