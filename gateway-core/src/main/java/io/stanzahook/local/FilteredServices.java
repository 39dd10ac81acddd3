package io.stanzahook.local;

import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The local services, and in front of the webhook the filters: of the stanzas that would go there,
 * those that a rule drops stay here. A message is met with silence, an iq request answered with an
 * error, and presence handled as if its kind were not posted.
 */
public final class FilteredServices implements LocalService {
  private final LocalSettings settings;
  private final LocalService local;
  private final LocalService presence;
  private final LocalService iq = new UnservedIqService();
  private final Consumer<Stanza> dropped;

  private FilteredServices(LocalSettings settings, InstantSource clock, Consumer<Stanza> dropped) {
    this.settings = settings;
    this.local = LocalServices.of(settings, clock);
    Set<StanzaKind> others = EnumSet.allOf(StanzaKind.class);
    others.retainAll(settings.postKinds());
    others.remove(StanzaKind.PRESENCE);
    this.presence = LocalServices.of(settings.withPostKinds(others), clock);
    this.dropped = dropped;
  }

  /**
   * The services under those settings, with their filters, if any.
   *
   * @param clock what tells the time to whoever asks
   * @param dropped told of messages and iqs that a rule dropped
   */
  public static LocalService of(
      LocalSettings settings, InstantSource clock, Consumer<Stanza> dropped) {
    return settings.filters().rules().isEmpty()
        ? LocalServices.of(settings, clock)
        : new FilteredServices(settings, clock, dropped);
  }

  @Override
  public @Nullable List<OutboundStanza> answer(Stanza stanza) {
    List<OutboundStanza> answers = local.answer(stanza);
    if (answers != null
        || !settings.postKinds().contains(stanza.kind())
        || !settings.filters().drop(stanza)) {
      return answers;
    }
    if (stanza.kind() == StanzaKind.PRESENCE) {
      return presence.answer(stanza);
    }
    dropped.accept(stanza);
    return stanza.kind() == StanzaKind.MESSAGE ? List.of() : iq.answer(stanza);
  }
}
