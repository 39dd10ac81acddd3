package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.RunFlags;
import io.stanzahook.app.config.RunOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What packages are made of: the configuration, the unit, the launcher; and the examples. */
class PackagingIT {
  // Tests run in the module's directory.
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path PACKAGING = ROOT.resolve("packaging");
  private static final int PATIENCE_SECONDS = 120;

  private final Path folder;

  PackagingIT(@TempDir Path folder) {
    this.folder = folder;
  }

  private AppSettings read(String yaml, Map<String, String> environment) throws Exception {
    Path file = Files.writeString(folder.resolve("stanzahook.yaml"), yaml);
    return RunFlags.read(environment, "--config", file.toString());
  }

  @Test
  void threeLinesAreAllThatTheConfigurationNeeds() throws Exception {
    String yaml = Files.readString(PACKAGING.resolve("stanzahook.yaml"));
    ConfigurationException unfilled =
        catchThrowableOfType(ConfigurationException.class, () -> read(yaml, Map.of()));
    assertThat(unfilled.problems().stream().filter(line -> line.contains("has no value")))
        .hasSize(3);
    assertThat(unfilled.problems()).hasSize(6).anyMatch(line -> line.startsWith("--component is"));

    String filled =
        yaml.replace("\ncomponent:", "\ncomponent: bot.example.org")
            .replace("\nsecret:", "\nsecret: change-me")
            .replace("\npost_url:", "\npost_url: http://localhost:8080/");
    assertThat(read(filled, Map.of()).gateway().component().secret()).isEqualTo("change-me");

    // And what is commented out, with the secret as systemd hands it over.
    Files.writeString(folder.resolve("secret"), "from a file\n");
    Path tokens = Files.writeString(folder.resolve("tokens"), "t0ken\n");
    String all =
        filled
            .replaceAll("(?m)^#(?=[a-z_]+:)", "")
            .replace("\nsecret: change-me", "")
            .replace("/etc/stanzahook/tokens", tokens.toString());
    AppSettings settings = read(all, Map.of("CREDENTIALS_DIRECTORY", folder.toString()));
    assertThat(settings.gateway().component().secret()).isEqualTo("from a file");
    assertThat(settings.gateway().spool()).isNotNull();
  }

  @Test
  void theExamplesNameSettingsThatExist() throws Exception {
    String compose = Files.readString(ROOT.resolve("docs/operate/compose/compose.yaml"));
    Matcher variable = Pattern.compile("(?m)^ +(STANZAHOOK_\\w+):").matcher(compose);
    List<String> known = RunOptions.ALL.stream().map(option -> option.variable()).toList();
    assertThat(variable.results().map(found -> found.group(1)).toList())
        .hasSizeGreaterThan(3)
        .isSubsetOf(known);

    String kubernetes = Files.readString(ROOT.resolve("docs/operate/kubernetes/stanzahook.yaml"));
    Matcher file = Pattern.compile("(?s)stanzahook.yaml: \\|\n(.*?)\n---").matcher(kubernetes);
    assertThat(file.find()).isTrue();
    Path secret = Files.writeString(folder.resolve("secret"), "s3cr3t\n");
    String yaml = file.group(1).replace("/run/secrets/stanzahook/secret", secret.toString());
    assertThat(read(yaml.stripIndent(), Map.of()).gateway().component().domain())
        .isEqualTo("bot.example.org");
  }

  @Test
  void systemdUnderstandsTheUnit() throws Exception {
    String unit = Files.readString(PACKAGING.resolve("stanzahook.service"));
    assertThat(unit)
        .contains(
            "\nType=notify\n",
            "\nWatchdogSec=",
            "\nLoadCredential=secret:/etc/stanzahook/secret\n",
            "\nExecReload=/bin/kill -HUP $MAINPID\n",
            "\nRestartPreventExitStatus=2 3\n");
    // A program that exists here, and no manual pages, which do not.
    Path copy =
        Files.writeString(
            folder.resolve("stanzahook.service"),
            unit.replace("/usr/bin/stanzahook", "/bin/true")
                .replaceAll("(?m)^Documentation=.*$", ""));
    String verified = run(Map.of(), "systemd-analyze", "verify", copy.toString());
    assertThat(verified.lines().filter(line -> line.contains("stanzahook.service"))).isEmpty();
  }

  /** A Java that writes its arguments, in a folder of its own. */
  @BeforeEach
  void fakeJava() throws Exception {
    Path java = Files.createDirectories(folder.resolve("java/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho \"$@\"\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
  }

  private String launch(String version, String... files) throws Exception {
    Files.writeString(folder.resolve("java/release"), "JAVA_VERSION=\"" + version + "\"\n");
    for (String file : files) {
      Files.writeString(folder.resolve(file), "x");
    }
    return run(
        Map.of(
            "JAVA_HOME",
            folder.resolve("java").toString(),
            "JAVA_OPTS",
            "-Xmx1g -Da=b",
            "stanzahook_folder",
            folder.toString()),
        PACKAGING.resolve("stanzahook").toString(),
        "run",
        "--queue",
        "a b");
  }

  @ParameterizedTest
  @CsvSource({
    "17.0.15, classes-17.jsa, -XX:SharedArchiveFile",
    "21.0.1, classes-21.jsa, -XX:SharedArchiveFile",
    "25.0.3, classes-25.aot, -XX:AOTCache"
  })
  void theLauncherTakesTheArchiveOfItsJava(String version, String file, String flag)
      throws Exception {
    assertThat(launch(version)).doesNotContain(flag);
    assertThat(launch(version, file, "classes-99.jsa"))
        .contains(flag + "=" + folder.resolve(file) + " ")
        .endsWith(" -Xmx1g -Da=b -jar " + folder.resolve("stanzahook.jar") + " run --queue a b\n");
  }

  @Test
  void theLauncherHasTheFlagsOfEachJava() throws Exception {
    assertThat(launch("17.0.15"))
        .startsWith("-XX:+UseParallelGC ")
        .doesNotContain("--enable-native-access", "unsafe", "CompactObjectHeaders");
    assertThat(launch("24"))
        .contains("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    assertThat(launch("25.0.3")).contains("-XX:+UseCompactObjectHeaders");
  }

  @ParameterizedTest
  @ValueSource(strings = {"11.0.2", "8"})
  void theLauncherRefusesAnOldJava(String version) throws Exception {
    Files.writeString(folder.resolve("java/release"), "JAVA_VERSION=\"" + version + "\"\n");
    Process process =
        new ProcessBuilder(
                "env",
                "JAVA_HOME=" + folder.resolve("java"),
                PACKAGING.resolve("stanzahook").toString())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(out).contains("is Java " + version.replaceAll("\\..*", ""), "Java 17 or later");
  }

  @Test
  void theScriptsOfThePackageAreShellScripts() throws Exception {
    for (String script :
        List.of("stanzahook", "class-data", "debian/postinst", "debian/prerm", "debian/postrm")) {
      assertThat(run(Map.of(), "sh", "-n", PACKAGING.resolve(script).toString())).isEmpty();
    }
  }

  private static String run(Map<String, String> environment, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    return out;
  }
}
