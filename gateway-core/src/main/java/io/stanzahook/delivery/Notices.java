package io.stanzahook.delivery;

import io.stanzahook.settings.Setting;
import io.stanzahook.stanza.Namespaces;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What senders of messages are told beside what the webhook replies, where they ask for it.
 *
 * @param receipts whether a message that the webhook took is receipted (XEP-0184)
 * @param composing how long the webhook may take before its work is shown as writing (XEP-0085);
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

  /** What service discovery is to announce because of them. */
  public List<String> features() {
    return receipts
        ? composing == null
            ? List.of(Namespaces.RECEIPTS)
            : List.of(Namespaces.RECEIPTS, Namespaces.CHAT_STATES)
        : composing == null ? List.of() : List.of(Namespaces.CHAT_STATES);
  }
}
