package io.stanzahook.local;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlElement;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** Tells the time (XEP-0202), in UTC: a service has no time zone of its own. */
final class TimeService implements IqGetService {
  private static final String NO_OFFSET = "+00:00";

  private final InstantSource clock;

  TimeService(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String namespace() {
    return Namespaces.TIME;
  }

  @Override
  public String name() {
    return "time";
  }

  @Override
  public OutboundStanza answerGet(Iq get) {
    String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return OutboundStanza.result(
        get,
        XmlElement.builder(namespace(), name())
            .textChild(namespace(), "tzo", NO_OFFSET)
            .textChild(namespace(), "utc", now)
            .build());
  }
}
