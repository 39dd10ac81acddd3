package io.stanzahook.app.config;

import io.stanzahook.delivery.Concurrency;
import io.stanzahook.settings.HostPort;
import io.stanzahook.settings.Suggestion;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.TlsSettings;
import io.stanzahook.webhook.PostFormat;
import io.stanzahook.webhook.WebhookSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The forms that options' values have. */
final class ValueParsers {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12}) ?(B|KiB|MiB|GiB)?");
  private static final Pattern STATUSES = Pattern.compile("(\\d{3})(?: ?- ?(\\d{3}))?");
  private static final int MAX_PORT = 65_535;

  /** Longer nicks are cut by many rooms. */
  private static final int MAX_NICK = 128;

  /** Lower ones are no failures. */
  private static final int LOWEST_STATUS = 300;

  private static final int HIGHEST_STATUS = 599;

  private ValueParsers() {}

  /** Any text, the empty one too. */
  static ValueParser<String> text() {
    return text -> text;
  }

  /** The name of a file. */
  static ValueParser<Path> file() {
    return text -> {
      if (text.isEmpty()) {
        throw new InvalidValueException("is empty; give the name of a file");
      }
      try {
        return Path.of(text);
      } catch (InvalidPathException e) {
        throw new InvalidValueException("'" + text + "' cannot be the name of a file");
      }
    };
  }

  /** Yes or no. */
  static ValueParser<Boolean> truth() {
    return text ->
        switch (text.trim().toLowerCase(Locale.ROOT)) {
          case "true" -> true;
          case "false" -> false;
          default ->
              throw new InvalidValueException("'%s' is neither true nor false".formatted(text));
        };
  }

  /** A DNS name or IP address that a certificate can carry. */
  static ValueParser<String> certificateName() {
    return text -> {
      String name = text.trim();
      try {
        TlsSettings.checkName(name);
        return name;
      } catch (IllegalArgumentException e) {
        throw new InvalidValueException("'%s' %s".formatted(text, e.getMessage()));
      }
    };
  }

  /** A whole number within bounds. */
  static ValueParser<Integer> number(int lowest, int highest) {
    return text -> {
      long value = -1;
      try {
        value = Long.parseLong(text.trim());
      } catch (NumberFormatException e) {
        // Falls through to the one message for all that is no number within the bounds.
      }
      if (value < lowest || value > highest) {
        throw new InvalidValueException(
            "'%s' is not a whole number from %d to %d".formatted(text, lowest, highest));
      }
      return (int) value;
    };
  }

  /** A number of calls, or {@code auto}. */
  static ValueParser<Concurrency> concurrency() {
    ValueParser<Integer> number = number(Concurrency.LEAST, Concurrency.MOST);
    return or("auto", Concurrency.AUTO, text -> Concurrency.of(number.parse(text)));
  }

  /** A word that stands for a value, or what else there is. */
  static <T> ValueParser<T> or(String word, T meaning, ValueParser<T> other) {
    return text -> {
      if (text.trim().equalsIgnoreCase(word)) {
        return meaning;
      }
      try {
        return other.parse(text);
      } catch (InvalidValueException e) {
        throw new InvalidValueException(e.getMessage() + ", nor " + word);
      }
    };
  }

  /** A length of time within bounds. */
  static ValueParser<Duration> duration(Duration shortest, Duration longest) {
    return text -> {
      Matcher matcher = DURATION.matcher(text.trim());
      if (!matcher.matches()) {
        throw new InvalidValueException(
            "'%s' is not a duration; write it like 500ms, 30s, 5m or 72h".formatted(text));
      }
      long amount = Long.parseLong(matcher.group(1));
      Duration value =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
          };
      if (value.compareTo(shortest) < 0 || value.compareTo(longest) > 0) {
        throw new InvalidValueException(
            "'%s' is not between %s and %s".formatted(text, show(shortest), show(longest)));
      }
      return value;
    };
  }

  /** A number of bytes within bounds. */
  static ValueParser<Integer> size(int smallest, int largest) {
    ValueParser<Long> size = largeSize(smallest, largest);
    return text -> size.parse(text).intValue();
  }

  /** A number of bytes within bounds, of files rather than memory. */
  static ValueParser<Long> largeSize(long smallest, long largest) {
    return text -> {
      Matcher matcher = SIZE.matcher(text.trim());
      if (!matcher.matches()) {
        throw new InvalidValueException(
            "'%s' is not a size; write bytes, like 65536, or 64KiB, or 2MiB".formatted(text));
      }
      long value = Long.parseLong(matcher.group(1)) * factor(matcher.group(2));
      if (value < smallest || value > largest) {
        throw new InvalidValueException(
            "'%s' is not between %d and %d bytes".formatted(text, smallest, largest));
      }
      return value;
    };
  }

  private static long factor(@Nullable String unit) {
    return switch (unit == null ? "B" : unit) {
      case "KiB" -> 1L << 10;
      case "MiB" -> 1L << 20;
      case "GiB" -> 1L << 30;
      default -> 1;
    };
  }

  /** One constant of an enum, as {@link #label} has it. */
  static <E extends Enum<E>> ValueParser<E> choice(Class<E> type) {
    List<E> constants = List.of(type.getEnumConstants());
    List<String> names = constants.stream().map(ValueParsers::label).toList();
    return text -> {
      int index = names.indexOf(text.trim().toLowerCase(Locale.ROOT));
      if (index < 0) {
        throw noneOf(text, names);
      }
      return constants.get(index);
    };
  }

  /** A constant's name in flags. */
  static String label(Enum<?> constant) {
    return constant instanceof PostFormat format
        ? format.label()
        : constant.name().toLowerCase(Locale.ROOT);
  }

  private static InvalidValueException noneOf(String text, List<String> names) {
    return new InvalidValueException(
        "'%s' is none of %s%s"
            .formatted(text, String.join(", ", names), Suggestion.suffix(text, names)));
  }

  /** A list of kinds of stanza, with commas. */
  static ValueParser<Set<StanzaKind>> stanzaKinds() {
    List<String> names = Arrays.stream(StanzaKind.values()).map(StanzaKind::elementName).toList();
    return text -> {
      Set<StanzaKind> kinds = EnumSet.noneOf(StanzaKind.class);
      for (String name : text.split(",", -1)) {
        StanzaKind kind = StanzaKind.ofElement(name.trim().toLowerCase(Locale.ROOT));
        if (kind == null) {
          throw noneOf(name.trim(), names);
        }
        kinds.add(kind);
      }
      return kinds;
    };
  }

  /**
   * {@code HOST:PORT}.
   *
   * @param lowestPort 0 where a free port may be asked for
   */
  static ValueParser<HostPort> hostPort(int lowestPort, String example) {
    return text -> {
      String trimmed = text.trim();
      int colon = trimmed.lastIndexOf(':');
      String host = colon < 0 ? trimmed : trimmed.substring(0, colon);
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      if (colon < 1 || host.isEmpty() || (host.indexOf(':') >= 0 && !bracketed)) {
        throw new InvalidValueException(
            "'%s' is not HOST:PORT, such as %s".formatted(text, example));
      }
      host = bracketed ? host.substring(1, host.length() - 1) : host;
      if (host.isEmpty() || host.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '@')) {
        throw new InvalidValueException(
            "'%s' has no usable host; write HOST:PORT, such as %s".formatted(text, example));
      }
      String port = trimmed.substring(colon + 1);
      int number = port.matches("\\d{1,5}") ? Integer.parseInt(port) : -1;
      if (number < lowestPort || number > MAX_PORT) {
        throw new InvalidValueException(
            "'%s' is not a port from %d to %d".formatted(port, lowestPort, MAX_PORT));
      }
      return new HostPort(host, number);
    };
  }

  /** As it is written in a flag. */
  static String show(Duration duration) {
    if (duration.toMillis() % 1000 != 0 || duration.isZero()) {
      return duration.toMillis() + "ms";
    }
    if (duration.toSeconds() % 3600 == 0) {
      return duration.toHours() + "h";
    }
    return duration.toSeconds() + "s";
  }

  static boolean onOff(String text) throws InvalidValueException {
    return switch (text.trim().toLowerCase(Locale.ROOT)) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new InvalidValueException("'%s' is neither on nor off".formatted(text));
    };
  }

  /** A number from 0 to 1. */
  static double share(String text) throws InvalidValueException {
    double share = -1;
    try {
      share = Double.parseDouble(text.trim());
    } catch (NumberFormatException e) {
      // Falls through to the one message for all that is no number within the bounds.
    }
    if (!(share >= 0 && share <= 1)) {
      throw new InvalidValueException(
          "'%s' is not a number from 0 to 1, such as 0.01".formatted(text));
    }
    return share;
  }

  /** Where an OTLP receiver listens. No message shows it: it may hold a token. */
  static URI endpoint(String text) throws InvalidValueException {
    URI url = httpUrl(text.trim());
    if (url == null) {
      throw new InvalidValueException(
          "is not an http or https URL, such as http://localhost:4318/v1/traces");
    }
    return url;
  }

  /** Where a gateway serves its API, without a slash at the end. */
  static String gatewayUrl(String text) throws InvalidValueException {
    String trimmed = text.trim().replaceFirst("/+$", "");
    URI url = httpUrl(trimmed);
    if (url == null || url.getQuery() != null || url.getUserInfo() != null) {
      throw new InvalidValueException(
          "'%s' is not the URL of a gateway, such as http://127.0.0.1:9090".formatted(text));
    }
    return trimmed;
  }

  private static @Nullable URI httpUrl(String text) {
    try {
      URI url = new URI(text);
      boolean http = "http".equalsIgnoreCase(url.getScheme());
      boolean https = "https".equalsIgnoreCase(url.getScheme());
      return url.getHost() != null && (http || https) ? url : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** A nick in a chat room. */
  static String nick(String text) throws InvalidValueException {
    String nick = text.strip();
    if (nick.isEmpty()
        || nick.length() > MAX_NICK
        || nick.chars().anyMatch(Character::isISOControl)
        || Jid.parse("a/" + nick) == null) {
      throw new InvalidValueException(
          "is no nick: give 1 to %d characters, none of them for control".formatted(MAX_NICK));
    }
    return nick;
  }

  /** Name and value of {@code Name: value}. No message shows the value: it is often a token. */
  static Map.Entry<String, String> header(String text) throws InvalidValueException {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new InvalidValueException("is not 'Name: value', such as 'Authorization: Bearer …'");
    }
    Map.Entry<String, String> header =
        Map.entry(text.substring(0, colon).trim(), text.substring(colon + 1).trim());
    try {
      WebhookSettings.checkHeader(header);
      return header;
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException(String.valueOf(e.getMessage()));
    }
  }

  /** A list of statuses and ranges of them, or {@code none}. */
  static Set<Integer> statuses(String text) throws InvalidValueException {
    if (text.trim().equalsIgnoreCase("none")) {
      return Set.of();
    }
    Set<Integer> statuses = new TreeSet<>();
    for (String part : text.split(",", -1)) {
      Matcher range = STATUSES.matcher(part.trim());
      int first = range.matches() ? Integer.parseInt(range.group(1)) : 0;
      int last = first > 0 && range.group(2) != null ? Integer.parseInt(range.group(2)) : first;
      if (first < LOWEST_STATUS || last > HIGHEST_STATUS || last < first) {
        throw new InvalidValueException(
            "'%s' is not a status from %d to %d, nor a range like 500-599, nor none"
                .formatted(part.trim(), LOWEST_STATUS, HIGHEST_STATUS));
      }
      for (int status = first; status <= last; status++) {
        statuses.add(status);
      }
    }
    return statuses;
  }
}
