package io.stanzahook.app.config;

import io.stanzahook.webhook.PostFormat;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The forms of the webhook's URL, headers and statuses, which {@code webhook} knows. Messages show
 * neither the URL nor a header's value: they often hold a token.
 */
final class WebhookValues {
  private static final Pattern STATUSES = Pattern.compile("(\\d{3})(?: ?- ?(\\d{3}))?");

  /** Lower ones are no failures. */
  private static final int LOWEST_STATUS = 300;

  private static final int HIGHEST_STATUS = 599;

  private WebhookValues() {}

  /** The URL as given, once it was found usable. */
  static String url(String text) throws InvalidValueException {
    String url = text.trim();
    try {
      UrlTemplate.parse(url);
      return url;
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException(String.valueOf(e.getMessage()));
    }
  }

  /** What requests hold, by its name. */
  static PostFormat format(String text) throws InvalidValueException {
    List<String> names = Arrays.stream(PostFormat.values()).map(PostFormat::label).toList();
    String name = text.trim().toLowerCase(Locale.ROOT);
    for (PostFormat format : PostFormat.values()) {
      if (format.label().equals(name)) {
        return format;
      }
    }
    throw new InvalidValueException(
        "'%s' is none of %s%s"
            .formatted(text, String.join(", ", names), Suggestion.suffix(text, names)));
  }

  /** Name and value of {@code Name: value}. */
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
