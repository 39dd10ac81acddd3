package io.stanzahook.local;

import io.stanzahook.stanza.StanzaKind;
import java.util.List;
import java.util.Set;

/**
 * What the gateway says of itself, and which kinds of stanza it leaves to the webhook.
 *
 * @param domain the component's domain
 * @param name what service discovery calls the component and its addresses
 * @param version the program's version, told to whoever asks (XEP-0092)
 * @param postKinds the kinds of stanza that go to the webhook
 * @param features what service discovery announces besides what is served here
 * @param filters which stanzas of those kinds stay here after all
 */
public record LocalSettings(
    String domain,
    String name,
    String version,
    Set<StanzaKind> postKinds,
    List<String> features,
    Filters filters) {

  /** The name in service discovery, unless set otherwise. */
  public static final String DEFAULT_NAME = "Stanzahook";

  public LocalSettings {
    if (domain.isEmpty()) {
      throw new IllegalArgumentException("domain must not be empty");
    }
    postKinds = Set.copyOf(postKinds);
    features = List.copyOf(features);
  }

  /** With no further features, and without filters. */
  public LocalSettings(String domain, String name, String version, Set<StanzaKind> postKinds) {
    this(domain, name, version, postKinds, List.of(), Filters.NONE);
  }

  /** These with other features. */
  public LocalSettings withFeatures(List<String> next) {
    return new LocalSettings(domain, name, version, postKinds, next, filters);
  }

  /** These with other filters. */
  public LocalSettings withFilters(Filters next) {
    return new LocalSettings(domain, name, version, postKinds, features, next);
  }

  LocalSettings withPostKinds(Set<StanzaKind> next) {
    return new LocalSettings(domain, name, version, next, features, filters);
  }
}
