package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stanzahook.GatewaySettings;
import io.stanzahook.delivery.FlowSettings.Overload;
import io.stanzahook.order.Concurrency;
import io.stanzahook.stanza.StanzaKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file's {@code components}: whose value counts, and what is wrong with whose. */
class ComponentListTest {
  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();

  ComponentListTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void anEntryBeatsFlagEnvironmentAndTop() throws Exception {
    environment.put("STANZAHOOK_QUEUE", "20");
    List<GatewaySettings> all =
        read(
                """
                server: top:1
                queue: 10
                timeout: 3s
                secret: shared
                post_url: http://top/
                components:
                  - component: A.example.
                    queue: 30
                    server: own:2
                    post_stanzas: [message, iq]
                  - domain: b.example
                    secret: '0123'
                    post-url: http://own/
                    concurrency: auto
                    overload: reject
                """,
                "--concurrency=7")
            .gateways();

    assertThat(all).hasSize(2);
    GatewaySettings a = all.get(0);
    assertThat(a.component().domain()).isEqualTo("a.example");
    assertThat(a.component().host()).isEqualTo("own");
    assertThat(a.component().secret()).isEqualTo("shared");
    assertThat(a.dispatch().flow().queue()).isEqualTo(30);
    assertThat(a.dispatch().flow().concurrency()).isEqualTo(Concurrency.of(7));
    assertThat(a.dispatch().postKinds())
        .containsExactlyInAnyOrder(StanzaKind.MESSAGE, StanzaKind.IQ);
    assertThat(a.webhook().postUrl().text()).isEqualTo("http://top/");
    assertThat(a.webhook().timeout()).isEqualTo(Duration.ofSeconds(3));
    GatewaySettings b = all.get(1);
    assertThat(b.component().domain()).isEqualTo("b.example");
    assertThat(b.component().host()).isEqualTo("top");
    assertThat(b.component().secret()).isEqualTo("0123");
    assertThat(b.dispatch().flow().queue()).isEqualTo(20);
    assertThat(b.dispatch().flow().concurrency()).isEqualTo(Concurrency.AUTO);
    assertThat(b.dispatch().flow().overload()).isEqualTo(Overload.REJECT);
    assertThat(b.dispatch().postKinds()).containsExactly(StanzaKind.MESSAGE);
    assertThat(b.webhook().postUrl().text()).isEqualTo("http://own/");
  }

