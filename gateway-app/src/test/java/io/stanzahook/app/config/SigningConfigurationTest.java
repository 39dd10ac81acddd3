package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.signing.SigningKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --signing-secret-file}, wherever it is named, and what its file may hold. */
class SigningConfigurationTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private final Path directory;
  private final Map<String, String> environment =
      new TreeMap<>(
          Map.of(
              "STANZAHOOK_COMPONENT", "gw.localhost",
              "STANZAHOOK_SECRET", "s3cr3t",
              "STANZAHOOK_POST_URL", "http://bot/"));

  SigningConfigurationTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void comesFromFlagEnvironmentOrFile() throws Exception {
    String secrets = file("secrets", "# current\n" + SECRET + "\n");
    String config = file("config.yaml", "signing_secret_file: " + secrets);
    assertThat(keys()).isNull();

    assertThat(keys("--signing-secret-file=" + secrets))
        .hasToString("SigningKeys[v1 (HMAC-SHA256)]");
    assertThat(keys("--config=" + config)).isNotNull();
    environment.put("STANZAHOOK_SIGNING_SECRET_FILE", secrets);
    assertThat(keys()).isNotNull();
    assertThat(read().toString()).doesNotContain("MfKQ");
  }

  @ParameterizedTest
  @CsvSource({
    "'', holds no signing secret; 'stanzahook secret' prints a new one",
    "hunter2, line 1 begins neither with whsec_ nor with whsk_",
    "whsec_hunter2!, line 1 is not base64 after whsec_",
    "whsec_aHVudGVyMg==, line 1 has a secret of 7 bytes; it must have 24 to 64",
    "whsk_aHVudGVyMg==, 'line 1 has a key of 7 bytes; an ed25519 key has 32, or 64 with its public"
        + " half'"
  })
  void aSecretThatCannotBeUsedIsAProblemThatDoesNotShowIt(String text, String problem)
      throws Exception {
    String file = file("secrets", text);

    assertThat(problems("--signing-secret-file=" + file))
        .containsExactly("--signing-secret-file: " + file + " " + problem)
        .noneMatch(line -> line.contains("hunter2") || line.contains("aHVud"));
  }

  @Test
  void aFileThatCannotBeReadIsAProblem() throws Exception {
    Path absent = directory.resolve("absent");

    assertThat(problems("--signing-secret-file=" + absent))
        .containsExactly("--signing-secret-file: there is no file " + absent);
    assertThat(problems("--signing-secret-file=" + directory))
        .singleElement()
        .asString()
        .startsWith("--signing-secret-file: " + directory + " cannot be read: ");
  }

  @Test
  void isBounded() throws Exception {
    String large = file("large", "#".repeat(65_537));
    String many = file("many", (SECRET + "\n").repeat(9));

    assertThat(problems("--signing-secret-file=" + large))
        .containsExactly("--signing-secret-file: " + large + " is larger than 65536 bytes");
    assertThat(problems("--signing-secret-file=" + many))
        .containsExactly(
            "--signing-secret-file: "
                + many
                + " holds more than 8 secrets; each would sign every request");
  }

  private @Nullable SigningKeys keys(String... arguments) throws ConfigurationException {
    return read(arguments).gateway().webhook().signingKeys();
  }

  private AppSettings read(String... arguments) throws ConfigurationException {
    return RunFlags.read(environment, arguments);
  }

  private List<String> problems(String... arguments) {
    return RunFlags.problems(environment, arguments);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }
}
