package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.stanzahook.TestSettings;
import io.stanzahook.sandbox.TestCa;
import io.stanzahook.stream.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --tls} and the settings that need it. */
class TlsConfigurationTest {
  private final Path directory;
  private final TestCa ca = TestCa.create();
  private final X509Bundle own = ca.issue("gw.localhost");
  private final Map<String, String> environment = new TreeMap<>();

  TlsConfigurationTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void giveTheRest() {
    environment.put("STANZAHOOK_COMPONENT", "gw.localhost");
    environment.put("STANZAHOOK_SECRET", "s3cr3t");
    environment.put("STANZAHOOK_POST_URL", "http://bot/");
  }

  private @Nullable TlsSettings read(String... arguments) throws ConfigurationException {
    return RunFlags.read(environment, arguments).gateway().component().tls();
  }

  private List<String> problems(String... arguments) {
    return RunFlags.problems(environment, arguments);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  @Test
  void isOffUnlessAskedFor() throws Exception {
    assertThat(read()).isNull();
    assertThat(read("--tls=false")).isNull();
  }

  @Test
  void theFlagAloneTurnsItOnAndTakesNothingBehindIt() throws Exception {
    assertThat(read("--tls")).isEqualTo(TlsSettings.DEFAULTS);
    assertThat(read("--tls", "--queue", "5")).isEqualTo(TlsSettings.DEFAULTS);
    assertThat(read("--tls=true")).isEqualTo(TlsSettings.DEFAULTS);
    assertThat(problems("--tls", "false"))
        .containsExactly("an argument has no flag in front of it");
    assertThat(problems("--tls", "--tls=false")).containsExactly("--tls is given twice");
    assertThat(problems("--tls=yes")).containsExactly("--tls: 'yes' is neither true nor false");
  }

  @Test
  void environmentAndFileSayTrueOrFalse() throws Exception {
    String config = file("config.yaml", "tls: true\ntls_name: xmpp.example.org\n");
    assertThat(read("--config", config))
        .isEqualTo(TestSettings.tls(null, null, "xmpp.example.org"));
    environment.put("STANZAHOOK_TLS", "false");
    assertThat(read("--config", config)).as("what the file sets up is turned off").isNull();
    assertThat(read("--config", config, "--tls")).isNotNull();
    assertThat(problems("--config", file("list.yaml", "tls: [true]")))
        .containsExactly(directory.resolve("list.yaml") + ": tls: takes true or false");
  }

  @Test
  void theFilesAndTheNameReachTheirSettings() throws Exception {
    TlsSettings tls =
        read(
            "--tls",
            "--tls-ca=" + file("ca.pem", ca.pem()),
            "--tls-client-cert=" + file("own.pem", TestCa.pem(own)),
            "--tls-name= xmpp.example.org");
    TlsSettings same = TestSettings.tls(ca.pem(), TestCa.pem(own), "xmpp.example.org");
    assertThat(tls)
        .usingRecursiveComparison()
        .ignoringFields("ca.file", "own.file")
        .isEqualTo(same);
    assertThat(Objects.requireNonNull(tls.own()).file()).endsWith("own.pem");
    assertThat(String.valueOf(tls)).doesNotContain("BEGIN");
  }

  @Test
  void withoutTlsTheOthersAreAnErrorThatNamesBoth() {
    assertThat(problems("--tls-ca=ca.pem", "--tls-client-cert=own.pem", "--tls-name=x"))
        .containsExactly(
            "--tls-ca: does nothing without TLS; give --tls too, or leave --tls-ca out",
            "--tls-client-cert: does nothing without TLS; give --tls too, or leave"
                + " --tls-client-cert out",
            "--tls-name: does nothing without TLS; give --tls too, or leave --tls-name out");
    assertThat(problems("--tls=false", "--tls-name=x")).hasSize(1);
  }

  @Test
  void allThatIsWrongWithTheFilesIsSaidAtOnce() throws Exception {
    String missing = directory.resolve("missing.pem").toString();
    String empty = file("empty.pem", "\n");
    assertThat(problems("--tls", "--tls-ca", missing, "--tls-client-cert", empty, "--tls-name=a b"))
        .containsExactly(
            "--tls-name: 'a b' is neither a DNS name, such as xmpp.example.org, nor an IP address",
            "--tls-ca: there is no file " + missing,
            "--tls-client-cert: " + empty + " is empty");
  }

  @Test
  void aFileMustBeReadableText() throws Exception {
    Path der = directory.resolve("ca.der");
    Files.write(der, own.getCertificate().getEncoded());
    assertThat(problems("--tls", "--tls-ca", der.toString()))
        .singleElement()
        .asString()
        .startsWith("--tls-ca: " + der + " is not UTF-8 text");
    assertThat(problems("--tls", "--tls-ca", directory.toString())).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing of the kind", "-----BEGIN CERTIFICATE-----\nMIIB"})
  void aFileOfCasHoldsCertificates(String text) throws Exception {
    String path = file("ca.pem", text);
    assertThat(problems("--tls", "--tls-ca", path))
        .singleElement()
        .asString()
        .startsWith("--tls-ca: " + path + " h")
        .contains("-----BEGIN");
  }

  @Test
  void aFileOfOurCertificateHoldsItsKeyToo() throws Exception {
    List<String> wrong =
        new ArrayList<>(
            List.of(
                own.getCertificatePathPEM(),
                own.getPrivateKeyPEM(),
                own.getCertificatePathPEM() + ca.issue("other").getPrivateKeyPEM()));
    List<String> said = new ArrayList<>();
    for (String text : wrong) {
      said.addAll(problems("--tls", "--tls-client-cert", file("own.pem", text)));
    }
    String start = "--tls-client-cert: " + directory.resolve("own.pem") + " holds ";
    assertThat(said)
        .satisfiesExactly(
            line -> assertThat(line).startsWith(start + "no private key"),
            line -> assertThat(line).startsWith(start + "no certificate"),
            line -> assertThat(line).startsWith(start + "a private key that does not belong"));
  }
}