  @Test
  void anEntrysSecretFileBeatsAFlagsSecret() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "of its own\n");

    List<GatewaySettings> all =
        read(
                """
                post_url: http://h/
                components: [{component: a.example, secret_file: %s}, {component: b.example}]
                """
                    .formatted(secret),
                "--secret=of all")
            .gateways();

    assertThat(all)
        .extracting(each -> each.component().secret())
        .containsExactly("of its own", "of all");
  }

  @Test
  void allProblemsAreSaidAtOnceEachWithItsEntry() throws Exception {
    assertThat(
            problems(
                """
                queue: many
                components:
                  - component: a.example
                    queue: -1
                    http_listen: 0.0.0.0:1
                    post_urI: http://h/
                  - secret: s
                    timeout: soon
                  - component: "not a domain"
                    tls_ca: nowhere.pem
                  - just text
                  - component: A.EXAMPLE
                    post_url: http://h/
                    secret_file: /no/such/file
                    order: [none]
                """))
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).contains("conf.yaml: queue: 'many' is not a whole number"),
            line ->
                assertThat(line).contains("conf.yaml: components: a.example: queue: '-1' is not"),
            line ->
                assertThat(line)
                    .contains(
                        "components: a.example: http_listen: belongs to the whole process; move"),
            line -> assertThat(line).contains("a.example: unknown key 'post_urI'", "post_url?"),
            line -> assertThat(line).endsWith("components: a.example: post_url is required"),
            line ->
                assertThat(line).contains("components: a.example: --secret-file or --secret is"),
            line -> assertThat(line).endsWith("components: #2: component is required"),
            line -> assertThat(line).endsWith("components: #2: post_url is required"),
            line -> assertThat(line).contains("components: #2: timeout: 'soon' is not"),
            line -> assertThat(line).contains("#3: component: 'not a domain' is not a domain"),
            line -> assertThat(line).contains("#3: tls_ca: does nothing without TLS"),
            line -> assertThat(line).endsWith("components: #3: post_url is required"),
            line -> assertThat(line).contains("components: #3: --secret-file or --secret is"),
            line -> assertThat(line).contains("components: #4: is not a mapping"),
            line ->
                assertThat(line)
                    .endsWith("a.example: component: another entry has the domain a.example"),
            line -> assertThat(line).contains("a.example: secret_file: there is no file"),
            line -> assertThat(line).contains("a.example: order: takes one value"));
  }

  @Test
  void whatIsOfTheProcessBelongsToTheTop() throws Exception {
    List<String> keys =
        RunOptions.ALL.stream()
            .filter(option -> option.scope() == Option.Scope.PROCESS && option.inFile())
            .map(Option::key)
            .toList();
    assertThat(keys)
        .contains("http_listen", "api_token_file", "log_format", "transport", "drain_timeout")
        .contains("trace_endpoint", "api_rate", "delivery_log");
    for (String key : keys) {
      assertThat(
              problems(
                  "components: [{component: a.example, secret: s, post_url: http://h/, %s: x}]"
                      .formatted(key)))
          .singleElement()
          .asString()
          .contains("components: a.example: " + key + ": belongs to the whole process");
    }
  }

  @Test
  void theListHasToBeOne() throws Exception {
    for (String form : List.of("{a.example: {secret: s}}", "a.example", "''")) {
      assertThat(problems("components: " + form))
          .singleElement()
          .asString()
          .contains("conf.yaml: components: takes a list");
    }
    assertThat(problems("components: []")).singleElement().asString().contains("is empty");
    assertThat(problems(list(1) + "components: [{component: z.example}]\n" + TOP))
        .singleElement()
        .asString()
        .endsWith("components: is given twice");
    assertThat(problems(TOP + "components:\n  - component: a.example\n    components: []\n"))
        .singleElement()
        .asString()
        .contains("a.example: unknown key 'components'");
    assertThat(problems(TOP + "components:\n  - component: a.example\n    domain: b.example\n"))
        .singleElement()
        .asString()
        .endsWith("components: a.example: domain: is given twice");
  }

  @Test
  void asManyAsTheBoundAndNoMore() throws Exception {
    assertThat(read(TOP + list(ConfigFile.MAX_COMPONENTS)).gateways())
        .hasSize(ConfigFile.MAX_COMPONENTS);
    assertThat(problems(TOP + list(ConfigFile.MAX_COMPONENTS + 1)))
        .singleElement()
        .asString()
        .endsWith("components: has 257 entries; one process runs 256 components at most");
  }

  @Test
  void aSpoolOfTheTopHasAFolderForEach() throws Exception {
    List<GatewaySettings> all =
        read(
                """
                components:
                  - {component: a.example}
                  - {component: b.example, spool: %s, spool_limit: 1GiB}
                """
                        .formatted(folder.resolve("own"))
                    + TOP,
                "--spool=" + folder.resolve("spools"))
            .gateways();

    assertThat(all)
        .extracting(each -> java.util.Objects.requireNonNull(each.spool()).folder())
        .containsExactly(folder.resolve("spools").resolve("a.example"), folder.resolve("own"));
    assertThat(all.get(0).dispatch().retry().retryFor()).isEqualTo(Duration.ofDays(3));
  }

  @Test
  void noTwoHaveOneSpool() throws Exception {
    Files.createDirectories(folder.resolve("one"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("one"));
    for (Path same : List.of(folder.resolve("one"), folder.resolve("x/../one"), link)) {
      assertThat(
              problems(
                  TOP
                      + "components:\n"
                      + "  - {component: a.example, spool: %s}\n".formatted(folder.resolve("one"))
                      + "  - {component: b.example, spool: %s}\n".formatted(same)))
          .singleElement()
          .asString()
          .contains("components: b.example: spool: ", "is the folder of a.example");
    }
  }

  @Test
  void aDefaultThatHelpsSomeIsNotInVain() throws Exception {
    String some =
        TOP
            + "spool_limit: 1GiB\ntls_name: xmpp.example\n"
            + "components:\n  - {component: a.example, tls: true}\n"
            + "  - {component: b.example, spool: s}\n";
    assertThat(read(some).gateways()).hasSize(2);

    assertThat(problems(some.replace("tls: true", "queue: 1").replace("spool: s", "queue: 1")))
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).contains("conf.yaml: spool_limit: does nothing"),
            line -> assertThat(line).contains("conf.yaml: tls_name: does nothing"));
    assertThat(
            problems(
                TOP
                    + "components:\n  - {component: a.example, spool: s}\n"
                    + "  - {component: b.example, dead_letters: 3}\n"))
        .singleElement()
        .asString()
        .contains("b.example: dead_letters: does nothing without a spool");
  }

  private static final String TOP = "secret: s\npost_url: http://h/\n";

  private static String list(int components) {
    StringBuilder yaml = new StringBuilder("components:\n");
    for (int i = 0; i < components; i++) {
      yaml.append("  - component: c").append(i).append(".example\n");
    }
    return yaml.toString();
  }

  private AppSettings read(String yaml, String... flags)
      throws IOException, ConfigurationException {
    Path file = Files.writeString(folder.resolve("conf.yaml"), yaml);
    List<String> arguments = new java.util.ArrayList<>(Arrays.asList(flags));
    arguments.add("--config=" + file);
    return Configuration.read(RunFlags.parse(arguments), environment, "1");
  }

  private List<String> problems(String yaml) {
    ConfigurationException refused =
        catchThrowableOfType(ConfigurationException.class, () -> read(yaml));
    assertThat(refused).as(yaml).isNotNull();
    return refused.problems();
  }
}
