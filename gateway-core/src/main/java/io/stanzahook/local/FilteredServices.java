package io.stanzahook.local;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The local services, and the filters in front of the webhook. A stanza that a rule drops stays
 * here: a message gets no answer, an iq request gets an error, and a presence is handled as if its
 * kind were not posted. With the action {@code local}, an iq is handled like that, too.
 */
final class FilteredServices implements LocalService {
  private final Set<StanzaKind> posted;
  private final Filters filters;
  private final LocalService local;
  private final LocalService presence;
  private final LocalService iq = new UnservedIqService();
  private final Consumer<Stanza> dropped;

  private FilteredServices(
      String domain,
      Set<StanzaKind> posted,
      LocalSettings settings,
      InstantSource clock,
      Consumer<Stanza> dropped,
      Remembered remembered) {
    this.posted = Set.copyOf(posted);
    this.filters = settings.filters();
    this.local = LocalServices.of(domain, posted, settings, clock, remembered);
    Set<StanzaKind> others = EnumSet.allOf(StanzaKind.class);
    others.retainAll(posted);
    others.remove(StanzaKind.PRESENCE);
    this.presence = LocalServices.of(domain, others, settings, clock, remembered);
    this.dropped = dropped;
  }

  /**
   * The services with these settings and their filters, if any.
   *
   * @param domain the component's
   * @param posted the kinds of stanza that go to the webhook
   * @param clock the clock for requests that ask for the time
   * @param dropped is called with messages and iqs that a rule dropped
   * @param remembered from before these settings
   */
  static LocalService of(
      String domain,
      Set<StanzaKind> posted,
      LocalSettings settings,
      InstantSource clock,
      Consumer<Stanza> dropped,
      Remembered remembered) {
    return settings.filters().rules().isEmpty()
        ? LocalServices.of(domain, posted, settings, clock, remembered)
        : new FilteredServices(domain, posted, settings, clock, dropped, remembered);
  }

  @Override
  public @Nullable List<OutboundStanza> answer(Stanza stanza) {
    List<OutboundStanza> answers = local.answer(stanza);
    if (answers != null
        || !posted.contains(stanza.kind())
        || (stanza instanceof Iq iq && iq.command() != null)) {
      return answers;
    }
    FilterRule.Action action = filters.action(stanza);
    if (action == FilterRule.Action.POST) {
      return null;
    }
    if (stanza.kind() == StanzaKind.PRESENCE) {
      return presence.answer(stanza);
    }
    if (action == FilterRule.Action.LOCAL && stanza.kind() == StanzaKind.IQ) {
      return local.answerInstead(stanza);
    }
    dropped.accept(stanza);
    return stanza.kind() == StanzaKind.MESSAGE ? List.of() : iq.answer(stanza);
  }

  @Override
  public List<OutboundStanza> answerInstead(Stanza stanza) {
    return local.answerInstead(stanza);
  }

  @Override
  public List<XmlElement> presence() {
    return local.presence();
  }

  @Override
  public Stanza admit(Stanza stanza) {
    return local.admit(stanza);
  }

  @Override
  public void leaving(List<OutboundStanza> stanzas) {
    local.leaving(stanzas);
  }
}
