package io.stanzahook.local;

import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The local services of a component whose name, picture, commands and filters may change while it
 * runs. What goes on meanwhile goes on: executions of commands that stay as they are.
 *
 * <p>Thread-safe.
 */
public final class LiveServices implements LocalService {
  private final String domain;
  private final Set<StanzaKind> posted;
  private final InstantSource clock;
  private final Consumer<Stanza> dropped;
  private final Contacts contacts = new Contacts();
  private final Subscribers subscribers = new Subscribers();
  private volatile LocalService current;

  /** Under the lock. */
  private @Nullable CommandService commands;

  /** Under the lock. */
  private LocalSettings settings;

  /**
   * The services with these settings.
   *
   * @param domain the component's
   * @param posted the kinds of stanza that go to the webhook
   * @param clock the clock for requests that ask for the time
   * @param dropped is called with messages and iqs that a filter dropped
   */
  public LiveServices(
      String domain,
      Set<StanzaKind> posted,
      LocalSettings settings,
      InstantSource clock,
      Consumer<Stanza> dropped) {
    this.domain = domain;
    this.posted = Set.copyOf(posted);
    this.clock = clock;
    this.dropped = dropped;
    this.settings = settings;
    this.current = made(settings);
  }

  private synchronized LocalService made(LocalSettings next) {
    Commands given = next.commands();
    if (given == null) {
      commands = null;
    } else if (commands == null) {
      commands = new CommandService(given, domain, clock);
    } else {
      commands.change(given);
    }
    return FilteredServices.of(
        domain, posted, next, clock, dropped, new Remembered(commands, contacts, subscribers));
  }

  /**
   * Takes other settings.
   *
   * @return what tells those who know us, in its turn: presence, if it has changed, and events of
   *     name and picture; as many as {@link Contacts} and {@link Subscribers} hold, at most
   */
  public synchronized List<OutboundStanza> change(LocalSettings next) {
    LocalService before = current;
    LocalService after = made(next);
    current = after;
    List<OutboundStanza> news = new ArrayList<>();
    if (!posted.contains(StanzaKind.PRESENCE) && !before.presence().equals(after.presence())) {
      for (Contacts.Contact each : contacts.all()) {
        news.add(PresenceService.available(each.who(), each.ours(), after.presence()));
      }
    }
    news.addAll(Face.events(settings, next, new Remembered(commands, contacts, subscribers)));
    settings = next;
    return news;
  }

  @Override
  public @Nullable List<OutboundStanza> answer(Stanza stanza) {
    return current.answer(stanza);
  }

  @Override
  public List<OutboundStanza> answerInstead(Stanza stanza) {
    return current.answerInstead(stanza);
  }

  @Override
  public List<XmlElement> presence() {
    return current.presence();
  }

  @Override
  public Stanza admit(Stanza stanza) {
    return current.admit(stanza);
  }

  @Override
  public void leaving(List<OutboundStanza> stanzas) {
    current.leaving(stanzas);
  }
}
