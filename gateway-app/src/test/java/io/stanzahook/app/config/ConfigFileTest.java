package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
  private static final Source FLAG = new Source(Source.Layer.FLAG, "--config");

  private final Path directory;
  private final Map<String, String> environment = new HashMap<>();

  ConfigFileTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void readsScalarsAsTheyWereWritten() throws Exception {
    Map<String, Given> given =
        given("secret: 0123\nqueue: 1_000\ncomponent: yes\nserver: localhost:5347\n");

    assertThat(texts(given, "secret")).containsExactly("0123");
    assertThat(texts(given, "queue")).containsExactly("1_000");
    assertThat(texts(given, "component")).containsExactly("yes");
    assertThat(texts(given, "server")).containsExactly("localhost:5347");
  }

  @Test
  void takesKeysWithHyphensToo() throws Exception {
    Map<String, Given> given = given("post-url: http://bot/\n");

    assertThat(texts(given, "post-url")).containsExactly("http://bot/");
    assertThat(given.get("post-url"))
        .extracting(g -> g.source().place())
        .asString()
        .endsWith("config.yaml: post-url");
  }

  @Test
  void takesListsAndMappings() throws Exception {
    assertThat(texts(given("post_stanzas: [message, iq]"), "post-stanzas"))
        .containsExactly("message,iq");
    assertThat(texts(given("post_header: ['A: 1', 'B: 2']"), "post-header"))
        .containsExactly("A: 1", "B: 2");
    assertThat(texts(given("post_header:\n  A: 1\n  B: '2'\n"), "post-header"))
        .containsExactly("A: 1", "B: 2");
    assertThat(texts(given("post_header: 'A: 1'"), "post-header")).containsExactly("A: 1");
  }

  @Test
  void anEmptyFileGivesNothing() throws Exception {
    assertThat(given("")).isEmpty();
    assertThat(given("# nothing\n")).isEmpty();
    assertThat(given("---\n")).isEmpty();
  }

  @Test
  void unknownKeysAreProblemsWithASuggestion() throws Exception {
    assertThat(problems("post_uri: x\ncomponens: [{domain: a}, {domain: b}]\nqueue: 1\n"))
        .satisfiesExactly(
            line -> assertThat(line).endsWith("unknown key 'post_uri'; did you mean post_url?"),
            line -> assertThat(line).endsWith("unknown key 'componens'; did you mean components?"));
  }

  @Test
  void theFileCannotNameAnotherOne() throws Exception {
    assertThat(problems("config: other.yaml"))
        .singleElement()
        .asString()
        .endsWith("unknown key 'config'");
  }

  @Test
  void wrongShapesAreProblems() throws Exception {
    assertThat(problems("queue: [1, 2]\nserver: {host: a}\ntimeout:\npost_header: [[x]]\n"))
        .satisfiesExactly(
            line -> assertThat(line).endsWith("config.yaml: queue: takes one value, N"),
            line -> assertThat(line).endsWith("config.yaml: server: takes one value, HOST:PORT"),
            line -> assertThat(line).contains("config.yaml: timeout: has no value"),
            line -> assertThat(line).contains("config.yaml: post_header: takes a list of"));
  }

  @Test
  void aKeyGivenTwiceIsAProblem() throws Exception {
    assertThat(problems("queue: 1\nqueue: 2\n")).singleElement().asString().contains("queue");
    assertThat(problems("post_url: a\npost-url: b\n"))
        .singleElement()
        .asString()
        .endsWith("config.yaml: post-url: is given twice");
  }

  @Test
  void whatIsNotAMappingOrNotYamlIsOneProblem() throws Exception {
    assertThat(problems("- a\n- b\n")).singleElement().asString().contains("is not a mapping");
    assertThat(problems("queue: 1\n---\nqueue: 2\n"))
        .singleElement()
        .asString()
        .contains("more than one document");
    assertThat(problems("queue: 'unclosed\n"))
        .singleElement()
        .asString()
        .contains("is not YAML at line ");
    assertThat(problems("a: &x 1\nqueue: *x\n")).hasSize(2);
  }

  @Test
  void aFileBeyondTheLimitIsNotRead() throws Exception {
    assertThat(problems("# " + "x".repeat(ConfigFile.MAX_BYTES)))
        .singleElement()
        .asString()
        .contains("is larger than 1048576 bytes");
  }

  private Map<String, Given> given(String yaml) throws IOException {
    Problems problems = new Problems();
    Map<String, Given> given = read(yaml, problems);
    assertThat(lines(problems)).isEmpty();
    return given;
  }

  private List<String> problems(String yaml) throws IOException {
    Problems problems = new Problems();
    read(yaml, problems);
    return lines(problems);
  }

  private Map<String, Given> read(String yaml, Problems problems) throws IOException {
    Path file = Files.writeString(directory.resolve("config.yaml"), yaml);
    return ConfigFile.read(file, FLAG, RunOptions.ALL, environment, problems).given();
  }

  private static List<String> lines(Problems problems) {
    try {
      problems.throwIfAny();
      return List.of();
    } catch (ConfigurationException e) {
      return e.problems();
    }
  }

  private static @Nullable List<String> texts(Map<String, Given> given, String option) {
    Given found = given.get(option);
    return found == null ? null : found.texts();
  }
}
