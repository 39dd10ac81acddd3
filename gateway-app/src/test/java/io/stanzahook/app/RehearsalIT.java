package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What archives of classes are made with, and which classes that are. */
class RehearsalIT {
  private static final String KAFKA = "org.apache.kafka.";
  private static final String SQLITE = "org.sqlite.";
  private static final String TRACES = "io.opentelemetry.";
  private static final String TEMPLATES = "com.samskivert.";

  /** Its exceptions are looked at with the code that catches them. */
  private static final String YAML = "org.snakeyaml.engine.v2.parser.";

  private static final Pattern LOADED = Pattern.compile("\\] (\\S+) source: ");

  private final Path folder;

  RehearsalIT(@TempDir Path folder) {
    this.folder = folder;
  }

  /** Has a message answered, and gives the classes that were loaded for it. */
  private Set<String> rehearse(String... flags) throws Exception {
    Path log = folder.resolve("classes");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-Xlog:class+load:file=" + log,
                "-cp",
                System.getProperty("stanzahook.jar"),
                Rehearsal.class.getName()));
    arguments.addAll(List.of(flags));
    try (ChildProcess program = ChildProcess.java(Map.of(), arguments.toArray(String[]::new))) {
      assertThat(program.exitCode()).as(program.err()).isZero();
      assertThat(program.out()).isEmpty();
      assertThat(program.err()).contains("component rehearsal.localhost at").contains(" ended");
    }
    return LOADED
        .matcher(Files.readString(log))
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toSet());
  }

  private static boolean isOf(String name, List<String> libraries) {
    return libraries.stream().anyMatch(name::startsWith);
  }

  @Test
  void aMessageIsAnsweredAndNothingIsLoadedThatIsNotUsed() throws Exception {
    assertThat(rehearse())
        .contains(Rehearsal.class.getName(), RunCommand.class.getName())
        .noneMatch(name -> isOf(name, List.of(KAFKA, SQLITE, TRACES, TEMPLATES, YAML)));
  }

  /** An installation waits for it. */
  @Test
  void itEndsIfTheGatewayDoesNotStart() throws Exception {
    try (ChildProcess program =
        ChildProcess.java(
            Map.of(),
            "-cp",
            System.getProperty("stanzahook.jar"),
            Rehearsal.class.getName(),
            "--queue=0")) {
      assertThat(program.exitCode()).isEqualTo(2);
    }
  }

  /** Otherwise the names above might be wrong. */
  @Test
  void whatIsUsedIsLoaded() throws Exception {
    Set<String> loaded =
        rehearse(
            "--spool=" + folder.resolve("spool"), "--trace-endpoint=http://127.0.0.1:1/v1/traces");

    assertThat(loaded)
        .anyMatch(name -> name.startsWith(SQLITE))
        .anyMatch(name -> name.startsWith(TRACES))
        .noneMatch(name -> isOf(name, List.of(KAFKA, TEMPLATES, YAML)));
  }
}
