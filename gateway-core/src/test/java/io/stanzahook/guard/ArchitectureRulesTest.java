package io.stanzahook.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That each rule fires, on code that breaks it. */
class ArchitectureRulesTest {
  @TempDir Path directory;
  private Path main;
  private Path tests;

  @BeforeEach
  void createDirectories() throws IOException {
    main = Files.createDirectory(directory.resolve("main"));
    tests = Files.createDirectory(directory.resolve("tests"));
  }

  @Test
  void importsToTheRightAndSidewaysAreFound() throws IOException {
    write(main, "io.stanzahook.xml", "X", "public class X {}");
    write(main, "io.stanzahook.local", "L", "public class L { io.stanzahook.xml.X x; }");
    write(main, "io.stanzahook.wire", "W", "public class W { io.stanzahook.local.L l; }");
    write(main, "io.stanzahook.stanza", "S", "public class S { io.stanzahook.wire.W w; }");
    write(main, "io.stanzahook", "G", "public class G { io.stanzahook.wire.W w; }");

    assertThat(classes().packageOrder())
        .hasSize(2)
        .anySatisfy(line -> assertThat(line).contains("wire.W.l>", "local.L"))
        .anySatisfy(line -> assertThat(line).contains("stanza.S.w>", "wire.W"));
  }

  @Test
  void componentAndDispatchNeverMeet() throws IOException {
    write(main, "io.stanzahook.stream", "C", "public class C { io.stanzahook.delivery.D d; }");
    write(main, "io.stanzahook.delivery", "D", "public class D {}");

    assertThat(classes().packageOrder()).hasSize(1);
  }

  @Test
  void packagesOutsideTheOrderAreFound() throws IOException {
    write(main, "io.stanzahook.extra", "E", "class E {}");

    assertThat(classes().packageOrder()).singleElement().asString().contains("'extra'");
  }

  @Test
  void circlesAreFoundInSubpackagesToo() throws IOException {
    write(main, "io.stanzahook.app.a", "A", "public class A { io.stanzahook.app.b.B b; }");
    write(main, "io.stanzahook.app.b", "B", "public class B { io.stanzahook.app.a.A a; }");

    assertThat(classes().packageOrder()).isEmpty();
    assertThat(classes().packageCycles()).hasSize(1);
  }

  @Test
  void packageNamesThatSayNothingAreFound() throws IOException {
    write(main, "io.stanzahook.wire.util", "U", "class U {}");
    write(main, "io.stanzahook.wire.utility", "U", "class U {}");

    assertThat(classes().emptyPackageNames()).containsExactly("io.stanzahook.wire.util");
  }

  @Test
  void packagesNotNullMarkedAreFound() throws IOException {
    write(main, "io.stanzahook.wire", "W", "class W {}");
    write(main, "io.stanzahook.local", "L", "class L {}");
    Files.writeString(
        main.resolve("io/stanzahook/local/package-info.java"),
        "@org.jspecify.annotations.NullMarked package io.stanzahook.local;");

    assertThat(classes().packagesNotNullMarked()).containsExactly("io.stanzahook.wire");
  }

  @Test
  void testsThatNoRunnerRunsAreFound() throws IOException {
    String test = " { @org.junit.jupiter.api.Test void test() {} }";
    write(tests, "t", "GoodTest", "class GoodTest" + test);
    write(tests, "t", "GoodIT", "class GoodIT" + test);
    write(tests, "t", "Lost", "class Lost" + test);
    write(tests, "t", "Tests", "class Tests { @net.jqwik.api.Property void test() {} }");
    write(
        tests,
        "t",
        "Tables",
        "class Tables { @org.junit.jupiter.params.ParameterizedTest void test(int i) {} }");
    write(tests, "t", "Kit", "abstract class Kit" + test);
    write(tests, "t", "KitTest", "class KitTest extends Kit {}");
    write(tests, "t", "KitUser", "class KitUser extends Kit {}");
    write(tests, "t", "Unused", "abstract class Unused" + test);
    write(
        tests,
        "t",
        "OuterTest",
        "class OuterTest { @org.junit.jupiter.api.Nested class Run%s static class Not%s }"
            .formatted(test, test));
    write(tests, "t", "Fixture", "class Fixture {}");

    assertThat(classes().testsNotRun())
        .containsExactly(
            "t.KitUser", "t.Lost", "t.OuterTest$Not", "t.Tables", "t.Tests", "t.Unused");
  }

  @Test
  void sleepsAreFound() throws IOException {
    write(
        tests,
        "t",
        "S",
        "class S { void a() throws Exception { Thread.sleep(1); }"
            + " void b() throws Exception { java.util.concurrent.TimeUnit.SECONDS.sleep(1); }"
            + " interface Call { void call(long l) throws Exception; }"
            + " Call c = Thread::sleep; void sleep() {} void d() { sleep(); } }");
    write(main, "m", "M", "class M { void a() throws Exception { Thread.sleep(1, 2); } }");

    assertThat(classes().sleeps()).hasSize(4);
  }

