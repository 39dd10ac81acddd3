package io.stanzahook.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Chat messages of many users out, replies in, measured. A reply is matched with the user's oldest
 * message without one, which rests on the order the gateway promises.
 *
 * <p>Arguments: {@code users}, {@code body} (bytes), {@code window} (messages without reply at
 * most; 0: open loop), {@code rate} (a second, open loop), {@code seconds}, {@code warmup}; or
 * {@code total}: so many messages as fast as the socket takes them, without a warm-up.
 *
 * <p>Prints {@code measuring} when the warm-up is over, one line of JSON when the measured time is,
 * and another when every message has its reply, or after {@value #REST_SECONDS} seconds: how many
 * have none, how many replies were errors, and how many nobody had asked for.
 *
 * <p>Not thread-safe: everything on the connection's event loop.
 */
final class Load {
  private static final byte[] TO = "to='u".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ERROR = "type='e".getBytes(StandardCharsets.US_ASCII);
  private static final int WARM_UP_WINDOW = 1024;
  private static final int REST_SECONDS = 60;

  /** An open loop runs so long before it is measured: the warm-up's closed loop has emptied. */
  private static final int SETTLE_SECONDS = 2;

  private final int users;
  private final int window;
  private final int rate;
  private final int warmup;
  private final int seconds;
  private final int total;
  private final byte[] tail;
  private final ArrayDeque<Long>[] sentAt;
  private final Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);

  private @Nullable Channel channel;
  private long outstanding;
  private long next;
  private long done;
  private long errors;
  private long unasked;
  private long startedAt;
  private long firstOnSchedule;
  private boolean onSchedule;
  private boolean stopped;

  private byte[] pattern = TO;
  private int matched;
  private int user;
  private boolean inNumber;

  /**
   * A load.
   *
   * @param domain of the users
   */
  @SuppressWarnings({"unchecked", "rawtypes"})
  Load(Arguments arguments, String domain) {
    users = arguments.number("users", 1000);
    window = arguments.number("window", 2000);
    rate = arguments.number("rate", 0);
    warmup = arguments.number("warmup", 5);
    seconds = arguments.number("seconds", 5);
    total = arguments.number("total", 0);
    sentAt = new ArrayDeque[users];
    String body = "x".repeat(arguments.number("body", 32));
    String text =
        "@%s/res' to='bot@gw.localhost' type='chat' xml:lang='en'><body>%s</body></message>"
            .formatted(domain, body);
    tail = text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The stream is open, on its event loop: from here on it carries the load. */
  void begin(Channel connected) {
    channel = connected;
    if (total > 0) {
      System.out.println("measuring");
      Measure measure = new Measure();
      fill();
      awaitTotal(measure);
    } else {
      fill();
      connected.eventLoop().schedule(this::warm, warmup, TimeUnit.SECONDS);
    }
  }

  private void warm() {
    if (window > 0) {
      measure();
      return;
    }
    startedAt = System.nanoTime();
    firstOnSchedule = next;
    onSchedule = true;
    tick();
    later(this::measure, TimeUnit.SECONDS.toMillis(SETTLE_SECONDS));
  }

  private void measure() {
    done = 0;
    latency.reset();
    System.out.println("measuring");
    Measure measure = new Measure();
    later(() -> end(measure), TimeUnit.SECONDS.toMillis(seconds));
  }

  private void end(Measure measure) {
    System.out.println(measure.line(done, latency));
    stopped = true;
    awaitRest(System.nanoTime() + TimeUnit.SECONDS.toNanos(REST_SECONDS));
  }

  private void awaitRest(long until) {
    if (outstanding > 0 && System.nanoTime() < until) {
      later(() -> awaitRest(until), 10);
      return;
    }
    System.out.printf(
        Locale.ROOT,
        "{\"unanswered\":%d,\"errors\":%d,\"unasked\":%d}%n",
        outstanding,
        errors,
        unasked);
    System.exit(0);
  }

  private void awaitTotal(Measure measure) {
    if (done < total) {
      later(() -> awaitTotal(measure), 10);
    } else {
      end(measure);
    }
  }

  private void tick() {
    fill();
    if (!stopped && channel != null) {
      channel.eventLoop().schedule(this::tick, 200, TimeUnit.MICROSECONDS);
    }
  }

  private void later(Runnable step, long millis) {
    if (channel != null) {
      channel.eventLoop().schedule(step, millis, TimeUnit.MILLISECONDS);
    }
  }

  /** Sends what may or should be sent by now; also to be called when the channel is writable. */
  void fill() {
    Channel current = channel;
    if (current == null || stopped) {
      return;
    }
    while (current.isWritable()) {
      ByteBuf out = current.alloc().buffer(32 * 1024);
      while (out.readableBytes() < 30_000 && due()) {
        write(out);
      }
      if (!out.isReadable()) {
        out.release();
        return;
      }
      current.writeAndFlush(out);
    }
  }

  private boolean due() {
    if (total > 0) {
      return next < total;
    }
    return onSchedule
        ? scheduled() <= System.nanoTime()
        : outstanding < (window > 0 ? window : WARM_UP_WINDOW);
  }

  private long scheduled() {
    return startedAt + (next - firstOnSchedule) * 1_000_000_000L / rate;
  }

  private void write(ByteBuf out) {
    int id = (int) (next % users);
    // What a schedule asks for counts from when it should have been sent, not from when it was.
    long at = onSchedule ? scheduled() : System.nanoTime();
    next++;
    outstanding++;
    if (sentAt[id] == null) {
      sentAt[id] = new ArrayDeque<>(1);
    }
    sentAt[id].add(at);
    out.writeCharSequence("<message id='", StandardCharsets.US_ASCII);
    out.writeCharSequence(Long.toString(next), StandardCharsets.US_ASCII);
    out.writeCharSequence("' from='u", StandardCharsets.US_ASCII);
    out.writeCharSequence(Integer.toString(id), StandardCharsets.US_ASCII);
    out.writeBytes(tail);
  }

  /** Takes bytes of replies; the buffer is the caller's. */
  void read(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    for (byte b : bytes) {
      scan(b);
    }
    if (!onSchedule) {
      fill();
    }
  }

  /**
   * Finds the addressees {@code to='u123@…'}, one in each reply, and {@code type='error'}. Body
   * texts hold neither.
   */
  private void scan(byte b) {
    if (inNumber) {
      if (b >= '0' && b <= '9') {
        user = user * 10 + (b - '0');
        return;
      }
      inNumber = false;
      reply(user);
    }
    if (matched == 1) {
      pattern = b == ERROR[1] ? ERROR : TO;
    }
    if (b != pattern[matched]) {
      matched = b == TO[0] ? 1 : 0;
    } else if (++matched == pattern.length) {
      matched = 0;
      inNumber = pattern == TO;
      errors += inNumber ? 0 : 1;
      user = 0;
    }
  }

  private void reply(int id) {
    ArrayDeque<Long> waiting = id < users ? sentAt[id] : null;
    if (waiting == null) {
      unasked++;
      return;
    }
    long at = waiting.remove();
    if (waiting.isEmpty()) {
      sentAt[id] = null;
    }
    outstanding--;
    done++;
    latency.recordValue(Math.max(0, System.nanoTime() - at));
  }
}
