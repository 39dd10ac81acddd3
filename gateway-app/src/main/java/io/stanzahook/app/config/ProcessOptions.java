package io.stanzahook.app.config;

import java.nio.file.Path;
import java.time.Duration;

/** Those of the {@link RunOptions} that there is one of, however many components run. */
public final class ProcessOptions {
  private static final Duration LONGEST_DRAIN = Duration.ofHours(24);

  public static final Option<HostPort> HTTP_LISTEN =
      Option.of(
              "http-listen",
              "HOST:PORT",
              "127.0.0.1:9090",
              ValueParsers.hostPort(0, "127.0.0.1:9090, or 0.0.0.0:9090 for all interfaces"),
              "where metrics, health, API are served")
          .ofProcess();

  public static final Option<Duration> DRAIN_TIMEOUT =
      Option.of(
              "drain-timeout",
              "DURATION",
              "15s",
              ValueParsers.duration(Duration.ZERO, LONGEST_DRAIN),
              "on SIGTERM, how long what is in flight may take")
          .ofProcess();

  public static final Option<Path> API_TOKEN_FILE =
      Option.withoutDefault(
              "api-token-file",
              "F",
              "none",
              ValueParsers.file(),
              "who may use `/admin`, `/msg`, `/hooks` and `/rest`: a file with a `token` or a"
                  + " `user:password` a line. After it may stand JIDs, and then its holder may send"
                  + " from those and do nothing else; the word `admin` opens `/admin` and the"
                  + " console to them too, `read` without changes; `name=TEXT` names the line in"
                  + " logs and metrics. Without the file nobody may")
          .ofProcess();

  public static final Option<Integer> API_RATE =
      Option.of(
              "api-rate",
              "N",
              "1000",
              ValueParsers.number(1, 1_000_000),
              "requests a second to `/msg`, `/hooks` and `/rest` that one line of"
                  + " `--api-token-file` may make; more get 429")
          .ofProcess();

  public static final Option<Transport> TRANSPORT =
      Option.of(
              "transport",
              "auto|io_uring|epoll|nio",
              "auto",
              ValueParsers.choice(Transport.class),
              "how sockets are driven; `auto` takes the best that works here")
          .ofProcess();

  public static final Option<LogFormat> LOG_FORMAT =
      Option.of(
              "log-format",
              "text|json",
              "text",
              ValueParsers.choice(LogFormat.class),
              "log lines for people, or one JSON object a line")
          .ofProcess();

  public static final Option<Path> CONFIG =
      Option.withoutDefault(
              "config",
              "FILE",
              "none",
              ValueParsers.file(),
              "a YAML file with any of these settings but this one")
          .notInFile()
          .ofProcess();

  private ProcessOptions() {}
}
