package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/operate/stanzahook.yaml, and variables of the environment in values. */
class ExampleFileTest {
  // Tests run in the module's directory.
  private static final Path EXAMPLE = Path.of("..", "docs", "operate", "stanzahook.yaml");

  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();

  ExampleFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theExampleWorksAsItIs() throws Exception {
    environment.put("COMPONENT_SECRET", "s3cr3t");
    AppSettings settings = read(Files.readString(EXAMPLE));

    assertThat(settings.gateways()).hasSize(1);
    assertThat(settings.gateway().component().secret()).isEqualTo("s3cr3t");
  }

  @Test
  void whatIsCommentedOutWorksToo() throws Exception {
    environment.put("COMPONENT_SECRET", "s3cr3t");
    environment.put("WEBHOOK_TOKEN", "t0ken");
    Path tokens = Files.writeString(folder.resolve("tokens"), "t0ken\n");
    AppSettings settings =
        read(
            Files.readString(EXAMPLE)
                .replaceAll("(?m)^#(?! |$)", "")
                .replaceAll("(?m)^#( {2,}\\S)", "$1")
                .replace("/etc/stanzahook/tokens", tokens.toString()));

    assertThat(settings.gateways()).hasSize(2);
    assertThat(settings.gateway().webhook().headers())
        .containsExactly(Map.entry("Authorization", "Bearer t0ken"));
    assertThat(settings.gateways().get(1).webhook().postUrl().text())
        .isEqualTo("http://localhost:8081/xmpp");
    assertThat(settings.apiCredentials()).isNotNull();
  }

  @Test
  void aVariableThatIsMissingIsAProblemAndTwoDollarsAreOne() throws Exception {
    environment.put("HOST", "h");
    String base = "component: a.example\npost_url: http://${HOST}/\n";
    assertThat(read(base + "secret: a$$b$c$${HOST}\n").gateway().component().secret())
        .isEqualTo("a$b$c${HOST}");

    ConfigurationException refused =
        catchThrowableOfType(
            ConfigurationException.class,
            () -> read(base + "secret: ${NOT_THERE}\npost_header: {A: 'x ${}'}\n"));
    assertThat(refused.problems())
        .contains(
            folder.resolve("conf.yaml")
                + ": secret: ${NOT_THERE} is not set in the environment; set NOT_THERE, or write"
                + " $${NOT_THERE} for the text itself",
            folder.resolve("conf.yaml")
                + ": post_header: has a ${…} without the name of a variable in it; write $$ for a"
                + " dollar");
  }

  private AppSettings read(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("conf.yaml"), yaml);
    return RunFlags.read(environment, "--config", file.toString());
  }
}