  @Test
  void staticMutableStateIsFound() throws Exception {
    write(
        main,
        "io.stanzahook.wire",
        "W",
        """
        import java.util.*;
        class W {
          static int a;
          static final List<String> B = new ArrayList<>();
          static final Map<String, Object> C = Map.of("x", new int[1]);
          static final byte[] D = {1};
          static final java.util.concurrent.atomic.AtomicLong E = new java.util.concurrent.atomic.AtomicLong();
          static final Object F = new W();
          static final ThreadLocal<String> G = new ThreadLocal<>();
          static final Optional<StringBuilder> H = Optional.of(new StringBuilder());
          int state;
          static final String OK1 = "x";
          static final List<List<String>> OK2 = List.of(List.of("x"));
          private static final byte[] OK3 = {1};
          static final java.time.Duration OK4 = java.time.Duration.ofSeconds(1);
          static final java.util.function.Function<String, String> OK5 = s -> s + OK1;
          record R(String s, List<Integer> l) {}
          static final R OK6 = new R("x", List.of(1));
          static final org.slf4j.Logger OK7 = org.slf4j.LoggerFactory.getLogger("x");
          enum K { A { } }
          static final K OK8 = K.A;
          static final java.nio.charset.Charset OK9 = java.nio.charset.StandardCharsets.UTF_8;
          static final Object OK10 = new Object() { public String toString() { return "x"; } };
        }
        """);
    compile(main);

    try (URLClassLoader loader = new URLClassLoader(new URL[] {main.toUri().toURL()})) {
      Class<?> type = loader.loadClass("io.stanzahook.wire.W");
      assertThat(StaticState.mutableFields(type))
          .extracting(line -> line.replaceFirst(".*\\.W\\.(\\w+).*", "$1"))
          .containsExactlyInAnyOrder("a", "B", "C", "D", "E", "F", "G", "H");
    }
  }

  @Test
  void keysThatStrangersCouldMakeEqualAreFound() throws Exception {
    write(
        main,
        "io.stanzahook",
        "K",
        """
        import java.util.*;
        public class K<A, B extends Comparable<B>> {
          record Bad(String s) {}
          record Good(String s) implements Comparable<Good> {
            public int compareTo(Good o) { return s.compareTo(o.s); }
          }
          enum E {}
          class Identity {}
          Map<Bad, String> a; Set<Bad> b; LinkedHashMap<A, String> c; Set<List<String>> x;
          Map<Good, Bad> d; Set<String> e; Map<B, Bad> f; Set<E> g; Set<Identity> h;
          TreeMap<Bad, String> i; List<Bad> j;
        }
        """);
    compile(main);

    try (URLClassLoader loader = new URLClassLoader(new URL[] {main.toUri().toURL()})) {
      assertThat(HashKeys.notComparable(loader.loadClass("io.stanzahook.K")))
          .extracting(line -> line.replaceFirst(".*\\.K\\.(\\w+):.*", "$1"))
          .containsExactlyInAnyOrder("a", "b", "c", "x");
    }
  }

  @Test
  void undocumentedPublicTypesAreFound() throws IOException {
    Files.writeString(main.resolve("A.java"), "package a;\n\n/** Doc. */\npublic class A {}\n");
    Files.writeString(
        main.resolve("B.java"),
        "/**\n * Doc.\n */\n@X(\n    name = \"b\",\n    value = 1)\n@Y\npublic final class B {}\n");
    Files.writeString(main.resolve("C.java"), "class C {}\n");
    Files.writeString(main.resolve("D.java"), "/** Doc. */\npublic sealed interface D {\n");
    Files.writeString(main.resolve("E.java"), "package a;\n\npublic record E() {}\n");
    Files.writeString(main.resolve("F.java"), "/* No doc. */\npublic non-sealed class F {}\n");
    Files.writeString(main.resolve("G.java"), "import b;\n\n@X\npublic @interface G {}\n");
    Files.writeString(main.resolve("H.java"), "/** Doc. */\nclass I {}\n\npublic enum H {}\n");

    assertThat(sources().undocumentedTypes())
        .containsExactly("E.java", "F.java", "G.java", "H.java");
  }

  @Test
  void packagesSilentOnThreadingAreFound() throws IOException {
    Files.createDirectories(main.resolve("a"));
    Files.createDirectories(main.resolve("b"));
    Files.writeString(main.resolve("a/package-info.java"), "/**\n * <p>Threading: any.\n */\n");
    Files.writeString(main.resolve("b/package-info.java"), "/** A package. */\npackage b;\n");

    assertThat(sources().packagesWithoutThreading()).containsExactly("b/package-info.java");
  }

  private SourceRules sources() {
    return new SourceRules(main, tests);
  }

  private ClassRules classes() throws IOException {
    compile(main);
    compile(tests);
    ClassFileImporter importer = new ClassFileImporter();
    return new ClassRules(importer.importPath(main), importer.importPath(tests));
  }

  private static void write(Path root, String packageName, String name, String source)
      throws IOException {
    Path folder = Files.createDirectories(root.resolve(packageName.replace('.', '/')));
    Files.writeString(
        folder.resolve(name + ".java"), "package " + packageName + ";\n" + source + "\n");
  }

  private static void compile(Path root) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("-proc:none", "-cp", System.getProperty("java.class.path")));
    try (var files = Files.walk(root)) {
      files.filter(f -> f.toString().endsWith(".java")).map(Path::toString).forEach(arguments::add);
    }
    if (arguments.size() > 3) {
      int result =
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, arguments.toArray(String[]::new));
      assertThat(result).as("javac's result").isZero();
    }
  }
}
