package io.stanzahook.local;

import io.stanzahook.stanza.StanzaKind;
import java.util.Set;

/**
 * What the gateway says of itself, and which kinds of stanza it leaves to the webhook.
 *
 * @param domain the component's domain
 * @param name what service discovery calls the component and its addresses
 * @param version the program's version, told to whoever asks (XEP-0092)
 * @param postKinds the kinds of stanza that go to the webhook
 */
public record LocalSettings(String domain, String name, String version, Set<StanzaKind> postKinds) {

  /** The name in service discovery, unless set otherwise. */
  public static final String DEFAULT_NAME = "Stanzahook";

  public LocalSettings {
    if (domain.isEmpty()) {
      throw new IllegalArgumentException("domain must not be empty");
    }
    postKinds = Set.copyOf(postKinds);
  }
}
