package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HookConfigurationTest {
  @TempDir Path folder;

  @Test
  void readsNickAndTemplates() throws Exception {
    Files.writeString(folder.resolve("build.mustache"), "{{x}}");
    HookSettings hooks = read("--room-nick", "Alarm", "--templates", folder.toString());
    assertThat(hooks.roomNick()).isEqualTo("Alarm");
    assertThat(hooks.formats().names())
        .containsExactly(
            "alertmanager",
            "build",
            "generic",
            "gitea",
            "github",
            "gitlab",
            "grafana",
            "healthchecks",
            "slack",
            "uptime-kuma");
    assertThat(read().roomNick()).isNull();
    assertThat(read().formats().names()).contains("slack").doesNotContain("build");
  }

  @Test
  void saysWhatIsWrongWithEachTemplate() throws IOException {
    Files.writeString(folder.resolve("a.mustache"), "fine\n{{#open}}");
    Files.writeString(folder.resolve("b.mustache"), "{{> c}}");
    Files.writeString(folder.resolve("Bad Name.mustache"), "x");
    Files.write(folder.resolve("c.mustache"), new byte[] {(byte) 0xff});
    assertThat(problems("--templates", folder.toString()))
        .hasSize(4)
        .anyMatch(line -> line.endsWith("a.mustache, line 2: Section missing close tag 'open'"))
        .anyMatch(line -> line.contains("b.mustache, line 1: templates inside of templates"))
        .anyMatch(line -> line.contains("Bad Name.mustache cannot be the name of a format"))
        .anyMatch(line -> line.endsWith("c.mustache is not UTF-8 text"))
        .allMatch(line -> line.startsWith("--templates: "));
  }

  @Test
  void wantsAFolderWithBodies() throws IOException {
    assertThat(problems("--templates", folder.resolve("x").toString()))
        .containsExactly("--templates: there is no folder " + folder.resolve("x"));
    Path file = Files.writeString(folder.resolve("f"), "");
    assertThat(problems("--templates", file.toString()))
        .containsExactly("--templates: " + file + " is no folder");
    Files.writeString(folder.resolve("a.subject.mustache"), "x");
    assertThat(problems("--templates", folder.toString()))
        .singleElement()
        .asString()
        .endsWith("a.subject.mustache has no a.mustache beside it");
  }

  @Test
  void wantsANick() {
    for (String nick : List.of(" ", "a\nb", "x".repeat(129))) {
      assertThat(problems("--room-nick", nick))
          .singleElement()
          .asString()
          .startsWith("--room-nick: is not a nick");
    }
  }

  @Test
  void readsSecretsOfItsFormatsAndOfOnesOwn() throws Exception {
    Files.writeString(folder.resolve("build.mustache"), "{{x}}");
    Path secrets =
        Files.writeString(
            folder.resolve("secrets"),
            "# GitHub\ngithub s3cr3t name=github\n\nbuild other bot@gw.localhost\n");
    HookSettings hooks =
        read("--hook-secret-file", secrets.toString(), "--templates", folder.toString());
    assertThat(hooks.secrets()).hasToString("HookSecrets[2]");
    assertThat(read().secrets()).isNull();
  }

  @Test
  void saysWhatIsWrongWithEachSecretAndNeverQuotesIt() throws Exception {
    Path secrets =
        Files.writeString(
            folder.resolve("secrets"),
            """
            githab s3cr3t
            github
            github s3cr3t ann@elsewhere.example
            github whsec_s3cr3t
            gitlab s3cr3t admin
            """);
    List<String> problems = problems("--hook-secret-file", secrets.toString());
    assertThat(problems)
        .hasSize(5)
        .anyMatch(line -> line.contains("line 1 does not begin with a format; there are alert"))
        .anyMatch(line -> line.endsWith("line 2 has no secret after its format"))
        .anyMatch(line -> line.contains("line 3, word 3, is a JID in no component's domain"))
        .anyMatch(line -> line.contains("line 4 has a secret that begins with whsec_ and is not"))
        .anyMatch(line -> line.contains("line 5, word 3, is neither a JID of gw.localhost nor"))
        .allMatch(line -> line.startsWith("--hook-secret-file: " + secrets))
        .noneMatch(line -> line.contains("s3cr3t"));
    Path none = Files.writeString(folder.resolve("none"), "# github s3cr3t\n");
    assertThat(problems("--hook-secret-file", none.toString()))
        .singleElement()
        .asString()
        .contains("holds no secrets");
    assertThat(problems("--hook-secret-file", folder.resolve("not-there").toString()))
        .singleElement()
        .asString()
        .contains("there is no file");
  }

  private static List<String> problems(String... flags) {
    return catchThrowableOfType(ConfigurationException.class, () -> read(flags)).problems();
  }

  private static HookSettings read(String... more) throws ConfigurationException {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("STANZAHOOK_COMPONENT", "gw.localhost");
    environment.put("STANZAHOOK_SECRET", "s3cr3t");
    environment.put("STANZAHOOK_POST_URL", "http://localhost/");
    return RunFlags.read(environment, more).hooks();
  }
}
