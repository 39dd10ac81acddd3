package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.config.CommandLineFlags;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.RunOptions;
import io.stanzahook.signing.NewSigningKey;
import io.stanzahook.spool.DiskSpool;
import io.stanzahook.spool.SpoolException;
import io.stanzahook.spool.SpoolListener;
import io.stanzahook.spool.SpoolSettings;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.stream.ComponentRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** {@code check}, with a gateway that has no server, a listening port, and a real webhook. */
class CheckCommandIT {
  private final ServerSocket server = listen();
  private volatile int status = 405;
  private final Map<String, String> headers = new ConcurrentHashMap<>();
  private final AtomicReference<String> webhookSaw = new AtomicReference<>();
  private final DisposableServer webhook =
      HttpServer.create()
          .host("127.0.0.1")
          .port(0)
          .handle(
              (request, response) -> {
                webhookSaw.set(
                    request.method()
                        + " "
                        + request.uri()
                        + " "
                        + request.requestHeaders().get("Authorization"));
                headers.forEach(response::header);
                return response.status(status).send();
              })
          .bindNow();
  private final Output output = new Output();
  private @Nullable FakeGateway gateway;

  @AfterEach
  void close() throws IOException {
    server.close();
    webhook.disposeNow();
  }

  @Test
  void allIsWell() throws Exception {
    assertThat(check(FakeGateway::connect)).isEqualTo(ExitCode.ENDED);

    assertThat(output.out().lines())
        .satisfiesExactly(
            l -> assertThat(l).isEqualTo("configuration  ok: read"),
            l -> assertThat(l).startsWith("server         ok: 127.0.0.1:"),
            l -> assertThat(l).isEqualTo("handshake      ok: gw.localhost is accepted"),
            l ->
                assertThat(l)
                    .startsWith("webhook        ok: http://127.0.0.1:")
                    .contains("answered 405 to OPTIONS")
                    .doesNotContain("token"));
    assertThat(webhookSaw).hasValue("OPTIONS /x/message?token=t Bearer b");
  }

  @Test
  void whileItIsConnectedNothingIsPosted() throws Exception {
    check(FakeGateway::connect);

    FakeGateway started = Objects.requireNonNull(gateway);
    assertThat(started.settings().dispatch().postKinds()).isEmpty();
    assertThat(started.drained).isZero();
  }

  @Test
  void aRefusedComponentHasItsOwnCode() throws Exception {
    ExitCode exit =
        check(
            g -> {
              // The stream's end may be heard of before the refusal.
              g.streams.disconnected("not-authorized", "not-authorized. Check the secret.");
              g.end(new ComponentRefusedException("not-authorized", "the secret is wrong"));
            });

    assertThat(exit).isEqualTo(ExitCode.REFUSED);
    assertThat(output.out()).contains("handshake      FAILED: the secret is wrong");
  }

  @Test
  void aComponentThatNobodyReachesIsNotWell() throws Exception {
    assertThat(
            check(
                g -> {
                  g.answer = Mono.just(List.of(Answers.of("error")));
                  g.connect();
                }))
        .isEqualTo(ExitCode.FAILED);

    assertThat(output.out())
        .contains("handshake      ok: gw.localhost is accepted\n")
        .contains("reached        FAILED: a ping to gw.localhost, sent through the server, came")
        .contains("With Openfire, the domain must end in '.'");
  }

  @Test
  void aConflictIsExplained() throws Exception {
    assertThat(check(g -> g.streams.disconnected("conflict", "conflict")))
        .isEqualTo(ExitCode.FAILED);

    assertThat(output.out()).contains("handshake      FAILED: another component is connected");
  }

