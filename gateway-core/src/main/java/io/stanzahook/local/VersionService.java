package io.stanzahook.local;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlElement;

/**
 * Tells the program's name and version (XEP-0092), and not the operating system: that would help an
 * attacker more than anyone else.
 */
final class VersionService implements IqGetService {
  private static final String PROGRAM = "Stanzahook";

  private final XmlElement answer;

  VersionService(String version) {
    answer =
        XmlElement.builder(Namespaces.VERSION, "query")
            .textChild(Namespaces.VERSION, "name", PROGRAM)
            .textChild(Namespaces.VERSION, "version", version)
            .build();
  }

  @Override
  public String namespace() {
    return Namespaces.VERSION;
  }

  @Override
  public String name() {
    return "query";
  }

  @Override
  public OutboundStanza answerGet(Iq get) {
    return OutboundStanza.result(get, answer);
  }
}
