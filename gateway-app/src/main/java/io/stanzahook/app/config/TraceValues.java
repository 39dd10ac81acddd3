package io.stanzahook.app.config;

import io.stanzahook.webhook.Tracing;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** The forms of what is said about traces. */
final class TraceValues {
  private static final String EXAMPLE = "http://localhost:4318/v1/traces";

  private TraceValues() {}

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

  /** Where an OTLP receiver listens. */
  static URI endpoint(String text) throws InvalidValueException {
    try {
      URI url = new URI(text.trim());
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      if (url.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
        return url;
      }
    } catch (URISyntaxException e) {
      // Falls through to the one message; the URL itself may hold a token.
    }
    throw new InvalidValueException("is not an http or https URL, such as " + EXAMPLE);
  }

  /** Where requests stand in traces, after noting what does not go together. */
  static Tracing read(OptionValues values, Problems problems) {
    boolean on = !Boolean.FALSE.equals(values.find(TraceOptions.TRACE_CONTEXT));
    Source endpoint = values.source(TraceOptions.TRACE_ENDPOINT);
    if (!on && endpoint != null) {
      problems.add(endpoint, "there are no traces to send with --trace-context off");
    }
    Double share = values.find(TraceOptions.TRACE_SAMPLE);
    return on && share != null ? Tracing.on(share) : Tracing.OFF;
  }
}
