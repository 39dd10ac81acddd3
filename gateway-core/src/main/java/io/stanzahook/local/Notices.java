package io.stanzahook.local;

import io.stanzahook.settings.Setting;
import io.stanzahook.stanza.Namespaces;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What senders of messages get besides the replies of the webhook, if they ask for it.
 *
 * @param receipts whether a message that the webhook accepted gets a receipt (XEP-0184)
 * @param composing after how long the sender is shown that an answer is being written (XEP-0085);
 *     null for never
 */
public record Notices(
    @Setting(
            name = "receipts",
            fallback = "false",
            help =
                "sends a receipt (XEP-0184) for a message that asks for one, when the webhook "
                    + "has answered it with a 2xx")
        boolean receipts,
    @Setting(
            name = "composing",
            value = "DURATION|off",
            fallback = "off",
            min = 10,
            max = 5 * 60_000,
            help =
                "shows senders whose client supports chat states (XEP-0085) that an answer is "
                    + "being written, if the webhook takes longer than this; `off`: never")
        @Nullable Duration composing) {
  /** Nothing but replies. */
  public static final Notices NONE = new Notices(false, null);

  /** The features that service discovery announces because of them. */
  public List<String> features() {
    return receipts
        ? composing == null
            ? List.of(Namespaces.RECEIPTS)
            : List.of(Namespaces.RECEIPTS, Namespaces.CHAT_STATES)
        : composing == null ? List.of() : List.of(Namespaces.CHAT_STATES);
  }
}
