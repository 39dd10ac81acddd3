package io.stanzahook.local;

import io.stanzahook.stanza.CommandCall;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All local services of one component. If a kind of stanza does not go to the webhook, every stanza
 * of it is handled here, even if only by not answering. Of the other kinds, only pings, malformed
 * iq requests and questions about a {@link Face} of the settings are handled here. Messages are
 * never answered here.
 *
 * <p>An iq request gets exactly one answer (RFC 6120, 8.2.3), an iq result or error none. Stanzas
 * from the component's own domain get no answer, so that two automatic repliers cannot keep each
 * other busy. Only pings are answered, because they end with their answer.
 */
final class LocalServices implements LocalService {
  private final String domain;
  private final Set<StanzaKind> posted;
  private final LocalService ping;
  private final List<LocalService> services;
  private final List<XmlElement> presence;
  private final @Nullable CommandService commands;

  /** Of all kinds; null where these are. */
  private final @Nullable LocalServices all;

  private LocalServices(
      String domain,
      Set<StanzaKind> posted,
      LocalService ping,
      List<LocalService> services,
      List<XmlElement> presence,
      @Nullable CommandService commands,
      @Nullable LocalServices all) {
    this.commands = commands;
    this.presence = List.copyOf(presence);
    this.all = all;
    this.domain = domain;
    this.posted = Set.copyOf(posted);
    this.ping = ping;
    this.services = List.copyOf(services);
  }

  /**
   * The services that are local with these settings.
   *
   * @param domain the component's
   * @param posted the kinds of stanza that go to the webhook
   * @param clock the clock for requests that ask for the time
   * @param remembered from before these settings
   */
  static LocalServices of(
      String domain,
      Set<StanzaKind> posted,
      LocalSettings settings,
      InstantSource clock,
      Remembered remembered) {
    IqGetService ping = new PingService();
    List<LocalService> services = new ArrayList<>();
    services.add(new MalformedIqService());
    Face face = Face.of(settings, remembered.subscribers());
    if (face != null) {
      services.add(face);
    }
    CommandService commands = remembered.commands();
    if (commands != null) {
      services.add(commands);
    }
    Capabilities capabilities = null;
    if (!posted.contains(StanzaKind.IQ)) {
      List<IqGetService> asked =
          List.of(
              new DiscoItemsService(),
              new VersionService(settings.version()),
              new TimeService(clock),
              new LastActivityService(clock));
      List<IqGetService> announced = new ArrayList<>(asked);
      announced.add(ping);
      List<String> further = new ArrayList<>(settings.features());
      if (face != null) {
        further.addAll(Face.features());
      }
      if (commands != null) {
        further.add(CommandCall.NAMESPACE);
      }
      DiscoInfoService info = new DiscoInfoService(settings.name(), announced, further);
      capabilities = info.botCapabilities();
      services.add(info);
      services.addAll(asked);
      services.add(new UnservedIqService());
    }
    List<XmlElement> said = new ArrayList<>();
    if (capabilities != null) {
      said.add(capabilities.element());
    }
    if (face != null) {
      said.addAll(face.presence());
    }
    if (!posted.contains(StanzaKind.PRESENCE)) {
      services.add(new PresenceService(said, remembered.contacts(), face));
    }
    return new LocalServices(
        domain,
        posted,
        ping,
        services,
        said,
        commands,
        posted.isEmpty() ? null : of(domain, Set.of(), settings, clock, remembered));
  }

  @Override
  public Stanza admit(Stanza stanza) {
    return commands == null ? stanza : commands.admit(stanza);
  }

  @Override
  public void leaving(List<OutboundStanza> stanzas) {
    if (commands != null) {
      commands.leaving(stanzas);
    }
  }

  @Override
  public List<XmlElement> presence() {
    return presence;
  }

  @Override
  public List<OutboundStanza> answerInstead(Stanza stanza) {
    List<OutboundStanza> answers = all == null ? answer(stanza) : all.answer(stanza);
    return answers == null ? List.of() : answers;
  }

  @Override
  public @Nullable List<OutboundStanza> answer(Stanza stanza) {
    if (stanza.kind() == StanzaKind.MESSAGE || (stanza instanceof Iq iq && iq.command() != null)) {
      return null;
    }
    List<OutboundStanza> pong = ping.answer(stanza);
    if (pong != null) {
      return pong;
    }
    if (stanza.from().hasDomain(domain)) {
      return posted.contains(stanza.kind()) ? null : List.of();
    }
    for (LocalService service : services) {
      List<OutboundStanza> answers = service.answer(stanza);
      if (answers != null) {
        return answers;
      }
    }
    return null;
  }
}
