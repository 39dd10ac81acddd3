package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stanzahook.ComponentGateway;
import io.stanzahook.app.logging.LogFormat;
import io.stanzahook.delivery.DispatchSettings.Order;
import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.delivery.RetrySettings;
import io.stanzahook.order.Concurrency;
import io.stanzahook.settings.HostPort;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.wire.WireLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
  private static final List<String> REQUIRED =
      List.of("--component", "gw.localhost", "--secret", "s3cr3t", "--post-url", "http://bot/");

  private final Path directory;
  private final Map<String, String> environment = new TreeMap<>();

  ConfigurationTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void theDefaultsAreThoseOfTheContract() throws Exception {
    AppSettings settings = read(REQUIRED);

    var component = settings.gateway().component();
    assertThat(component.host()).isEqualTo("localhost");
    assertThat(component.port()).isEqualTo(5347);
    assertThat(component.domain()).isEqualTo("gw.localhost");
    assertThat(component.secret()).isEqualTo("s3cr3t");
    assertThat(component.limits())
        .isEqualTo(new WireLimits(524_288, 100, 256, 65_536, 10_000, 16L << 20));
    assertThat(component.pingTimeout()).isEqualTo(Duration.ofSeconds(60));
    var webhook = settings.gateway().webhook();
    assertThat(webhook.postUrl().text()).isEqualTo("http://bot/");
    assertThat(webhook.headers()).isEmpty();
    assertThat(webhook.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(webhook.maxResponse()).isEqualTo(262_144);
    assertThat(webhook.userAgent()).isEqualTo("stanzahook/1");
    var dispatch = settings.gateway().dispatch();
    assertThat(dispatch.postKinds()).containsExactly(StanzaKind.MESSAGE);
    assertThat(dispatch.flow().concurrency()).isEqualTo(Concurrency.AUTO);
    assertThat(dispatch.flow().queue()).isEqualTo(10_000);
    assertThat(dispatch.order()).isEqualTo(Order.CONVERSATION);
    assertThat(dispatch.flow().overload()).isEqualTo(Overload.BACKPRESSURE);
    assertThat(dispatch.iqTimeout()).isEqualTo(Duration.ofSeconds(25));
    assertThat(dispatch.queueTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(settings.httpListen()).isEqualTo(new HostPort("127.0.0.1", 9797));
    assertThat(settings.drainTimeout()).isEqualTo(Duration.ofSeconds(15));
    assertThat(settings.transport()).isEqualTo(Transport.AUTO);
    assertThat(settings.logFormat()).isEqualTo(LogFormat.TEXT);
  }

  @Test
  void aJavaProgramThatBuildsAGatewayGetsTheSameDefaults() throws Exception {
    CommandLineFlags flags = flags(REQUIRED);
    AppSettings settings = Configuration.read(flags, environment, "embedded");

    assertThat(
            ComponentGateway.builder("gw.localhost")
                .secret("s3cr3t")
                .webhook("http://bot/")
                .settings())
        .usingRecursiveComparison()
        // A program's traces, and the proxies of its environment, are its own business.
        .ignoringFields("webhook.tracing", "webhook.connecting.proxy")
        .ignoringFields("webhook.connecting.proxyEnvironment")
        .isEqualTo(settings.gateway());
  }

  @Test
  void everyFlagReachesItsSetting() throws Exception {
    AppSettings settings =
        read(
            with(
                REQUIRED,
                "--server=[::1]:5275",
                "--post-stanzas=message,iq",
                "--post-header=Authorization: Bearer t",
                "--post-header",
                "X-One:1",
                "--concurrency=7",
                "--queue=8",
                "--order=none",
                "--overload=reject",
                "--timeout=1s",
                "--iq-timeout=2s",
                "--http-listen=0.0.0.0:0",
                "--max-stanza=64KiB",
                "--max-depth=50",
                "--max-attributes=40",
                "--max-tag=2KiB",
                "--max-elements=30",
                "--max-response=2MiB",
                "--queue-timeout=3m",
                "--drain-timeout=0s",
                "--ping-timeout=1h",
                "--transport=io_uring",
                "--log-format=json"));

    assertThat(settings.gateway().component().host()).isEqualTo("::1");
    assertThat(settings.gateway().component().port()).isEqualTo(5275);
    assertThat(settings.gateway().component().limits())
        .isEqualTo(new WireLimits(65_536, 50, 40, 2048, 30, WireLimits.MAX_SKIPPED));
    assertThat(settings.gateway().component().pingTimeout()).isEqualTo(Duration.ofHours(1));
    assertThat(settings.gateway().webhook().headers())
        .containsExactly(Map.entry("Authorization", "Bearer t"), Map.entry("X-One", "1"));
    assertThat(settings.gateway().webhook().timeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.gateway().webhook().maxResponse()).isEqualTo(2 * 1024 * 1024);
    assertThat(settings.gateway().webhook().maxConnections()).isGreaterThan(7);
    assertThat(settings.gateway().dispatch().postKinds())
        .containsExactlyInAnyOrder(StanzaKind.MESSAGE, StanzaKind.IQ);
    assertThat(settings.gateway().dispatch().flow().concurrency()).isEqualTo(Concurrency.of(7));
    assertThat(settings.gateway().dispatch().flow().queue()).isEqualTo(8);
    assertThat(settings.gateway().dispatch().order()).isEqualTo(Order.NONE);
    assertThat(settings.gateway().dispatch().flow().overload()).isEqualTo(Overload.REJECT);
    assertThat(settings.gateway().dispatch().iqTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.gateway().dispatch().queueTimeout()).isEqualTo(Duration.ofMinutes(3));
    assertThat(settings.httpListen()).isEqualTo(new HostPort("0.0.0.0", 0));
    assertThat(settings.drainTimeout()).isZero();
    assertThat(settings.transport()).isEqualTo(Transport.IO_URING);
    assertThat(settings.logFormat()).isEqualTo(LogFormat.JSON);
  }

  @Test
  void flagBeatsEnvironmentBeatsFile() throws Exception {
    Path file = file("concurrency: 1\nqueue: 1\ntimeout: 1s\n");
    environment.put("STANZAHOOK_CONCURRENCY", "2");
    environment.put("STANZAHOOK_QUEUE", "2");

    AppSettings settings = read(with(REQUIRED, "--config", file.toString(), "--concurrency", "3"));

    assertThat(settings.gateway().dispatch().flow().concurrency()).isEqualTo(Concurrency.of(3));
    assertThat(settings.gateway().dispatch().flow().queue()).isEqualTo(2);
    assertThat(settings.gateway().webhook().timeout()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void retriesAreSetByTimeAndStatuses() throws Exception {
    RetrySettings usual = read(REQUIRED).gateway().dispatch().retry();
    assertThat(usual).isEqualTo(RetrySettings.DEFAULT);
    assertThat(usual.retryFor())
        .as("a time-out leaves time for another attempt")
        .isGreaterThan(read(REQUIRED).gateway().webhook().timeout());

    Path file = file("retry_for: 72h\nretry_statuses: [429, 500-502]\n");
    RetrySettings given =
        read(with(REQUIRED, "--config", file.toString())).gateway().dispatch().retry();
    assertThat(given).isEqualTo(new RetrySettings(Duration.ofDays(3), Set.of(429, 500, 501, 502)));
    assertThat(read(with(REQUIRED, "--retry-for=0s")).gateway().dispatch().retry())
        .isEqualTo(RetrySettings.NEVER);
  }

  @Test
  void everyOptionIsReadFromTheEnvironment() throws Exception {
    environment.put("STANZAHOOK_COMPONENT", "gw.localhost");
    environment.put("STANZAHOOK_SECRET", "fromEnvironment");
    environment.put("STANZAHOOK_POST_URL", "https://bot.example/");
    environment.put("STANZAHOOK_POST_HEADER", "A: 1\nB: 2\n");
    environment.put("STANZAHOOK_CONFIG", file("queue: 5").toString());

    AppSettings settings = read(List.of());

    assertThat(settings.gateway().component().secret()).isEqualTo("fromEnvironment");
    assertThat(settings.gateway().webhook().headers())
        .containsExactly(Map.entry("A", "1"), Map.entry("B", "2"));
    assertThat(settings.gateway().dispatch().flow().queue()).isEqualTo(5);
  }

  @Test
  void allProblemsAreReportedAtOnceWithTheirPlace() throws Exception {
    Path file = file("quue: 5\niq-timeout: never\n");
    environment.put("STANZAHOOK_CONCURRENCY", "many");

    List<String> problems =
        problems(
            List.of("--pots-url", "http://bot/", "--queue", "0", "--timeout", "--config=" + file));

    assertThat(problems)
        .containsExactlyInAnyOrder(
            "unknown flag --pots-url; did you mean --post-url?",
            "--timeout needs a value: DURATION",
            file + ": unknown key 'quue'; did you mean queue?",
            file + ": iq-timeout: 'never' is not a duration; write it like 500ms, 30s, 5m or 72h",
            "STANZAHOOK_CONCURRENCY: 'many' is not a whole number from 1 to 65536, nor auto",
            "--queue: '0' is not a whole number from 1 to 10000000",
            "--component is required (or STANZAHOOK_COMPONENT, or 'component' in the --config"
                + " file)",
            "--post-url is required (or STANZAHOOK_POST_URL, or 'post_url' in the --config file)",
            "--secret-file or --secret is required: the secret shared with the server (or"
                + " STANZAHOOK_SECRET_FILE, STANZAHOOK_SECRET)");
  }

  @Test
  void aFlagGivenTwiceIsAProblem() {
    assertThat(problems(with(REQUIRED, "--queue", "1", "--queue", "2")))
        .containsExactly("--queue is given twice");
  }

  @Test
  void anArgumentWithoutAFlagIsAProblem() {
    assertThat(problems(with(REQUIRED, "stray")))
        .containsExactly("an argument has no flag in front of it");
  }

  @Test
  void theFileOfTokensIsReadAndItsFaultsAreSaid() throws Exception {
    Path file = Files.writeString(directory.resolve("tokens"), "t0ken\n");
    assertThat(read(with(REQUIRED, "--api-token-file=" + file)).apiCredentials()).isNotNull();
    assertThat(read(REQUIRED).apiCredentials()).isNull();
    Files.writeString(file, "\n");
    assertThat(problems(with(REQUIRED, "--api-token-file=" + file)))
        .containsExactly(
            "--api-token-file: %s holds no credentials; write a token, or user:password"
                .formatted(file));
    assertThat(problems(with(REQUIRED, "--api-token-file=" + directory.resolve("none"))))
        .containsExactly("--api-token-file: there is no file " + directory.resolve("none"));
  }

  @Test
  void jidsOfTheFileOfTokensAreThoseOfComponents() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("tokens"),
            "ok Bot@ECHO.example.org\nbad bot@else.example\nbad2 raed");
    assertThat(
            problems(
                with(
                    List.of("--server=h:1", "--secret=s", "--post-url=http://b/"),
                    "--component=echo.example.org",
                    "--api-token-file=" + file)))
        .containsExactly(
            "--api-token-file: %s line 2, word 2, is a JID in no component's domain (echo.example.org): nobody could send from it"
                .formatted(file),
            "--api-token-file: %s line 3, word 2, is neither a JID of echo.example.org nor one of the words admin, read, name=TEXT; did you mean read?"
                .formatted(file));
  }

  @Test
  void theSecretComesFromAFileWithoutItsNewline() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), " pä&s \n\n");

    AppSettings settings =
        read(
            List.of(
                "--component=gw.localhost", "--post-url=http://bot/", "--secret-file=" + secret));

    assertThat(settings.gateway().component().secret()).isEqualTo(" pä&s \n");
  }

  @Test
  void secretAndSecretFileExcludeEachOther() {
    assertThat(problems(with(REQUIRED, "--secret-file", "/nowhere")))
        .containsExactly("--secret-file: cannot be given together with --secret; keep one of them");
  }

  @Test
  void aStrongerPlaceOverridesTheOtherFormOfTheSecretToo() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "from file\r\n");
    Path config = file("secret: from config\n");
    environment.put("STANZAHOOK_SECRET_FILE", secret.toString());
    List<String> flags =
        List.of(
            "--component=gw.localhost", "--post-url=http://bot/", "--config", config.toString());

    assertThat(read(flags).gateway().component().secret()).isEqualTo("from file");
    assertThat(read(with(flags, "--secret", "from flag")).gateway().component().secret())
        .isEqualTo("from flag");
  }

  @Test
  void anEmptySecretIsRefused() throws Exception {
    Path empty = Files.writeString(directory.resolve("empty"), "\n");

    assertThat(problems(List.of("--component=a", "--post-url=http://b/", "--secret=")))
        .containsExactly("--secret: the secret is empty");
    assertThat(problems(List.of("--component=a", "--post-url=http://b/", "--secret-file=" + empty)))
        .containsExactly("--secret-file: the secret in " + empty + " is empty");
  }

  @Test
  void aSecretFileThatIsNotThereOrNotTextIsAProblem() throws Exception {
    Path absent = directory.resolve("absent");
    Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xC0, (byte) 0xAF});

    assertThat(
            problems(
                List.of("--component=a", "--post-url=http://b/", "--secret-file", "" + absent)))
        .containsExactly("--secret-file: there is no file " + absent);
    assertThat(
            problems(
                List.of("--component=a", "--post-url=http://b/", "--secret-file", "" + binary)))
        .containsExactly("--secret-file: " + binary + " is not UTF-8 text");
    assertThat(
            problems(
                List.of("--component=a", "--post-url=http://b/", "--secret-file", "" + directory)))
        .singleElement()
        .asString()
        .startsWith("--secret-file: " + directory + " cannot be read: ");
  }

  @Test
  void noMessageShowsASecret() throws Exception {
    Path config = file("secret: [hunter2]\npost_header: hunter2\n");
    List<String> problems =
        problems(
            List.of(
                "--secret=hunter2",
                "--secret-file=hunter2.txt",
                "--post-header=hunter2",
                "--post-url=ftp://hunter2@bot/?token=hunter2",
                "hunter2",
                "--sceret=hunter2",
                "--config=" + config));

    assertThat(problems).hasSizeGreaterThan(4).noneMatch(line -> line.contains("hunter2"));
    assertThat(read(REQUIRED).toString()).doesNotContain("s3cr3t");
  }

  @Test
  void anUnknownVariableIsAWarning() throws Exception {
    environment.put("STANZAHOOK_QUEU", "5");
    environment.put("STANZAHOOK_NOTHING_LIKE_IT", "5");
    environment.put("OTHER", "5");

    assertThat(Environment.warnings(environment, "run", RunOptions.ALL, RunOptions.ALL))
        .containsExactly(
            "the environment's STANZAHOOK_NOTHING_LIKE_IT is no setting and is ignored",
            "the environment's STANZAHOOK_QUEU is no setting and is ignored; did you mean"
                + " STANZAHOOK_QUEUE?");
  }

  @Test
  void aVariableSetToNothingCountsAsNotSet() throws Exception {
    environment.put("STANZAHOOK_QUEUE", "");

    assertThat(read(REQUIRED).gateway().dispatch().flow().queue()).isEqualTo(10_000);
  }

  @Test
  void aConfigFileThatIsNotThereIsOneProblemAmongTheOthers() {
    Path absent = directory.resolve("absent.yaml");

    assertThat(problems(with(REQUIRED, "--config", absent.toString(), "--queue", "x")))
        .containsExactlyInAnyOrder(
            "--config: there is no file " + absent,
            "--queue: 'x' is not a whole number from 1 to 10000000");
  }

  @Test
  void limitsOfStanzasHaveBounds() {
    assertThat(
            problems(
                with(
                    REQUIRED,
                    "--max-stanza=1023",
                    "--max-depth=3",
                    "--max-attributes=1001",
                    "--max-tag=2MiB",
                    "--max-elements=many")))
        .containsExactly(
            "--max-stanza: '1023' is not between 1024 and 67108864 bytes",
            "--max-depth: '3' is not a whole number from 4 to 1000",
            "--max-attributes: '1001' is not a whole number from 16 to 1000",
            "--max-tag: '2MiB' is not between 1024 and 1048576 bytes",
            "--max-elements: 'many' is not a whole number from 16 to 1000000");
  }

  @Test
  void helpIsAskedForByItsFlag() {
    assertThat(flags(List.of("--help")).help()).isTrue();
    assertThat(flags(REQUIRED).help()).isFalse();
  }

  private AppSettings read(List<String> arguments) throws ConfigurationException {
    CommandLineFlags flags = flags(arguments);
    return Configuration.read(flags, environment, "1");
  }

  private static CommandLineFlags flags(List<String> arguments) {
    return RunFlags.parse(arguments);
  }

  private List<String> problems(List<String> arguments) {
    return catchThrowableOfType(ConfigurationException.class, () -> read(arguments)).problems();
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(Files.createTempFile(directory, "config", ".yaml"), yaml);
  }

  private static List<String> with(List<String> arguments, String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(Arrays.asList(more));
    return all;
  }
}
