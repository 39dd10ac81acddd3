package io.stanzahook.spool;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.KeptStanza;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A process that appends and settles until it is killed, and prints what it was told: {@code D
 * position} for durable, {@code S position last} for settled (and the last position given before),
 * {@code B} likewise for buried, {@code F message} for failed.
 */
public final class SpoolChild {
  private static final int IN_FLIGHT = 100;

  private SpoolChild() {}

  /** The record of that number. */
  static KeptStanza record(long number) {
    Random random = new Random(number);
    StringBuilder body = new StringBuilder("<message><body>");
    for (int i = random.nextInt(600); i > 0; i--) {
      body.append((char) ('a' + random.nextInt(26)));
    }
    return new KeptStanza(
        "w" + number,
        number,
        body.append("</body></message>").toString().getBytes(StandardCharsets.UTF_8),
        false);
  }

  /** A JVM that runs this class. */
  static List<String> command(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                SpoolChild.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  static Process start(Path folder, long firstNumber) throws IOException {
    return new ProcessBuilder(command(folder.toString(), Long.toString(firstNumber)))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void print(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** Runs until killed, or until the spool fails. */
  public static void main(String[] arguments) throws InterruptedException {
    long number = Long.parseLong(arguments[1]);
    Random random = new Random(number);
    LinkedBlockingQueue<Long> durable = new LinkedBlockingQueue<>();
    SpoolListener listener =
        new SpoolListener() {
          @Override
          public void durable(long upTo) {
            print("D " + upTo);
            durable.add(upTo);
          }

          @Override
          public void failed(long from, SpoolException cause) {
            print("F " + cause.getMessage());
            Runtime.getRuntime().halt(0);
          }
        };
    Spool spool =
        DiskSpool.open(new SpoolSettings(Path.of(arguments[0]), Long.MAX_VALUE), listener);
    print("O " + spool.lastPosition());
    long told = spool.lastPosition();
    long settled = told;
    while (true) {
      while (spool.lastPosition() - told < IN_FLIGHT) {
        spool.append(record(number++));
      }
      long upTo = durable.take();
      for (long position = settled + 1; position <= upTo; position++) {
        int chance = random.nextInt(20);
        if (chance < 12) {
          print("S " + position + " " + spool.lastPosition());
          spool.settle(position);
        } else if (chance == 12) {
          print("B " + position + " " + spool.lastPosition());
          spool.bury(position, new Burial(1, 2, "cause", "gone", "text", 410, "response"));
        }
      }
      settled = upTo;
      told = upTo;
    }
  }
}
