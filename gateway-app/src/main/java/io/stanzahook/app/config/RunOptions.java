package io.stanzahook.app.config;

import io.stanzahook.dispatch.Concurrency;
import io.stanzahook.dispatch.DispatchSettings;
import io.stanzahook.dispatch.FlowSettings;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.webhook.PostFormat;
import io.stanzahook.wire.WireLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The options of {@code run}, and of {@code check}, which tries what {@code run} would do. */
public final class RunOptions {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final Duration LONGEST_RETRIES = Duration.ofDays(7);

  public static final Option<HostPort> SERVER =
      Option.of(
          "server",
          "HOST:PORT",
          "localhost:5347",
          ValueParsers.hostPort(1, "localhost:5347"),
          "the XMPP server's component port");

  public static final Option<Boolean> TLS =
      Option.switchedOff(
          "tls",
          "direct TLS to the server, its certificate and the name in it verified; the flag alone,"
              + " or `--tls=false`");

  public static final Option<Path> TLS_CA =
      Option.withoutDefault(
          "tls-ca",
          "FILE",
          "the JDK's trust store",
          ValueParsers.file(),
          "with `--tls`, the only CAs that are trusted, or the server's own certificate, as PEM");

  public static final Option<Path> TLS_CLIENT_CERT =
      Option.withoutDefault(
          "tls-client-cert",
          "FILE",
          "none",
          ValueParsers.file(),
          "with `--tls`, the certificate to show a server that asks for one, those of the CAs in"
              + " between, and its private key, as one PEM file");

  public static final Option<String> TLS_NAME =
      Option.withoutDefault(
          "tls-name",
          "NAME",
          "the host of `--server`",
          ValueParsers.certificateName(),
          "with `--tls`, the DNS name or IP address that the server's certificate must carry");

  public static final Option<String> COMPONENT =
      Option.withoutDefault(
          "component", "DOMAIN", Option.REQUIRED, ComponentDomain::parse, "the component's domain");

  public static final Option<String> SECRET =
      Option.withoutDefault(
          "secret",
          "S",
          "this or --secret-file is required",
          ValueParsers.text(),
          "the secret shared with the server; prefer the file or the environment, since a flag"
              + " shows in `ps`");

  public static final Option<Path> SECRET_FILE =
      Option.withoutDefault(
          "secret-file",
          "F",
          "this or --secret is required",
          ValueParsers.file(),
          "a file with that secret; a newline at its end is dropped");

  public static final Option<String> POST_URL =
      Option.withoutDefault(
          "post-url",
          "URL",
          Option.REQUIRED,
          WebhookValues::url,
          "the webhook (`component_post_url`); `{kind}`, `{type}`, `{to}`, `{from}`,"
              + " `{to.local}`, `{from.bare}` and the like in its path or query are replaced,"
              + " URL-encoded");

  public static final Option<Set<StanzaKind>> POST_STANZAS =
      Option.of(
              "post-stanzas",
              "LIST",
              "message",
              ValueParsers.stanzaKinds(),
              "what goes to the webhook, of `message,presence,iq` (`component_post_stanzas`)")
          .shaped(Option.Shape.COMMA_LIST);

  public static final Option<PostFormat> POST_FORMAT =
      Option.of(
          "post-format",
          "FORMAT",
          "json",
          WebhookValues::format,
          "what a request holds: `json`, mod_component_http's object; `rest-json`, mod_rest's"
              + " mapping, for the answers too; `xml`, the stanza itself (`application/xmpp+xml`)");

  public static final Option<Map.Entry<String, String>> POST_HEADER =
      Option.withoutDefault(
              "post-header",
              "'NAME: VALUE'",
              "none",
              WebhookValues::header,
              "a further header of each request, for bearer tokens and the like; repeatable")
          .shaped(Option.Shape.REPEATED);

  public static final Option<Path> SIGNING_SECRET_FILE =
      Option.withoutDefault(
          "signing-secret-file",
          "F",
          "none",
          ValueParsers.file(),
          "signs each request (Standard Webhooks): a file with a `whsec_…` or `whsk_…` a line, all"
              + " of which sign; `stanzahook secret` prints a new one");

  public static final Option<Concurrency> CONCURRENCY =
      Option.of(
          "concurrency",
          "N|auto",
          "256",
          ValueParsers.concurrency(),
          "HTTP calls in flight at most; `auto` finds out how many the webhook takes before they"
              + " only wait in front of it");

  public static final Option<Integer> QUEUE =
      Option.of(
          "queue",
          "N",
          "10000",
          ValueParsers.number(1, FlowSettings.MOST_QUEUE),
          "stanzas waiting at most, beyond those in flight");

  public static final Option<DispatchSettings.Order> ORDER =
      Option.of(
          "order",
          "ORDER",
          "conversation",
          ValueParsers.choice(DispatchSettings.Order.class),
          "`conversation`: stanzas of one pair of bare from and bare to are POSTed one after"
              + " another, in order, and their replies keep that order; or `none`");

  public static final Option<FlowSettings.Overload> OVERLOAD =
      Option.of(
          "overload",
          "POLICY",
          "backpressure",
          ValueParsers.choice(FlowSettings.Overload.class),
          "when the queue is full, `backpressure` stops reading the XMPP socket; `reject` answers"
              + " `resource-constraint` and goes on reading");

