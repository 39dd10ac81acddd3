package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of files with secrets that other users of the machine can read. */
class OpenFileTest {
  private static final int NOBODY = 65534;

  @TempDir Path directory;
  private final List<String> warnings = new ArrayList<>();

  private Path file(String name, String text, String permissions) throws IOException {
    Path file = Files.writeString(directory.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private void read(String... flags) throws ConfigurationException {
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("--component=gw.localhost");
    all.add("--post-url=http://localhost/");
    Configuration.read(RunFlags.parse(all), Map.of(), "1", warnings::add);
  }

  @Test
  void aSecretThatOthersCanReadIsNamedWithTheRemedy() throws Exception {
    Path secret = file("secret", "s3cr3t", "rw-r--r--");
    Path tokens = file("tokens", "t0k3n-of-twenty-letters", "rw-rw-rw-");
    read("--secret-file=" + secret, "--api-token-file=" + tokens);

    assertThat(warnings)
        .containsExactlyInAnyOrder(
            "--secret-file: other users of this machine can get at what is secret in "
                + secret
                + " (rw-r--r--); 'chmod 600 "
                + secret
                + "' keeps them out",
            "--api-token-file: other users of this machine can get at what is secret in "
                + tokens
                + " (rw-rw-rw-); 'chmod 600 "
                + tokens
                + "' keeps them out");
  }

  @Test
  void secretsOfHooksAreSecrets() throws Exception {
    Path secret = file("secret", "s3cr3t", "rw-------");
    Path hooks = file("hooks", "github s3cr3t", "rw-r--r--");
    read("--secret-file=" + secret, "--hook-secret-file=" + hooks);

    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("--hook-secret-file: ")
        .endsWith("'chmod 600 " + hooks + "' keeps them out");
  }

  @Test
  void aConfigurationWithASecretInItIsOne() throws Exception {
    Path secret = file("secret", "s3cr3t", "rw-------");
    Path with = file("with.yaml", "secret: s3cr3t\n", "rw-r--r--");
    Path without = file("without.yaml", "queue: 5\n", "rw-r--r--");

    read("--config=" + without, "--secret-file=" + secret);
    assertThat(warnings).isEmpty();
    read("--config=" + with);
    assertThat(warnings).singleElement().asString().contains("chmod 600 " + with);
  }

  @ParameterizedTest
  @CsvSource({
    "rw-------, me, false",
    "r--------, me, false",
    "rw-r-----, root, false",
    "rw-rw----, root, true",
    "rw-r-----, other, true",
    "rw-r--r--, root, true",
  })
  void whatRootLetsAGroupReadIsHowPackagesDoIt(String permissions, String owner, boolean warned)
      throws Exception {
    Path secret = file("secret", "s3cr3t", permissions);
    if (!owner.equals("me")) {
      assumeTrue(
          "root".equals(System.getProperty("user.name")),
          "needs root, to give a file away; this is " + System.getProperty("user.name"));
      Files.setAttribute(secret, "unix:uid", owner.equals("root") ? 0 : NOBODY);
    }
    read("--secret-file=" + secret);

    assertThat(warnings).hasSize(warned ? 1 : 0);
  }
}
