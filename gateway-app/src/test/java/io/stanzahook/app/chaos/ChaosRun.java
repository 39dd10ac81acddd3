package io.stanzahook.app.chaos;

import static java.util.Objects.requireNonNull;

import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerListener;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Stanza;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * Kills the gateway (SIGKILL) again and again, at random moments under load, and starts it again on
 * the same spool. Messages go out as fast as the gateway says that it has them: after each {@link
 * #PING_EVERY} a ping, whose answer says that all before it is on disk.
 *
 * <p>Arguments of the program: the jar, the number of kills, of messages, and a seed. It prints its
 * {@link ChaosFigures}, and progress on stderr.
 */
final class ChaosRun implements AutoCloseable {
  /** How long the gateway waits for the webhook. */
  static final Duration TIMEOUT = Duration.ofSeconds(1);

  private static final int PING_EVERY = 50;
  private static final int PINGS_AHEAD = 4;
  private static final int CONVERSATIONS = 200;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String DOMAIN = "gw.localhost";
  private static final String SECRET = "chaos";

  private final Path folder;
  private final String jar;
  private final Random random;
  private final LoopResources loops = LoopResources.create("chaos", 1, true);
  private final ChaosLedger ledger = new ChaosLedger();
  private final ChaosWebhook webhook;
  private final ComponentServer server;
  private final BlockingQueue<String> pongs = new LinkedTransferQueue<>();
  private final BlockingQueue<String> streams = new LinkedTransferQueue<>();
  private final int[] numbers = new int[CONVERSATIONS];

  /** Sent and not known to be safe, in their order; with what the pings say among them. */
  private final List<int[]> unsafe = new ArrayList<>();

  private int pings;

  /** Those of them that no gateway will answer which runs now. */
  private int pingsBefore;

  private @Nullable Process gateway;

  ChaosRun(Path folder, String jar, long seed) {
    this.folder = folder;
    this.jar = jar;
    this.random = new Random(seed);
    this.webhook = new ChaosWebhook(ledger, seed, loops);
    this.server =
        requireNonNull(
            ComponentServer.start(ComponentServerSettings.of(DOMAIN, SECRET), loops, new Users())
                .block(PATIENCE));
  }

  /** What the users get. */
  private final class Users implements ComponentServerListener {
    @Override
    public void connected(String domain) {
      streams.add(domain);
    }

    @Override
    public void received(Stanza stanza) {
      if (stanza instanceof Message message && message.body() != null && !message.isError()) {
        ledger.replied(message.body());
      } else if (stanza.id() != null && stanza.id().startsWith("ping ")) {
        pongs.add(stanza.id());
      }
    }
  }

  /** Runs until so many messages are safe and so many kills are over, and all has ended. */
  ChaosFigures run(int kills, int messages) throws IOException, InterruptedException {
    int each = messages / (kills + 1) + 1;
    for (int round = 0; round <= kills; round++) {
      start();
      // The moment of the kill is one in the sending, and some milliseconds after it.
      send(round < kills ? each / 2 + random.nextInt(each) : each);
      if (round < kills) {
        pause(random.nextInt(30));
        kill();
      }
      System.err.printf("round %d: %s%n", round, ledger.figures().json());
    }
    for (int missing = messages - ledger.figures().safe(); missing > 0; ) {
      send(missing);
      missing = messages - ledger.figures().safe();
    }
    awaitSafe(0);
    await("all to be delivered", () -> ledger.allSafeAreAnswered() && isIdle());
    return ledger.figures();
  }

  /** The gateway may go on for a while. */
  private void pause(int millis) throws InterruptedException {
    if (requireNonNull(gateway).waitFor(millis, TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the gateway ended unexpectedly");
    }
  }

  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private void await(String what, Condition condition) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "waited too long for " + what + ": " + ledger.figures().json() + "\n" + log());
      }
      pause(50);
    }
  }

  /** Whether no request came for longer than the gateway's time-out and its next try take. */
  private boolean isIdle() throws InterruptedException {
    int before = ledger.requests();
    pause(3_000);
    return ledger.requests() == before;
  }

  private void start() throws IOException, InterruptedException {
    streams.clear();
    gateway =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseParallelGC",
                "-Xmx128m",
                "-jar",
                jar,
                "run",
                "--server=127.0.0.1:" + server.port(),
                "--component=" + DOMAIN,
                "--secret=" + SECRET,
                "--post-url=" + webhook.url(),
                "--http-listen=127.0.0.1:0",
                "--transport=" + System.getProperty("chaos.transport", "auto"),
                "--timeout=" + TIMEOUT.toMillis() + "ms",
                "--spool=" + folder.resolve("spool"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    if (streams.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS) == null) {
      throw new AssertionError("the gateway does not connect:\n" + log());
    }
  }

  private String log() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("log"));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
  }

  /** What the gateway's threads wait for: the JVM's own tool says it. */
  private String threads() throws InterruptedException {
    try {
      Process jcmd =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                  Long.toString(requireNonNull(gateway).pid()),
                  "Thread.print")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("threads").toFile())
              .start();
      jcmd.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return log() + "\n" + Files.readString(folder.resolve("threads"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void kill() throws InterruptedException {
    Process running = requireNonNull(gateway);
    running.destroyForcibly();
    running.waitFor();
    ledger.killed();
    // Which of these it has, nobody can tell: they are neither safe nor lost.
    unsafe.clear();
    pingsBefore = pings;
  }

  private void send(int count) throws InterruptedException {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      int conversation = random.nextInt(CONVERSATIONS);
      int number = numbers[conversation]++;
      ledger.sent(conversation, number);
      unsafe.add(new int[] {conversation, number});
      text.append(
          "<message from='u%d@localhost/x' to='bot@%s' type='chat'><body>%d %d</body></message>"
              .formatted(conversation, DOMAIN, conversation, number));
      if (i % PING_EVERY == 0 || i == count) {
        pings++;
        unsafe.add(new int[] {-1, pings});
        text.append(
            "<iq from='admin@localhost' to='%s' type='get' id='ping %d'><ping xmlns='urn:xmpp:ping'/></iq>"
                .formatted(DOMAIN, pings));
        server.sendRaw(DOMAIN, text.toString()).block(PATIENCE);
        text.setLength(0);
        awaitSafe(PINGS_AHEAD);
      }
    }
  }

  /** Waits until at most so many pings are not answered. */
  private void awaitSafe(int ahead) throws InterruptedException {
    while (unsafe.stream().filter(one -> one[0] < 0).count() > ahead) {
      String pong = pongs.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (pong == null) {
        throw new AssertionError("a ping is not answered:\n" + threads());
      }
      int number = Integer.parseInt(pong.substring("ping ".length()));
      if (number <= pingsBefore) {
        // Of the one that was killed: it was still on its way from the socket then.
        continue;
      }
      while (unsafe.get(0)[0] >= 0) {
        int[] message = unsafe.remove(0);
        ledger.safe(message[0], message[1]);
      }
      if (unsafe.remove(0)[1] != number) {
        throw new AssertionError("pings are answered out of order");
      }
    }
  }

  @Override
  public void close() {
    Process running = gateway;
    if (running != null) {
      running.destroyForcibly().onExit().join();
    }
    server.stop().block(PATIENCE);
    webhook.stop();
    loops.disposeLater().block(PATIENCE);
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("chaos");
    try (ChaosRun run = new ChaosRun(folder, args[0], Long.parseLong(args[3]))) {
      System.out.println(run.run(Integer.parseInt(args[1]), Integer.parseInt(args[2])).json());
    }
  }
}