  public static final Option<Duration> TIMEOUT =
      Option.of(
          "timeout",
          "DURATION",
          "30s",
          ValueParsers.duration(SHORTEST, LONGEST),
          "one webhook attempt, connect to last byte");

  public static final Option<Duration> RETRY_FOR =
      Option.of(
          "retry-for",
          "DURATION",
          "60s",
          ValueParsers.duration(Duration.ZERO, LONGEST_RETRIES),
          "keep trying a stanza this long, from its first attempt on, before giving up; `0s`: one"
              + " attempt only; an iq never past `--iq-timeout`; with `--spool` the default is"
              + " `72h`, counted from when the message came");

  public static final Option<Set<Integer>> RETRY_STATUSES =
      Option.of(
              "retry-statuses",
              "LIST",
              "408,425,429,502-504,520-524,530",
              WebhookValues::statuses,
              "statuses of the webhook that are worth another attempt, such as `429,500-599`, or"
                  + " `none`; 410 never is")
          .shaped(Option.Shape.COMMA_LIST);

  public static final Option<Duration> IQ_TIMEOUT =
      Option.of(
          "iq-timeout",
          "DURATION",
          "25s",
          ValueParsers.duration(SHORTEST, LONGEST),
          "an iq is answered within this, with an error if need be");

  public static final Option<Integer> MAX_STANZA =
      Option.of(
          "max-stanza",
          "BYTES",
          "524288",
          ValueParsers.size(1024, 64 * 1024 * 1024),
          "larger incoming stanzas are refused: their sender gets `policy-violation`");

  public static final Option<Integer> MAX_DEPTH =
      Option.of(
          "max-depth",
          "N",
          "100",
          ValueParsers.number(4, WireLimits.MOST_DEPTH),
          "incoming stanzas nested deeper, themselves counted, are refused");

  public static final Option<Integer> MAX_ATTRIBUTES =
      Option.of(
          "max-attributes",
          "N",
          "256",
          ValueParsers.number(16, WireLimits.MOST_ATTRIBUTES),
          "incoming stanzas with more attributes and namespace declarations, together, on one"
              + " element are refused");

  public static final Option<Integer> MAX_TAG =
      Option.of(
          "max-tag",
          "BYTES",
          "65536",
          ValueParsers.size(1024, 1024 * 1024),
          "incoming stanzas with a larger tag are refused");

  public static final Option<Integer> MAX_ELEMENTS =
      Option.of(
          "max-elements",
          "N",
          "10000",
          ValueParsers.number(16, 1_000_000),
          "incoming stanzas with more elements are refused");

  public static final Option<Integer> MAX_RESPONSE =
      Option.of(
          "max-response",
          "BYTES",
          "262144",
          ValueParsers.size(1, 64 * 1024 * 1024),
          "larger webhook responses are refused");

  public static final Option<Duration> QUEUE_TIMEOUT =
      Option.of(
          "queue-timeout",
          "DURATION",
          "60s",
          ValueParsers.duration(SHORTEST, LONGEST),
          "a stanza waiting longer is answered as under `reject`; not one that `--spool` keeps");

  public static final Option<Duration> PING_TIMEOUT =
      Option.of(
          "ping-timeout",
          "DURATION",
          "60s",
          ValueParsers.duration(SHORTEST, LONGEST),
          "a server silent this long, pings included, is left and reconnected");

  /** All, in the order of the documentation. */
  public static final List<Option<?>> ALL =
      List.of(
          SERVER,
          TLS,
          TLS_CA,
          TLS_CLIENT_CERT,
          TLS_NAME,
          COMPONENT,
          SECRET,
          SECRET_FILE,
          POST_URL,
          KindUrls.MESSAGE,
          KindUrls.PRESENCE,
          KindUrls.IQ,
          POST_STANZAS,
          FilterOptions.FILTERS,
          POST_FORMAT,
          POST_HEADER,
          SIGNING_SECRET_FILE,
          CONCURRENCY,
          QUEUE,
          ORDER,
          OVERLOAD,
          TIMEOUT,
          RETRY_FOR,
          RETRY_STATUSES,
          IQ_TIMEOUT,
          NoticeOptions.RECEIPTS,
          NoticeOptions.COMPOSING,
          BrakeOptions.ANSWERS_PER_MINUTE,
          SpoolOptions.SPOOL,
          SpoolOptions.SPOOL_LIMIT,
          SpoolOptions.DEAD_LETTERS,
          ProcessOptions.HTTP_LISTEN,
          MAX_STANZA,
          MAX_DEPTH,
          MAX_ATTRIBUTES,
          MAX_TAG,
          MAX_ELEMENTS,
          MAX_RESPONSE,
          QUEUE_TIMEOUT,
          ProcessOptions.DRAIN_TIMEOUT,
          PING_TIMEOUT,
          ProcessOptions.API_TOKEN_FILE,
          ProcessOptions.API_RATE,
          HookOptions.ROOM_NICK,
          HookOptions.TEMPLATES,
          ConsoleOptions.DELIVERY_LOG,
          ConsoleOptions.DELIVERY_LOG_BODIES,
          ProcessOptions.TRANSPORT,
          ProcessOptions.LOG_FORMAT,
          TraceOptions.TRACE_CONTEXT,
          TraceOptions.TRACE_SAMPLE,
          TraceOptions.TRACE_ENDPOINT,
          ProcessOptions.CONFIG);

  private RunOptions() {}
}
