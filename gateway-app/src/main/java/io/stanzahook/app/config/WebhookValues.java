package io.stanzahook.app.config;

import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookSettings;
import java.util.Map;

/**
 * The forms of the webhook's URL and headers, which {@code webhook} knows. Messages show neither
 * the URL nor a header's value: they often hold a token.
 */
final class WebhookValues {
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
}
