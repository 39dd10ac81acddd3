package io.stanzahook.delivery;

import io.stanzahook.local.Notices;
import io.stanzahook.settings.Setting;
import io.stanzahook.stanza.StanzaKind;
import java.time.Duration;
import java.util.Set;

/**
 * How stanzas flow to the webhook.
 *
 * @param flow how much at once
 * @param retry which deliveries are tried again
 * @param notices what senders are told beside the replies
 */
public record DispatchSettings(
    @Setting(
            name = "post-stanzas",
            value = "LIST",
            fallback = "message",
            help =
                "kinds of stanza that go to the webhook: any of `message,presence,iq` "
                    + "(`component_post_stanzas`)")
        Set<StanzaKind> postKinds,
    FlowSettings flow,
    @Setting(
            name = "order",
            value = "ORDER",
            fallback = "conversation",
            help =
                "`conversation`: stanzas between the same two bare JIDs are POSTed one after "
                    + "another, in order, and their replies leave in that order; `none`: no order")
        Order order,
    @Setting(
            name = "queue-timeout",
            value = "DURATION",
            fallback = "60s",
            min = 1,
            max = 24 * Setting.HOUR,
            help =
                "a stanza that waits longer is answered with `resource-constraint`; does not "
                    + "apply to messages that `--spool` keeps")
        Duration queueTimeout,
    @Setting(
            name = "iq-timeout",
            value = "DURATION",
            fallback = "25s",
            min = 1,
            max = 24 * Setting.HOUR,
            help = "an iq is answered within this time, if necessary with an error")
        Duration iqTimeout,
    RetrySettings retry,
    Notices notices) {

  public DispatchSettings {
    postKinds = Set.copyOf(postKinds);
  }

  /** What is kept in order. */
  public enum Order {
    /** Stanzas of one pair of bare addresses, one after another. */
    CONVERSATION,
    /** Nothing. */
    NONE
  }
}
