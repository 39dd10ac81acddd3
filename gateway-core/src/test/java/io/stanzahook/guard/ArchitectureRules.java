package io.stanzahook.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The house rules of the code, for the module whose tests extend this class: a rule here fails the
 * build where a reviewer would have to notice.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // To read the classes once.
public abstract class ArchitectureRules {
  private final ClassRules classes;
  private final SourceRules sources;

  /** Rules for the module that is being tested. */
  protected ArchitectureRules() {
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    ClassFileImporter importer = new ClassFileImporter();
    classes =
        new ClassRules(
            importer.importPath(module.resolve("target/classes")),
            importer.importPath(module.resolve("target/test-classes")));
    sources = new SourceRules(module.resolve("src/main/java"), module.resolve("src/test/java"));
  }

  @Test
  void theModuleIsFound() {
    assertThat(classes.main()).hasSizeGreaterThan(1);
    assertThat(classes.tests()).hasSizeGreaterThan(1);
    assertThat(sources.main()).isDirectory();
    assertThat(sources.tests()).isDirectory();
  }

  @Test
  void packagesImportOnlyFromTheirLeft() {
    assertThat(classes.packageOrder()).isEmpty();
  }

  @Test
  void packagesFormNoCircle() {
    assertThat(classes.packageCycles()).isEmpty();
  }

  @Test
  void packagesHaveNamesThatSaySomething() {
    assertThat(classes.emptyPackageNames()).isEmpty();
  }

  @Test
  void packagesAreNullMarked() {
    assertThat(classes.packagesNotNullMarked()).isEmpty();
  }

  @Test
  void packagesTellTheirThreading() {
    assertThat(sources.packagesWithoutThreading()).isEmpty();
  }

  @Test
  void thereIsNoStaticMutableState() {
    assertThat(
            classes.main().stream()
                .flatMap(type -> StaticState.mutableFields(type.reflect()).stream()))
        .isEmpty();
  }

  @Test
  void noKeysWithEqualHashesAreGoneThroughOneByOne() {
    assertThat(
            classes.main().stream()
                // Its keys are the names of settings, which only the operator writes.
                .filter(type -> !type.getPackageName().endsWith(".app.config"))
                .flatMap(type -> HashKeys.notComparable(type.reflect()).stream()))
        .isEmpty();
  }

  @Test
  void everyTestIsRun() {
    assertThat(classes.testsNotRun()).isEmpty();
  }

  @Test
  void nothingSleeps() {
    assertThat(classes.sleeps()).isEmpty();
  }

  @Test
  void publicTypesAreDocumented() {
    assertThat(sources.undocumentedTypes()).isEmpty();
  }
}
