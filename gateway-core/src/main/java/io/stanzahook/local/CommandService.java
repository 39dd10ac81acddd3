package io.stanzahook.local;

import io.stanzahook.local.Commands.Command;
import io.stanzahook.mapping.Forms;
import io.stanzahook.stanza.CommandCall;
import io.stanzahook.stanza.ErrorCondition;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaError;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ad-hoc commands (XEP-0050): lists them, asks what their forms ask, and hands each execution to
 * the webhook. The pages of one execution are a session. {@link #admit} sees what comes and {@link
 * #leaving} what goes, so that a session is as far as its answers say.
 *
 * <p>Thread-safe.
 */
final class CommandService implements LocalService {
  /** The maximum number of sessions; beyond it, the oldest ends. */
  static final int MAX_SESSIONS = 1_000;

  /** The maximum number of sessions of one sender; beyond it, their oldest ends. */
  static final int MAX_SESSIONS_OF_ONE = 10;

  /** How long a form may be left unanswered. */
  static final Duration SESSION_TIMEOUT = Duration.ofMinutes(10);

  private static final String NAME = "command";
  private static final int ID_BYTES = 12;
  private static final StanzaError UNKNOWN =
      ErrorCondition.ITEM_NOT_FOUND.error("There is no such command.");
  private static final StanzaError FORBIDDEN =
      ErrorCondition.FORBIDDEN.error("You may not execute this command.");

  private volatile Commands commands;
  private final String domain;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /** By their ids, in the order of their beginning. Under this object's lock. */
  private final Map<String, Session> sessions = new LinkedHashMap<>();

  /** An execution under way. */
  private static final class Session {
    final String node;
    final Jid by;
    final Jid at;
    final Map<String, Object> values = new LinkedHashMap<>();
    @Nullable XmlElement form;
    Instant last;

    Session(String node, Jid by, Jid at, @Nullable XmlElement form, Instant now) {
      this.node = node;
      this.by = by;
      this.at = at;
      this.form = form;
      this.last = now;
    }
  }

  /**
   * Of a component.
   *
   * @param domain the component's
   */
  CommandService(Commands commands, String domain, InstantSource clock) {
    this.commands = commands;
    this.domain = domain;
    this.clock = clock;
  }

  /** Takes other commands. Executions of those that are gone or not as they were end. */
  synchronized void change(Commands next) {
    Commands before = commands;
    sessions
        .values()
        .removeIf(each -> !Objects.equals(before.find(each.node), next.find(each.node)));
    commands = next;
  }

  /** How many executions are under way. */
  synchronized int sessions() {
    return sessions.size();
  }

  /** The stanza to process: an execution that the webhook is to get says so. */
  @Override
  public Stanza admit(Stanza stanza) {
    if (!(stanza instanceof Iq iq) || !isCommand(iq) || iq.from().hasDomain(domain)) {
      return stanza;
    }
    XmlElement asked = payload(iq, CommandCall.NAMESPACE, NAME);
    Command command = asked == null ? null : commands.find(asked.attribute("node"));
    if (asked == null || command == null || !command.mayBeExecutedBy(iq.from())) {
      return stanza;
    }
    CommandCall call = call(iq, asked, command);
    return call == null ? stanza : iq.with(call);
  }

  private static boolean isCommand(Iq iq) {
    return "set".equals(iq.type())
        && iq.isWellFormedRequest()
        && iq.hasPayload(CommandCall.NAMESPACE, NAME);
  }

  private synchronized @Nullable CommandCall call(Iq iq, XmlElement asked, Command command) {
    String action = action(asked);
    String id = asked.attribute("sessionid");
    if (action.equals("cancel") || action.equals("prev")) {
      return null;
    }
    if (id == null) {
      if (command.form() != null) {
        return null;
      }
      String fresh = begin(iq, command);
      return new CommandCall(command.node(), fresh, Map.of());
    }
    Session session = find(iq, id, command);
    XmlElement submitted = asked.child(Forms.NAMESPACE, "x");
    if (session == null || submitted == null || session.form == null) {
      return null;
    }
    Map<String, Object> values = Forms.values(submitted, Forms.types(session.form));
    if (!Forms.missing(session.form, values).isEmpty()) {
      return null;
    }
    session.values.putAll(values);
    return new CommandCall(command.node(), id, session.values);
  }

  private static String action(XmlElement asked) {
    String action = asked.attribute("action");
    return action == null ? "execute" : action;
  }

  /** Under the lock. */
  private String begin(Iq iq, Command command) {
    Instant now = clock.instant();
    sessions.values().removeIf(each -> each.last.plus(SESSION_TIMEOUT).isBefore(now));
    Jid by = iq.from().bare();
    long own = sessions.values().stream().filter(each -> each.by.bare().isSame(by)).count();
    if (own >= MAX_SESSIONS_OF_ONE || sessions.size() >= MAX_SESSIONS) {
      Iterator<Session> oldest = sessions.values().iterator();
      Session each = oldest.next();
      while (own >= MAX_SESSIONS_OF_ONE && !each.by.bare().isSame(by)) {
        each = oldest.next();
      }
      oldest.remove();
    }
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    sessions.put(id, new Session(command.node(), iq.from(), iq.to(), command.form(), now));
    return id;
  }

  /** Under the lock: the session of that id, if it is this sender's and not too old. */
  private @Nullable Session find(Iq iq, String id, Command command) {
    Session session = sessions.get(id);
    Instant now = clock.instant();
    if (session == null
        || !session.node.equals(command.node())
        || !session.by.isSame(iq.from())
        || !session.at.isSame(iq.to())) {
      return null;
    }
    if (session.last.plus(SESSION_TIMEOUT).isBefore(now)) {
      sessions.remove(id);
      return null;
    }
    session.last = now;
    return session;
  }

  /** Looks at what is sent: an answer with a form goes on with its session, another ends it. */
  @Override
  public void leaving(List<OutboundStanza> stanzas) {
    for (int i = 0; i < stanzas.size(); i++) {
      OutboundStanza stanza = stanzas.get(i);
      XmlElement command =
          stanza.kind() == StanzaKind.IQ
              ? stanza.element().child(CommandCall.NAMESPACE, NAME)
              : null;
      String id = command == null ? null : command.attribute("sessionid");
      if (command != null && id != null) {
        answered(id, command);
      }
    }
  }

  private synchronized void answered(String id, XmlElement command) {
    Session session = sessions.get(id);
    if (session != null) {
      XmlElement form = command.child(Forms.NAMESPACE, "x");
      if ("executing".equals(command.attribute("status")) && form != null) {
        session.form = form;
        session.last = clock.instant();
      } else {
        sessions.remove(id);
      }
    }
  }

  // ------------------------------------------------------------ what the gateway answers itself

  @Override
  public @Nullable List<OutboundStanza> answer(Stanza stanza) {
    if (!(stanza instanceof Iq iq) || !iq.isWellFormedRequest()) {
      return null;
    }
    if (isCommand(iq)) {
      XmlElement asked = payload(iq, CommandCall.NAMESPACE, NAME);
      Command command = asked == null ? null : commands.find(asked.attribute("node"));
      return asked == null || command == null ? error(iq, UNKNOWN) : execute(iq, asked, command);
    }
    if (!"get".equals(iq.type())) {
      return null;
    }
    if (iq.hasPayload(Namespaces.DISCO_ITEMS, "query")) {
      XmlElement query = payload(iq, Namespaces.DISCO_ITEMS, "query");
      return query != null && CommandCall.NAMESPACE.equals(query.attribute("node"))
          ? List.of(OutboundStanza.result(iq, list(iq)))
          : null;
    }
    return iq.hasPayload(Namespaces.DISCO_INFO, "query") ? info(iq) : null;
  }

  private XmlElement list(Iq iq) {
    XmlElement.Builder items =
        XmlElement.builder(Namespaces.DISCO_ITEMS, "query")
            .attribute("node", CommandCall.NAMESPACE);
    for (Command command : commands.all()) {
      if (command.mayBeExecutedBy(iq.from())) {
        items.child(
            XmlElement.builder(Namespaces.DISCO_ITEMS, "item")
                .attribute("jid", iq.to().toString())
                .attribute("node", command.node())
                .attribute("name", command.name())
                .build());
      }
    }
    return items.build();
  }

  private @Nullable List<OutboundStanza> info(Iq iq) {
    XmlElement query = payload(iq, Namespaces.DISCO_INFO, "query");
    String node = query == null ? null : query.attribute("node");
    if (CommandCall.NAMESPACE.equals(node)) {
      return List.of(
          OutboundStanza.result(
              iq, info(CommandCall.NAMESPACE, "command-list", "Commands", List.of())));
    }
    Command command = node == null ? null : commands.find(node);
    return node == null || command == null
        ? null
        : List.of(
            OutboundStanza.result(
                iq,
                info(
                    node,
                    "command-node",
                    command.name(),
                    List.of(CommandCall.NAMESPACE, Forms.NAMESPACE))));
  }

  private static XmlElement info(String node, String type, String name, List<String> features) {
    XmlElement.Builder info =
        XmlElement.builder(Namespaces.DISCO_INFO, "query")
            .attribute("node", node)
            .child(
                XmlElement.builder(Namespaces.DISCO_INFO, "identity")
                    .attribute("category", "automation")
                    .attribute("type", type)
                    .attribute("name", name)
                    .build());
    for (String feature : features) {
      info.child(
          XmlElement.builder(Namespaces.DISCO_INFO, "feature").attribute("var", feature).build());
    }
    return info.build();
  }

  private synchronized List<OutboundStanza> execute(Iq iq, XmlElement asked, Command command) {
    if (!command.mayBeExecutedBy(iq.from())) {
      return error(iq, FORBIDDEN);
    }
    String id = asked.attribute("sessionid");
    String action = action(asked);
    if (id == null) {
      XmlElement form = command.form();
      return form == null || !action.equals("execute")
          ? error(iq, ErrorCondition.BAD_REQUEST.error("This action needs a session."))
          : result(iq, command, begin(iq, command), "executing", form, "");
    }
    Session session = find(iq, id, command);
    if (session == null) {
      // XEP-0050, 4.2.
      return error(
          iq,
          ErrorCondition.NOT_ALLOWED.error("This session has ended; execute the command again."));
    }
    if (action.equals("cancel")) {
      sessions.remove(id);
      return result(iq, command, id, "canceled", null, "");
    }
    XmlElement form = session.form;
    XmlElement submitted = asked.child(Forms.NAMESPACE, "x");
    if (action.equals("prev") || form == null || submitted == null) {
      return error(
          iq,
          ErrorCondition.BAD_REQUEST.error(
              "This action needs the form, filled in; one cannot go back to an earlier one."));
    }
    List<String> missing = Forms.missing(form, Forms.values(submitted, Forms.types(form)));
    return result(
        iq, command, id, "executing", form, "Please fill in: " + String.join(", ", missing));
  }

  private static List<OutboundStanza> result(
      Iq iq, Command command, String id, String status, @Nullable XmlElement form, String note) {
    return List.of(
        OutboundStanza.result(
            iq, CommandCall.answer(command.node(), id, status, form, "error", note)));
  }

  private static List<OutboundStanza> error(Iq iq, StanzaError error) {
    OutboundStanza answer = OutboundStanza.error(iq, error);
    List<OutboundStanza> answers = new ArrayList<>(1);
    if (answer != null) {
      answers.add(answer);
    }
    return answers;
  }

  private static @Nullable XmlElement payload(Iq iq, String namespace, String name) {
    try {
      return iq.xml().parse(XmlLimits.INBOUND).child(namespace, name);
    } catch (XmlException e) {
      // Larger than a tree may be: nobody fills in such a form.
      return null;
    }
  }
}
