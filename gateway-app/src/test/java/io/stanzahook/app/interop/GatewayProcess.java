package io.stanzahook.app.interop;

import io.stanzahook.Ports;
import io.stanzahook.app.TestJava;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The runnable jar's {@code run} as a child process. */
final class GatewayProcess implements Fixture {
  /** How long it may take to connect on a busy machine, its server already up. */
  static final Duration READY_LIMIT = Patience.LONG;

  /** How long it may take to end, its default drain time-out included. */
  static final Duration END_LIMIT = Patience.LONG;

  private static final Duration HTTP_LIMIT = Duration.ofMinutes(2);

  private final TestFolder folder = TestFolder.create("gateway");
  private final HttpClient http = HttpClient.newHttpClient();
  private final int httpPort = Ports.free();
  private final Place place;
  private final ChildProcess process;

  private GatewayProcess(
      XmppServer server, String component, String secret, String webhookUrl, String... more) {
    this(HERE, "128m", server, component, secret, webhookUrl, more);
  }

  /**
   * Where it runs.
   *
   * @param prefix of its command
   * @param server the address of the server's machine, as seen from there
   * @param http the address for {@code --http-listen}
   */
  record Place(List<String> prefix, String server, String http) {}

  private static final Place HERE = new Place(List.of(), "127.0.0.1", "127.0.0.1");

  private GatewayProcess(
      Place place,
      String heap,
      XmppServer server,
      String component,
      String secret,
      String webhookUrl,
      String... more) {
    Path secretFile = folder.write("secret", secret + "\n");
    this.place = place;
    List<String> command = new ArrayList<>(place.prefix());
    // Tests that run under nohup pass on that SIGHUP is ignored, and a JVM then leaves it so.
    command.addAll(List.of(ChildProcess.onPath("env").toString(), "--default-signal=HUP"));
    command.addAll(TestJava.command());
    command.addAll(List.of("-Xmx" + heap, "-jar", jar().toString(), "run"));
    command.addAll(List.of("--server", place.server() + ":" + server.componentPort()));
    command.addAll(List.of("--component", component));
    command.addAll(List.of("--secret-file", secretFile.toString()));
    command.addAll(List.of("--post-url", webhookUrl));
    command.addAll(List.of("--http-listen", httpAddress()));
    command.addAll(List.of(more));
    process = ChildProcess.start(name(), folder.path(), command);
  }

  /** Where the build puts the jar; {@code -Dstanzahook.jar} names another one. */
  static Path jar() {
    Path jar =
        Path.of(System.getProperty("stanzahook.jar", "target/stanzahook.jar")).toAbsolutePath();
    if (!Files.isReadable(jar)) {
      throw new IllegalStateException(jar + " is missing: mvn package builds it");
    }
    return jar;
  }

  /** The command {@code check}, of a component at a port of this machine. */
  static List<String> check(
      int serverPort, String component, Path secretFile, String webhookUrl, String... more) {
    List<String> command = new ArrayList<>(TestJava.command());
    command.addAll(
        List.of(
            "-jar",
            jar().toString(),
            "check",
            "--server=127.0.0.1:" + serverPort,
            "--component=" + component,
            "--secret-file=" + secretFile,
            "--post-url=" + webhookUrl));
    command.addAll(List.of(more));
    return command;
  }

  /**
   * Starts it as {@value XmppServer#COMPONENT} and does not wait.
   *
   * @param webhookUrl where stanzas are POSTed
   * @param more further flags
   */
  static GatewayProcess start(XmppServer server, String webhookUrl, String... more) {
    return startAs(XmppServer.COMPONENT, server, webhookUrl, more);
  }

  /** Starts it on another host, and does not wait. */
  static GatewayProcess startAt(Place place, XmppServer server, String webhookUrl, String... more) {
    return new GatewayProcess(
        place, "128m", server, XmppServer.COMPONENT, XmppServer.SECRET, webhookUrl, more);
  }

  /** Starts it as another component and does not wait. */
  static GatewayProcess startAs(
      String component, XmppServer server, String webhookUrl, String... more) {
    return new GatewayProcess(server, component, XmppServer.SECRET, webhookUrl, more);
  }

