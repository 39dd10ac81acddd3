package io.stanzahook.local;

import io.stanzahook.settings.Setting;
import java.util.List;

/**
 * What the gateway says about itself, and which stanzas it does not post.
 *
 * @param name what service discovery calls the component and its addresses
 * @param version the program's version, for requests that ask for it (XEP-0092)
 * @param features what service discovery announces besides what is served here
 */
public record LocalSettings(
    String name,
    String version,
    List<String> features,
    @Setting(
            name = "filters",
            value = "RULE",
            help =
                "which of those stanzas go to the webhook: `kind=…`, `type=…`, `has_body=…`, "
                    + "`from_domain=…`, `payload=…`, `node=…`, `chat_state`, `in_room=…` and "
                    + "`action=post`, `action=drop` or `action=local`, separated by spaces; the "
                    + "first matching rule decides; repeatable, in the file a list of mappings")
        Filters filters) {

  /** The name in service discovery, unless set otherwise. */
  public static final String DEFAULT_NAME = "Stanzahook";

  public LocalSettings {
    features = List.copyOf(features);
  }
}
