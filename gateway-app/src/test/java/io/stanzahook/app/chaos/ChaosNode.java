package io.stanzahook.app.chaos;

import static java.util.Objects.requireNonNull;

import io.stanzahook.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A process of the gateway in a cluster. */
final class ChaosNode {
  /** What it takes requests with. */
  static final String TOKEN = "chaos-token";

  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final Pattern COLLECTION = Pattern.compile("\\d+M->(\\d+)M\\(\\d+M\\)");
  private static final Pattern MOST_RESIDENT = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  private final boolean edge;
  private final int number;
  private final int index;
  private final String address;
  private final int httpPort = Ports.free();
  private final Path folder;
  private @Nullable Process process;

  /** What it had counted when it was asked last. */
  private int lateSeen;

  /**
   * Not started.
   *
   * @param number among its kind
   * @param index among all
   */
  ChaosNode(boolean edge, int number, int index, String address, Path folder) {
    this.edge = edge;
    this.number = number;
    this.index = index;
    this.address = address;
    this.folder = folder;
  }

  boolean isEdge() {
    return edge;
  }

  int number() {
    return number;
  }

  int index() {
    return index;
  }

  String address() {
    return address;
  }

  /** As in the names of its files. */
  String name() {
    return (edge ? "EDGE-" : "WORKER-") + number;
  }

  private Path log() {
    return folder.resolve(name() + ".log");
  }

  private Path collections() {
    return folder.resolve(name() + ".gc");
  }

  /**
   * Starts it, also after its end.
   *
   * @param before what stands before a command that runs on its host
   * @param options of the gateway, but for where it listens
   */
  void start(List<String> before, String jar, List<String> options) {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx160m",
            "-Xlog:gc:file=" + collections() + "::filecount=0",
            "-jar",
            jar,
            "run",
            "--http-listen=" + address + ":" + httpPort,
            "--cluster-role=" + (edge ? "edge" : "worker")));
    command.addAll(options);
    if (edge && number % 2 == 1) {
      // Two edges answer differently.
      command.add("--receipts");
    }
    lateSeen = 0;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Process process() {
    return requireNonNull(process);
  }

  boolean isReady() {
    return get("/readyz").contains("\"ready\":true");
  }

  /** Messages that it appended late and did not tell before. */
  int newLate() {
    int all =
        get("/metrics")
            .lines()
            .filter(line -> line.startsWith("stanzahook_cluster_late_total"))
            .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
            .sum();
    int more = Math.max(0, all - lateSeen);
    lateSeen = Math.max(lateSeen, all);
    return more;
  }

  private String get(String path) {
    HttpResponse<String> answer = send(path);
    return answer == null ? "" : answer.body();
  }

  /** What it answers; null if it does not. */
  @Nullable HttpResponse<String> send(String path) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + address + ":" + httpPort + path))
              .timeout(ANSWER)
              .header("Authorization", "Bearer " + TOKEN)
              .build();
      return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its heap after a full collection, which is made now, in MB. */
  int liveHeap() throws InterruptedException {
    try {
      new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
              Long.toString(process().pid()),
              "GC.run")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Integer> all = heaps();
    return all.get(all.size() - 1);
  }

  /** Its heap after each collection since its start, in MB. */
  List<Integer> heaps() {
    try (Stream<String> lines = Files.lines(collections())) {
      return lines
          .map(COLLECTION::matcher)
          .filter(Matcher::find)
          .map(found -> Integer.valueOf(found.group(1)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The most memory that it ever had from the machine, in MB. */
  int mostResident() {
    try {
      Matcher found =
          MOST_RESIDENT.matcher(Files.readString(Path.of("/proc/" + process().pid() + "/status")));
      return found.find() ? Integer.parseInt(found.group(1)) / 1024 : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether its memory was once not enough, or it has ended by itself. */
  boolean isBroken() {
    try (Stream<String> lines = Files.lines(log())) {
      return !process().isAlive() || lines.anyMatch(line -> line.contains("OutOfMemoryError"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().onExit().join();
    }
  }
}
