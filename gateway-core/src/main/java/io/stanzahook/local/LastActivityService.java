package io.stanzahook.local;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlElement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Answers how long the component has been up (XEP-0012, 4), and that every address under it is
 * active now: always on, never idle.
 */
final class LastActivityService implements IqGetService {
  private final InstantSource clock;
  private final Instant start;

  /** Counts from now. */
  LastActivityService(InstantSource clock) {
    this.clock = clock;
    this.start = clock.instant();
  }

  @Override
  public String namespace() {
    return Namespaces.LAST;
  }

  @Override
  public String name() {
    return "query";
  }

  @Override
  public OutboundStanza answerGet(Iq get) {
    long seconds = get.to().isDomain() ? Duration.between(start, clock.instant()).toSeconds() : 0;
    return OutboundStanza.result(
        get,
        XmlElement.builder(namespace(), name())
            // A clock set back must not make a negative number.
            .attribute("seconds", Long.toString(Math.max(0, seconds)))
            .build());
  }
}
