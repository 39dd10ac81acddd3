package io.stanzahook.app.config;

import java.util.List;

/** The options of {@code sandbox}: its own, and those of {@code run} that make sense there. */
public final class SandboxOptions {
  /** The most messages of one load. */
  static final int MAX_LOAD = 10_000_000;

  public static final Option<String> MESSAGE =
      Option.withoutDefault(
              "message",
              "TEXT",
              "none",
              ValueParsers.text(),
              "a message to send, then end; repeatable, sent one after another")
          .shaped(Option.Shape.REPEATED);

  public static final Option<Integer> LOAD =
      Option.withoutDefault(
          "load",
          "N",
          "none",
          ValueParsers.number(1, MAX_LOAD),
          "so many messages from many senders, without showing each, then a summary of latencies");

  public static final Option<Integer> RATE =
      Option.of(
          "rate",
          "R",
          "1000",
          ValueParsers.number(1, 1_000_000),
          "with `--load`, messages a second");

  public static final Option<String> POST_URL =
      RunOptions.POST_URL.orElse("an echo webhook of the sandbox's own");

  public static final Option<HostPort> HTTP_LISTEN = ProcessOptions.HTTP_LISTEN.by("127.0.0.1:0");

  /** Only the sandbox has these. */
  static final List<Option<?>> OWN = List.of(MESSAGE, LOAD, RATE);

  /** As in {@code run}, with that default or another. */
  static final List<Option<?>> SHARED =
      List.of(
          POST_URL,
          RunOptions.POST_STANZAS,
          RunOptions.POST_HEADER,
          RunOptions.SIGNING_SECRET_FILE,
          RunOptions.CONCURRENCY,
          RunOptions.QUEUE,
          RunOptions.ORDER,
          RunOptions.OVERLOAD,
          RunOptions.TIMEOUT,
          RunOptions.IQ_TIMEOUT,
          HTTP_LISTEN,
          ConsoleOptions.DELIVERY_LOG,
          RunOptions.MAX_STANZA,
          RunOptions.MAX_DEPTH,
          RunOptions.MAX_ATTRIBUTES,
          RunOptions.MAX_TAG,
          RunOptions.MAX_ELEMENTS,
          RunOptions.MAX_RESPONSE,
          RunOptions.QUEUE_TIMEOUT,
          ProcessOptions.TRANSPORT,
          ProcessOptions.LOG_FORMAT,
          TraceOptions.TRACE_CONTEXT,
          TraceOptions.TRACE_SAMPLE);

  /** All, in the order of help. */
  public static final List<Option<?>> ALL =
      List.of(OWN, SHARED).stream().<Option<?>>flatMap(List::stream).toList();

  private SandboxOptions() {}
}
