package io.stanzahook.local;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlElement;

/**
 * Answers with the program's name and version (XEP-0092), but not with the operating system, which
 * would help attackers most.
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