  /**
   * Starts it with another heap than the tests' usual one, and does not wait.
   *
   * @param heap the most, as the JVM takes it: {@code 256m}
   */
  static GatewayProcess startWithHeap(
      String heap, XmppServer server, String webhookUrl, String... more) {
    return new GatewayProcess(
        HERE, heap, server, XmppServer.COMPONENT, XmppServer.SECRET, webhookUrl, more);
  }

  /** Starts it with a secret that may be wrong, and does not wait. */
  static GatewayProcess startWithSecret(XmppServer server, String secret, String webhookUrl) {
    return new GatewayProcess(server, XmppServer.COMPONENT, secret, webhookUrl);
  }

  /** Waits until it is authenticated. */
  GatewayProcess awaitReady() {
    process.awaitReady(READY_LIMIT, this::isReady);
    return this;
  }

  /** Where it serves HTTP. */
  String httpUrl() {
    return "http://" + httpAddress();
  }

  /** Whether {@code /readyz} says so now. */
  boolean isReady() {
    return status("/readyz") == 200;
  }

  /** Whether {@code /healthz} says so now. */
  boolean isHealthy() {
    return status("/healthz") == 200;
  }

  private int status(String path) {
    try {
      return get(path).statusCode();
    } catch (IOException notYet) {
      return 0;
    }
  }

  private HttpResponse<String> get(String path) throws IOException {
    return get(path, "*/*");
  }

  private HttpResponse<String> get(String path, String accept) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(httpUrl() + path))
            .timeout(HTTP_LIMIT)
            .header("Accept", accept)
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Where it serves metrics: host and port. */
  String httpAddress() {
    return place.http() + ":" + httpPort;
  }

  /** {@code /metrics} in the format asked for. */
  String metrics(String accept) {
    try {
      return get("/metrics", accept).body();
    } catch (IOException e) {
      throw new AssertionError("no metrics:\n" + log(), e);
    }
  }

  /** All samples of {@code /metrics} by name and labels, as the text format writes them. */
  Map<String, Double> scrape() {
    try {
      Map<String, Double> samples = new LinkedHashMap<>();
      for (String line : get("/metrics").body().lines().toList()) {
        int value = line.lastIndexOf(' ');
        if (!line.startsWith("#") && value > 0) {
          samples.put(line.substring(0, value), Double.valueOf(line.substring(value + 1)));
        }
      }
      return samples;
    } catch (IOException e) {
      throw new AssertionError("no metrics:\n" + log(), e);
    }
  }

  /**
   * The sum of a meter's samples; 0 where there is none.
   *
   * @param name the sample's name without labels
   * @param labels those that count, such as {@code reason="bad_stanza"}
   */
  double metric(String name, String... labels) {
    return scrape().entrySet().stream()
        .filter(sample -> sample.getKey().equals(name) || sample.getKey().startsWith(name + "{"))
        .filter(sample -> List.of(labels).stream().allMatch(sample.getKey()::contains))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  /** The most memory that it ever had, all of it: the kernel's {@code VmHWM}, in MiB. */
  long peakMemory() {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new AssertionError("no status of the gateway's process:\n" + log(), e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGHUP; what it does is to be awaited. */
  void hangup() {
    ChildProcess.run(
        "kill",
        folder.path(),
        List.of(ChildProcess.onPath("kill"), "-HUP", Long.toString(process.pid())),
        HTTP_LIMIT);
  }

  /** Which components {@code /readyz} says are connected, and which not. */
  String readiness() {
    try {
      return get("/readyz").body();
    } catch (IOException e) {
      return "";
    }
  }

  /** SIGTERM; the end is to be awaited. */
  void terminate() {
    process.terminate();
  }

  /** SIGKILL, and its end. */
  void kill() {
    process.kill();
    process.awaitExit(END_LIMIT);
  }

  /** Waits for its end and gives the exit code. */
  int awaitExit() {
    return process.awaitExit(END_LIMIT);
  }

  @Override
  public String name() {
    return "gateway";
  }

  @Override
  public String log() {
    return process.log();
  }

  @Override
  public void close() {
    process.close();
    folder.close();
  }
}