  @Test
  void a15_whatIsWrongWithTlsIsSaidAsTheStreamSaysIt() throws Exception {
    assertThat(check(g -> g.streams.disconnected("tls", "it expired. Renew it."), "--tls"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(output.out()).contains("handshake      FAILED: it expired. Renew it.\n");
    assertThat(check(FakeGateway::connect, "--tls")).isEqualTo(ExitCode.ENDED);
    assertThat(output.out()).contains("handshake      ok: gw.localhost is accepted over TLS\n");
  }

  @Test
  void a15_aServerThatClosesMayWantTls() throws Exception {
    assertThat(check(g -> g.streams.disconnected("closed", "closed"))).isEqualTo(ExitCode.FAILED);
    assertThat(output.out())
        .contains("handshake      FAILED: ", "without TLS (otherwise add --tls");
  }

  @Test
  void whatCannotBeReachedIsNamedAndTheRestIsStillTried() throws Exception {
    server.close();

    assertThat(check(FakeGateway::connect)).isEqualTo(ExitCode.FAILED);

    assertThat(output.out())
        .contains("server         FAILED: nothing listens at 127.0.0.1:")
        .contains("handshake      not tried: ")
        .contains("webhook        ok: ");
    assertThat(gateway).isNull();
  }

  @Test
  void aWebhookThatIsAwayIsNamed() throws Exception {
    webhook.disposeNow();

    assertThat(check(FakeGateway::connect)).isEqualTo(ExitCode.FAILED);

    assertThat(output.out())
        .contains("handshake      ok: ")
        .contains("webhook        FAILED: nothing listens at http://127.0.0.1:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "204|||ok|answered 204 to OPTIONS",
        "204|Allow|OPTIONS, POST|ok|answered 204 to OPTIONS",
        "200|Allow|GET, HEAD|FAILED|accepts only GET, HEAD, not POST",
        "405|Allow|GET|FAILED|accepts only GET, not POST",
        "501|||ok|must accept POST",
        "401|||look|does not accept these credentials; check --post-header",
        "403|||look|does not accept these credentials",
        "404|||look|is the path of --post-url right",
        "418|||look|a POST may work",
        "502|||look|has a problem",
        "301|Location|https://u:pw@bot.example/x?token=t|FAILED|to https://bot.example/x: redirects"
            + " are not followed",
        "307|||FAILED|a redirect: redirects are not followed"
      })
  void whatTheWebhookAnswersIsExplained(
      int answered, @Nullable String name, @Nullable String value, String result, String said)
      throws Exception {
    status = answered;
    if (name != null && value != null) {
      headers.put(name, value);
    }

    assertThat(check(FakeGateway::connect))
        .isEqualTo(result.equals("FAILED") ? ExitCode.FAILED : ExitCode.ENDED);

    assertThat(output.out())
        .containsPattern("(?m)^webhook        " + result + ": .*" + Pattern.quote(said));
    assertThat(output.out()).doesNotContain("token", "pw@");
  }

  @Test
  void aServersLinesFollowWhatTheySettle() throws Exception {
    check(
        g -> g.end(new ComponentRefusedException("host-unknown", "it does not know gw.localhost")));

    assertThat(output.out())
        .containsSubsequence(
            "handshake      FAILED: it does not know gw.localhost\n",
            "                 Prosody   Component \"gw.localhost\"\n",
            "                 ejabberd  listen:\n",
            "webhook        ok: ");
  }

  @Test
  void aNameThatDoesNotResolveIsNamed() throws Exception {
    ExitCode code = check(FakeGateway::connect, "--server=nowhere.invalid:5347");

    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(output.out())
        .contains("server         FAILED: the name nowhere.invalid does not resolve");
  }

  @Test
  void aWebhookThatSpeaksNoTlsIsNamed() throws Exception {
    ExitCode code =
        check(FakeGateway::connect, "--post-url=https://127.0.0.1:" + webhook.port() + "/");

    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(output.out()).contains("webhook        FAILED: https://127.0.0.1:", "is it http");
  }

  @Test
  void aWebhookWhosePortSpeaksSomethingElseIsNamed() throws Exception {
    byte[] tlsAlert = {0x15, 3, 1, 0, 2, 2, 0x46};
    try (ServerSocket tls = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> peer =
          CompletableFuture.runAsync(
              () -> {
                try (Socket socket = tls.accept()) {
                  socket.getInputStream().read();
                  socket.getOutputStream().write(tlsAlert);
                  socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      ExitCode code =
          check(FakeGateway::connect, "--post-url=http://127.0.0.1:" + tls.getLocalPort() + "/");

      assertThat(code).isEqualTo(ExitCode.FAILED);
      assertThat(output.out())
          .contains("webhook        FAILED: http://127.0.0.1:", "TLS", "https:// in --post-url");
      peer.exceptionally(closed -> null).join();
    }
  }

  @Test
  void eachUrlThatIsPostedToIsTried() throws Exception {
    ExitCode code =
        check(
            FakeGateway::connect,
            "--post-stanzas=message,iq",
            "--post-url-iq=https://127.0.0.1:" + webhook.port() + "/");

    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(output.out())
        .containsSubsequence("webhook        ok: http:", "webhook        FAILED: https:");
  }

  @Test
  void aPortThatSaysNothingIsNamed() throws Exception {
    ExitCode code =
        check(
            FakeGateway::connect,
            "--timeout=300ms",
            "--post-url=http://127.0.0.1:" + server.getLocalPort() + "/");

    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(output.out()).contains("webhook        FAILED: no answer from http://127.0.0.1:");
  }

  @Test
  void saysHowRequestsAreSignedAndNotWithWhat(@TempDir Path directory) throws Exception {
    NewSigningKey key = NewSigningKey.shared();
    Path file =
        Files.writeString(
            directory.resolve("signing"),
            key.secret() + "\n" + NewSigningKey.asymmetric().secret());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    assertThat(check(FakeGateway::connect, "--signing-secret-file=" + file))
        .isEqualTo(ExitCode.ENDED);

    assertThat(output.out())
        .contains("signatures     ok: each request is signed: v1 (HMAC-SHA256), v1a (ed25519)\n")
        .doesNotContain("whs", key.secret().substring(6));
    assertThat(output.err()).isEmpty();
  }

  @Test
  void aSpoolIsLookedAtAndNotChanged(@TempDir Path directory) throws Exception {
    Path folder = directory.resolve("a/b");

    assertThat(check(FakeGateway::connect, "--spool=" + folder)).isEqualTo(ExitCode.ENDED);
    assertThat(output.out()).contains("spool          ok: " + folder + " will be created");
    assertThat(directory).isEmptyDirectory();
    assertThat(Objects.requireNonNull(gateway).settings().spool()).isNull();

    Files.createDirectories(folder);
    assertThat(check(FakeGateway::connect, "--spool=" + folder, "--spool-limit=90000GiB"))
        .isEqualTo(ExitCode.ENDED);
    assertThat(output.out())
        .contains("spool          ok: " + folder + " can be written to; the disk has ")
        .contains(" MiB free, which is less than --spool-limit");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aSpoolThatCannotBeUsedIsNamed(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThat(check(FakeGateway::connect, "--spool=" + file)).isEqualTo(ExitCode.FAILED);
    assertThat(output.out()).contains("spool          FAILED: " + file + " is not a folder");
    assertThat(check(FakeGateway::connect, "--spool=" + file + "/x")).isEqualTo(ExitCode.FAILED);
    assertThat(output.out()).contains("/x is missing, and cannot be created: " + file);

    Path folder = directory.resolve("used");
    try (DiskSpool open =
        DiskSpool.open(
            new SpoolSettings(folder, 1 << 20),
            new SpoolListener() {
              @Override
              public void durable(long upTo) {}

              @Override
              public void failed(long from, SpoolException cause) {}
            })) {
      assertThat(open.figures().depth()).isZero();
      assertThat(check(FakeGateway::connect, "--spool=" + folder)).isEqualTo(ExitCode.FAILED);
    }
    assertThat(output.out()).contains("spool          FAILED: " + folder + " is in use by another");
  }

  private ExitCode check(Consumer<FakeGateway> atStart, String... more)
      throws ConfigurationException {
    List<String> arguments = new ArrayList<>(List.of(more));
    for (String usual :
        List.of(
            "--component=gw.localhost",
            "--secret=s3cr3t",
            "--server=127.0.0.1:" + server.getLocalPort(),
            "--http-listen=127.0.0.1:1",
            "--post-header=Authorization: Bearer b",
            "--post-url=http://127.0.0.1:" + webhook.port() + "/x/{kind}?token=t")) {
      String flag = usual.substring(0, usual.indexOf('=') + 1);
      if (arguments.stream().noneMatch(given -> given.startsWith(flag))) {
        arguments.add(usual);
      }
    }
    CheckCommand command =
        new CheckCommand(
            (settings, loops, deliveries, streams) -> {
              FakeGateway started = new FakeGateway(settings, deliveries, streams);
              gateway = started;
              started.answer = Mono.just(List.of(Answers.of("result")));
              atStart.accept(started);
              return started;
            });
    CommandLineFlags flags =
        CommandLineFlags.parse(
            CommandLineFlags.spec("check", "Checks.", RunOptions.ALL), RunOptions.ALL, arguments);
    return command.execute(new Invocation(flags, Map.of(), output.console, "1"));
  }

  /** What a ping to the component's own domain brings. */
  private static final class Answers {
    static Stanza of(String type) {
      Jid domain = Jid.of("gw.localhost");
      return new Iq(
          new StanzaHeader(domain, domain, "1", type, null), 0, List.of(), StanzaXml.of("<iq/>"));
    }
  }

  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
