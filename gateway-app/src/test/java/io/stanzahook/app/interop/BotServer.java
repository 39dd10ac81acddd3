package io.stanzahook.app.interop;

import io.stanzahook.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A webhook written in a scripting language, run as its author would run it. */
final class BotServer implements Fixture {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  /** The bots that the documentation shows. */
  private static final Path BOTS =
      Path.of("..", "docs", "guide", "bots").toAbsolutePath().normalize();

  private final int port;
  private final ChildProcess process;
  private final String name;

  private BotServer(String name, int port, List<String> command) {
    this.name = name;
    this.port = port;
    this.process = ChildProcess.start(name, BOTS, command);
    process.awaitReady(START_LIMIT, () -> Ports.accepts(port));
  }

  /** PHP's own web server with docs/guide/bots/batch.php. */
  static BotServer batchPhp() {
    int port = Ports.free();
    return new BotServer(
        "php",
        port,
        List.of(ChildProcess.onPath("php"), "-S", "127.0.0.1:" + port, bot("batch.php")));
  }

  /** docs/guide/bots/batch.py. */
  static BotServer batchPython() {
    int port = Ports.free();
    return new BotServer(
        "python",
        port,
        List.of(ChildProcess.onPath("python3"), bot("batch.py"), Integer.toString(port)));
  }

  /** docs/guide/bots/fast.py, in one process. */
  static BotServer fastPython() {
    int port = Ports.free();
    return new BotServer(
        "python",
        port,
        List.of(ChildProcess.onPath("python3"), bot("fast.py"), Integer.toString(port)));
  }

  /** docs/guide/bots/batch.js. */
  static BotServer batchNode() {
    int port = Ports.free();
    return new BotServer(
        "node",
        port,
        List.of(ChildProcess.onPath("node"), bot("batch.js"), Integer.toString(port)));
  }

  /** PHP's own web server with docs/guide/bots/bot.php. */
  static BotServer php() {
    int port = Ports.free();
    return new BotServer(
        "php",
        port,
        List.of(ChildProcess.onPath("php"), "-S", "127.0.0.1:" + port, bot("bot.php")));
  }

  /** docs/guide/bots/bot.py. */
  static BotServer python() {
    int port = Ports.free();
    return new BotServer(
        "python",
        port,
        List.of(ChildProcess.onPath("python3"), bot("bot.py"), Integer.toString(port)));
  }

  /** docs/guide/bots/bot.js. */
  static BotServer node() {
    int port = Ports.free();
    return new BotServer(
        "node", port, List.of(ChildProcess.onPath("node"), bot("bot.js"), Integer.toString(port)));
  }

  /** PHP's own web server with docs/guide/bots/signed.php. */
  static BotServer signedPhp(String secret) {
    int port = Ports.free();
    return signed(
        "php", port, secret, List.of("php", "-S", "127.0.0.1:" + port, bot("signed.php")));
  }

  /** docs/guide/bots/signed.py. */
  static BotServer signedPython(String secret) {
    int port = Ports.free();
    return signed(
        "python", port, secret, List.of("python3", bot("signed.py"), Integer.toString(port)));
  }

  /** docs/guide/bots/signed.js. */
  static BotServer signedNode(String secret) {
    int port = Ports.free();
    return signed("node", port, secret, List.of("node", bot("signed.js"), Integer.toString(port)));
  }

  /** A bot that is told by its environment what requests are signed with. */
  private static BotServer signed(String name, int port, String secret, List<String> command) {
    List<String> all = new ArrayList<>();
    all.add(ChildProcess.onPath("env"));
    all.add("WEBHOOK_SECRET=" + secret);
    all.add(ChildProcess.onPath(command.get(0)));
    all.addAll(command.subList(1, command.size()));
    return new BotServer(name, port, all);
  }

  private static String bot(String file) {
    Path script = BOTS.resolve(file);
    if (!Files.isReadable(script)) {
      throw new IllegalStateException("the bot " + script + " is missing");
    }
    return script.toString();
  }

  String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String log() {
    return process.log();
  }

  @Override
  public void close() {
    process.close();
  }
}
