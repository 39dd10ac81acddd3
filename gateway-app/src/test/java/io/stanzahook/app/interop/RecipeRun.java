package io.stanzahook.app.interop;

import io.stanzahook.Ports;
import io.stanzahook.app.TestJava;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One recipe as a reader would do it: writes its files, starts its programs, runs its commands.
 * Only addresses, ports and how long Prometheus waits differ from the page.
 */
final class RecipeRun implements Fixture {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Path SHELL = Path.of("/bin/sh");

  private final TestFolder folder = TestFolder.create("recipe");
  private final List<ChildProcess> started = new ArrayList<>();
  private final Map<String, String> here = new LinkedHashMap<>();
  private final int gatewayPort = Ports.free();
  private final int botPort = Ports.free();
  private final Map<String, String> optional;

  /**
   * Nothing is done yet.
   *
   * @param optional programs that are started only if they are here: their names and files
   */
  RecipeRun(XmppServer server, Map<String, String> optional) {
    this.optional = optional;
    here.put(
        "java -jar stanzahook.jar",
        "exec %s -Xmx128m -jar %s"
            .formatted(String.join(" ", TestJava.command()), GatewayProcess.jar()));
    here.put("python3 ", "exec " + ChildProcess.onPath("python3") + " ");
    here.put("localhost:5347", "127.0.0.1:" + server.componentPort());
    here.put("127.0.0.1:9797", "127.0.0.1:" + gatewayPort);
    here.put("127.0.0.1:9091", "127.0.0.1:" + Ports.free());
    here.put("127.0.0.1:9093", "127.0.0.1:" + Ports.free());
    here.put("127.0.0.1:8080", "127.0.0.1:" + botPort);
    here.put(".py 8080", ".py " + botPort);
    here.put("web.example.com:9100", "127.0.0.1:" + Ports.free());
    here.put("ops@rooms.example.com", "ops@" + XmppServer.ROOMS);
    here.put("gw.example.com", XmppServer.COMPONENT);
    here.put("romeo@example.com", "romeo@" + XmppServer.HOST);
    here.put("s3cr3t", XmppServer.SECRET);
    here.put("_interval: 15s", "_interval: 1s");
    here.put("group_wait: 30s", "group_wait: 0s");
    here.put("for: 1m", "for: 0s");
  }

  /** Does what the blocks say, in their order. */
  void run(List<RecipesPage.Block> blocks) {
    for (RecipesPage.Block block : blocks) {
      String text = block.text();
      for (Map.Entry<String, String> each : here.entrySet()) {
        text = text.replace(each.getKey(), each.getValue());
      }
      if (!block.isCommand()) {
        folder.write(block.name(), text);
      } else if (!block.name().isEmpty()) {
        String program = optional.get(block.name());
        if (program != null) {
          start("exec " + program + text.substring(block.name().length()));
        }
      } else if (block.text().startsWith("java ")) {
        start(text);
        Await.until("the gateway is ready", LIMIT, this::isReady);
      } else if (block.text().startsWith("python3 ")) {
        start(text);
        Await.until("the bot listens", LIMIT, () -> Ports.accepts(botPort));
      } else {
        ChildProcess command = start(text);
        int code = command.awaitExit(LIMIT);
        if (code != 0) {
          throw new AssertionError(block.text() + "ended with " + code + ":\n" + command.log());
        }
      }
    }
  }

  private ChildProcess start(String command) {
    ChildProcess process =
        ChildProcess.start("recipe", folder.path(), List.of(SHELL.toString(), "-c", command));
    started.add(process);
    return process;
  }

  private boolean isReady() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gatewayPort + "/readyz")).build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public String name() {
    return "recipe";
  }

  @Override
  public String log() {
    StringBuilder log = new StringBuilder();
    started.forEach(process -> log.append(process.log()));
    return log.toString();
  }

  @Override
  public void close() {
    for (int i = started.size() - 1; i >= 0; i--) {
      started.get(i).close();
    }
    folder.close();
  }
}
