package io.stanzahook.app.console;

import java.util.List;
import java.util.Map;

/**
 * An HTTP request or response.
 *
 * @param line method and URL, or status and reason
 * @param headers in their order, credentials hidden
 * @param body the beginning of its body, as text
 * @param cut whether the body is longer
 */
public record SeenMessage(
    String line, List<Map.Entry<String, String>> headers, String body, boolean cut) {
  public SeenMessage {
    headers = List.copyOf(headers);
  }

  /** This message, shortened to what is kept. */
  SeenMessage shortened() {
    List<Map.Entry<String, String>> kept =
        headers.stream()
            .limit(RecentDeliveries.MAX_HEADERS)
            .map(
                header ->
                    Map.entry(
                        RecentDeliveries.cut(header.getKey()),
                        RecentDeliveries.cut(header.getValue())))
            .toList();
    boolean tooLong = body.length() > RecentDeliveries.MAX_BODY;
    return new SeenMessage(
        RecentDeliveries.cut(line),
        kept,
        tooLong ? body.substring(0, RecentDeliveries.MAX_BODY) : body,
        cut || tooLong);
  }
}
