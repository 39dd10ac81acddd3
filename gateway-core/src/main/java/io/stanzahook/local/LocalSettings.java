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
                    + "`from_domain=…` and `action=post` or `action=drop`, separated by spaces; the "
                    + "first matching rule decides; repeatable, in the file a list of mappings")
        Filters filters) {

  /** The name in service discovery, unless set otherwise. */
  public static final String DEFAULT_NAME = "Stanzahook";

  public LocalSettings {
    features = List.copyOf(features);
  }

  /** With no further features, and without filters. */
  public LocalSettings(String name, String version) {
    this(name, version, List.of(), Filters.NONE);
  }

  /** These with other features. */
  public LocalSettings withFeatures(List<String> next) {
    return new LocalSettings(name, version, next, filters);
  }

  /** These with other filters. */
  public LocalSettings withFilters(Filters next) {
    return new LocalSettings(name, version, features, next);
  }
}
