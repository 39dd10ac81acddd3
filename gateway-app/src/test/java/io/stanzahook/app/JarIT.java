package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Ports;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The one jar, run as users run it: with all that it has, and as packages have it. */
class JarIT {
  private static final Path WHOLE = Path.of(System.getProperty("stanzahook.whole.jar"));
  private static final Path PACKAGED = Path.of(System.getProperty("stanzahook.jar"));
  private static final long MAX_BYTES = 32_000_000;
  private static final long MAX_PACKAGED_BYTES = 20_000_000;

  private final Path directory;

  JarIT(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void showsTheVersionOfItsManifest() throws Exception {
    try (ChildProcess program = ChildProcess.jar(Map.of(), "--version")) {
      assertThat(program.exitCode()).isZero();
      assertThat(program.out())
          .isEqualToIgnoringNewLines("stanzahook " + System.getProperty("stanzahook.version"));
      assertThat(program.err()).isEmpty();
    }
  }

  @Test
  void theCommandVersionNamesTheLibraries() throws Exception {
    try (ChildProcess program = ChildProcess.jar(Map.of(), "version")) {
      assertThat(program.exitCode()).isZero();
      assertThat(program.out().lines())
          .contains("stanzahook " + System.getProperty("stanzahook.version"))
          .contains("library  netty " + version("netty-common"))
          .contains("library  logback " + version("logback-classic"))
          .noneMatch(line -> line.contains("${"));
    }
  }

  @Test
  void showsHelp() throws Exception {
    try (ChildProcess program = ChildProcess.jar(Map.of(), "run", "--help")) {
      assertThat(program.exitCode()).isZero();
      assertThat(program.out()).contains("--post-url=URL").contains("--config=FILE");
    }
  }

  @Test
  void reportsAllProblemsAtOnce() throws Exception {
    Path config = Files.writeString(directory.resolve("config.yaml"), "post_uri: x\norder: fifo\n");
    Map<String, String> environment = Map.of("STANZAHOOK_TIMEOUT", "soon", "STANZAHOOK_QUEU", "1");
    try (ChildProcess program =
        ChildProcess.jar(
            environment,
            "run",
            "--config",
            config.toString(),
            "--queue=0",
            "--pots-url=http://b/")) {
      assertThat(program.exitCode()).isEqualTo(2);
      assertThat(program.out()).isEmpty();
      assertThat(program.errLines())
          .containsExactlyInAnyOrder(
              "unknown flag --pots-url; did you mean --post-url?",
              "--queue: '0' is not a whole number from 1 to 10000000",
              "STANZAHOOK_TIMEOUT: 'soon' is not a duration; write it like 500ms, 30s, 5m or 72h",
              config + ": unknown key 'post_uri'; did you mean post_url?",
              config + ": order: 'fifo' is none of conversation, none",
              "--component is required (or STANZAHOOK_COMPONENT, or 'component' in the --config"
                  + " file)",
              "--post-url is required (or STANZAHOOK_POST_URL, or 'post_url' in the --config file)",
              "--secret-file or --secret is required: the secret shared with the server (or"
                  + " STANZAHOOK_SECRET_FILE, STANZAHOOK_SECRET)",
              "warning: the environment's STANZAHOOK_QUEU is no setting and is ignored; did you"
                  + " mean STANZAHOOK_QUEUE?");
    }
  }

  @Test
  void flagBeatsEnvironmentBeatsFile() throws Exception {
    // Only the value that counts is parsed: the others would be problems of their own.
    Path config =
        Files.writeString(
            directory.resolve("config.yaml"), "concurrency: file\nqueue: file\ntimeout: file\n");
    Map<String, String> environment =
        Map.of("STANZAHOOK_CONCURRENCY", "environment", "STANZAHOOK_QUEUE", "environment");
    try (ChildProcess program =
        ChildProcess.jar(
            environment,
            "run",
            "--component=a",
            "--secret=s",
            "--post-url=http://b/",
            "--config=" + config,
            "--concurrency=flag")) {
      assertThat(program.exitCode()).isEqualTo(2);
      assertThat(program.errLines())
          .satisfiesExactlyInAnyOrder(
              l -> assertThat(l).startsWith("--concurrency: 'flag' "),
              l -> assertThat(l).startsWith("STANZAHOOK_QUEUE: 'environment' "),
              l -> assertThat(l).startsWith(config + ": timeout: 'file' "));
    }
  }

  @Test
  void aDomainThatCannotBeAFolderInTheLocaleIsAProblem() throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("config.yaml"),
            """
            secret: s
            post_url: http://b/
            spool: spool
            components:
              - component: b\u00fccher.example
              - component: a.example
            """);
    try (ChildProcess program =
        ChildProcess.jar(Map.of("LC_ALL", "C"), "run", "--config=" + config)) {
      assertThat(program.exitCode()).isEqualTo(2);
      assertThat(program.err())
          .contains("spool: the domain cannot be the name of a folder in this locale; set LC_ALL=")
          .doesNotContain("Exception");
    }
  }

  @Test
  void aPortInUseEndsItBeforeItConnects() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ChildProcess program = run("--http-listen=127.0.0.1:" + taken.getLocalPort())) {
      assertThat(program.exitCode()).isEqualTo(1);
      assertThat(program.errLines())
          .singleElement()
          .asString()
          .contains("cannot start: --http-listen 127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void aTransportThatDoesNotWorkHereIsNamed() throws Exception {
    try (ChildProcess program =
        ChildProcess.java(
            Map.of(),
            "-Dio.netty.transport.noNative=true",
            "-jar",
            PACKAGED.toString(),
            "run",
            "--component=a",
            "--secret=s",
            "--post-url=http://b/",
            "--transport=epoll")) {
      assertThat(program.exitCode()).isEqualTo(1);
      assertThat(program.errLines())
          .singleElement()
          .asString()
          .contains("cannot start: --transport epoll does not work here: ");
    }
  }

  @Test
  void jsonLogsAreJsonFromTheFirstLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ChildProcess program =
            run("--log-format=json", "--http-listen=127.0.0.1:" + taken.getLocalPort())) {
      assertThat(program.exitCode()).isEqualTo(1);
      assertThat(program.errLines())
          .singleElement()
          .asString()
          .startsWith("{\"time\":\"")
          .endsWith("}");
    }
  }

  @Test
  void checkSaysWhatIsNotThere() throws Exception {
    int port = Ports.free();
    try (ChildProcess program =
        ChildProcess.jar(
            Map.of("STANZAHOOK_SECRET", "s"),
            "check",
            "--component=gw.localhost",
            "--server=127.0.0.1:" + port,
            "--post-url=http://127.0.0.1:" + port + "/")) {
      assertThat(program.exitCode()).isEqualTo(1);
      // Lines of other programs' configuration are set off.
      assertThat(program.out().lines().filter(l -> !l.startsWith(" ")))
          .satisfiesExactly(
              l -> assertThat(l).startsWith("configuration  ok"),
              l -> assertThat(l).startsWith("server         FAILED: nothing listens at "),
              l -> assertThat(l).startsWith("handshake      not tried"),
              l -> assertThat(l).startsWith("webhook        FAILED: nothing listens at "));
      assertThat(program.err()).isEmpty();
    }
  }

  @Test
  void itsSumStandsBesideIt() throws Exception {
    Path sum = Path.of(WHOLE + ".sha256");
    String digest =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(WHOLE)));
    assertThat(sum).hasContent(digest + " *stanzahook.jar");
  }

  @Test
  void theJarIsWholeAndSmall() throws Exception {
    assertThat(Files.size(WHOLE)).isLessThan(MAX_BYTES);
    try (JarFile jar = new JarFile(WHOLE.toFile())) {
      List<String> names = new ArrayList<>(jar.stream().map(JarEntry::getName).toList());
      assertThat(names)
          .doesNotHaveDuplicates()
          .contains(
              "META-INF/LICENSE",
              "META-INF/NOTICE",
              "META-INF/native/libnetty_transport_native_epoll_x86_64.so",
              "META-INF/native/libnetty_transport_native_epoll_aarch_64.so",
              "META-INF/native/libnetty_transport_native_io_uring42_x86_64.so",
              "META-INF/native/libnetty_transport_native_io_uring42_aarch_64.so")
          .noneMatch(n -> n.endsWith("module-info.class") || n.endsWith(".SF"));
      assertThat(text(jar, "META-INF/services/tools.jackson.core.TokenStreamFactory").lines())
          .contains("tools.jackson.core.json.JsonFactory");
      assertThat(text(jar, "META-INF/io.netty.versions.properties"))
          .contains("netty-common.version", "netty-codec-http.version");
      assertThat(jar.getManifest().getMainAttributes().getValue("Multi-Release")).isEqualTo("true");
    }
  }

  /** {@code scripts/package} leaves out what the program never reads. */
  @Test
  void theJarOfPackagesHasWhatIsNeededForLinuxAndNothingElse() throws Exception {
    assertThat(Files.size(PACKAGED)).isLessThan(MAX_PACKAGED_BYTES);
    Set<String> packaged = names(PACKAGED);
    Set<String> left = new TreeSet<>(names(WHOLE));
    assertThat(left).containsAll(packaged);
    left.removeAll(packaged);
    assertThat(left)
        .noneMatch(name -> name.startsWith("io/stanzahook/"))
        .noneMatch(name -> name.startsWith("META-INF/services/"))
        .contains("org/sqlite/native/Mac/aarch64/libsqlitejdbc.dylib")
        .contains("com/fasterxml/aalto/sax/SAXParserImpl.class");
    assertThat(packaged)
        .contains(
            "META-INF/LICENSE",
            "META-INF/sbom/stanzahook.cdx.json",
            "META-INF/native/libnetty_transport_native_epoll_x86_64.so",
            "META-INF/native/libnetty_transport_native_io_uring42_aarch_64.so",
            "org/sqlite/native/Linux/x86_64/libsqlitejdbc.so",
            "org/sqlite/native/Linux/aarch64/libsqlitejdbc.so")
        .noneMatch(name -> name.startsWith("org/apache/kafka/shaded/"));
    try (JarFile jar = new JarFile(PACKAGED.toFile())) {
      assertThat(jar.getManifest().getMainAttributes().getValue("Multi-Release")).isEqualTo("true");
    }
  }

  private static Set<String> names(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      return jar.stream()
          .filter(entry -> !entry.isDirectory())
          .map(JarEntry::getName)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /**
   * A library is in the SBOM if and only if its classes, or what else it brings, are in the jar.
   */
  @Test
  void theSbomNamesWhatIsInTheJarAndNothingElse() throws Exception {
    try (JarFile jar = new JarFile(WHOLE.toFile())) {
      JsonNode sbom = new JsonMapper().readTree(text(jar, "META-INF/sbom/stanzahook.cdx.json"));
      assertThat(sbom.path("bomFormat").asString("")).isEqualTo("CycloneDX");
      assertThat(sbom.at("/metadata/component/version").asString(""))
          .isEqualTo(System.getProperty("stanzahook.version"));
      Set<String> listed = new TreeSet<>();
      for (JsonNode component : sbom.path("components")) {
        String purl = component.path("purl").asString("");
        if (!purl.contains("/io.stanzahook/")) {
          int classifier = purl.indexOf("classifier=");
          listed.add(
              component.path("name").asString("")
                  + "-"
                  + component.path("version").asString("")
                  + (classifier < 0
                      ? ""
                      : "-" + purl.substring(classifier + 11).replaceAll("&.*", ""))
                  + ".jar");
        }
      }

      Set<String> names = jar.stream().map(JarEntry::getName).collect(Collectors.toSet());
      Set<String> contained = new TreeSet<>();
      for (Path library : libraries()) {
        try (JarFile each = new JarFile(library.toFile())) {
          List<String> own = each.stream().map(JarEntry::getName).filter(JarIT::isOwn).toList();
          if (own.stream().anyMatch(names::contains)) {
            contained.add(library.getFileName().toString());
          }
        }
      }
      assertThat(contained).contains("logback-classic-" + version("logback-classic") + ".jar");
      // A jar of nothing but metadata leaves nothing in ours to find it by.
      assertThat(listed).containsAll(contained);
      Set<String> others = new TreeSet<>(listed);
      others.removeAll(contained);
      for (String other : others) {
        assertThat(emptyLibraries()).as("in the SBOM, not in the jar").contains(other);
      }
      assertThat(listed)
          .noneMatch(
              n ->
                  n.matches(
                      "(netty-codec-native-quic|netty-codec-http3|netty-resolver-dns-native-macos|junit).*"));
    }
  }

  private static List<Path> libraries() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> entry.endsWith(".jar"))
        .map(Path::of)
        .filter(entry -> !entry.getFileName().toString().startsWith("gateway-core"))
        .toList();
  }

  private static String version(String artifact) {
    return libraries().stream()
        .map(library -> library.getFileName().toString())
        .filter(name -> name.startsWith(artifact + "-"))
        .map(name -> name.substring(artifact.length() + 1, name.length() - ".jar".length()))
        .findFirst()
        .orElseThrow();
  }

  private static Set<String> emptyLibraries() throws IOException {
    Set<String> empty = new TreeSet<>();
    for (Path library : libraries()) {
      try (JarFile each = new JarFile(library.toFile())) {
        if (each.stream().map(JarEntry::getName).noneMatch(JarIT::isOwn)) {
          empty.add(library.getFileName().toString());
        }
      }
    }
    return empty;
  }

  /** Whether an entry tells a library from others: its classes and native code do. */
  private static boolean isOwn(String name) {
    return (name.endsWith(".class") || name.endsWith(".so"))
        && !name.endsWith("module-info.class")
        && !name.startsWith("META-INF/versions/");
  }

  private static ChildProcess run(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("run", "--component=gw.localhost", "--secret=s", "--post-url=http://b/"));
    arguments.addAll(List.of(more));
    return ChildProcess.jar(Map.of(), arguments.toArray(String[]::new));
  }

  private static String text(JarFile jar, String entry) throws IOException {
    return new String(
        jar.getInputStream(jar.getJarEntry(entry)).readAllBytes(), StandardCharsets.UTF_8);
  }
}
