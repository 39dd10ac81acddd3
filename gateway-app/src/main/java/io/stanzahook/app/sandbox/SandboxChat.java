package io.stanzahook.app.sandbox;

import io.stanzahook.app.console.Chat;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.ComponentServerListener;
import io.stanzahook.stanza.ContentNamespace;
import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.PayloadName;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The conversation of a sandbox, from wherever its users write: the console's page, or the
 * terminal. It sees what comes to the gateway and what the server gets from it. Off until somebody
 * {@linkplain #server watches the server}: under load nobody follows a conversation.
 *
 * <p>Any thread may call; a short lock guards the lines.
 */
public final class SandboxChat implements Chat, DeliveryListener {
  /** How many characters of the XML and the text of a stanza are kept. */
  private static final int MAX_TEXT = 4096;

  private static final int MAX_NAME = 200;
  private static final String RESOURCE = "/sandbox";
  private static final String STARTING = "the sandbox is still starting";

  private final Jid bot;
  private final UserStanzas stanzas;
  private final AtomicReference<@Nullable ComponentServer> server = new AtomicReference<>();
  private final AtomicReference<@Nullable CalledWebhook> webhook = new AtomicReference<>();
  private final Deque<Line> lines = new ArrayDeque<>();
  private volatile boolean on;
  private long revision;
  private long number;
  private int ids;

  /** A conversation with the bot of a component. */
  public SandboxChat(String domain) {
    this.bot = Sandbox.bot(domain);
    this.stanzas = new UserStanzas(bot, this::nextId);
  }

  /** A listener that tells the given one and this conversation what the server gets. */
  public ComponentServerListener server(ComponentServerListener own) {
    on = true;
    return new ComponentServerListener() {
      @Override
      public void received(Stanza stanza) {
        own.received(stanza);
        add(stanza, true);
      }
    };
  }

  /** Users may write from now on. */
  public void open(ComponentServer running, CalledWebhook called) {
    webhook.set(called);
    server.set(running);
  }

  @Override
  public String webhook() {
    CalledWebhook called = webhook.get();
    return called == null ? "" : called.url();
  }

  @Override
  public boolean isEcho() {
    CalledWebhook called = webhook.get();
    return called != null && called.isEcho();
  }

  @Override
  public String useWebhook(String url) {
    CalledWebhook called = webhook.get();
    if (called == null) {
      throw new IllegalArgumentException(STARTING);
    }
    called.use(url);
    synchronized (lines) {
      revision++;
    }
    return called.url();
  }

  @Override
  public long revision() {
    synchronized (lines) {
      return revision;
    }
  }

  @Override
  public List<Line> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  @Override
  public void received(Stanza stanza) {
    add(stanza, false);
  }

  @Override
  public void waiting(Stanza stanza, String webhookId) {
    delivered(stanza, webhookId);
  }

  @Override
  public void calling(Stanza stanza, String webhookId, int attempt) {
    if (attempt == 1) {
      delivered(stanza, webhookId);
    }
  }

  private void add(Stanza stanza, boolean fromBot) {
    if (!on) {
      return;
    }
    String text = stanza instanceof Message message ? message.body() : null;
    synchronized (lines) {
      lines.add(
          new Line(
              ++number,
              System.currentTimeMillis(),
              fromBot,
              stanza.from().toString(),
              stanza.to().toString(),
              stanza.isError(),
              cut(Objects.requireNonNullElse(text, "")),
              what(stanza),
              cut(new String(stanza.xml().utf8(), StandardCharsets.UTF_8)),
              ""));
      if (lines.size() > MAX_LINES) {
        lines.removeFirst();
      }
      revision++;
    }
  }

  /** A delivery began. Its stanza shows which line it belongs to. */
  private void delivered(Stanza stanza, String webhookId) {
    if (!on) {
      return;
    }
    String xml = cut(new String(stanza.xml().utf8(), StandardCharsets.UTF_8));
    synchronized (lines) {
      Line found = null;
      for (Line line : lines) {
        if (!line.bot() && line.xml().equals(xml)) {
          found = line.webhookId().isEmpty() || found == null ? line : found;
          if (line.webhookId().isEmpty()) {
            break;
          }
        }
      }
      if (found == null || found.webhookId().equals(webhookId)) {
        return;
      }
      Line known = found;
      List<Line> all = List.copyOf(lines);
      lines.clear();
      for (Line line : all) {
        lines.add(line.number() == known.number() ? with(line, webhookId) : line);
      }
      revision++;
    }
  }

  private static Line with(Line line, String webhookId) {
    return new Line(
        line.number(),
        line.at(),
        line.bot(),
        line.from(),
        line.to(),
        line.error(),
        line.text(),
        line.what(),
        line.xml(),
        webhookId);
  }

  private static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
  }

  private static String what(Stanza stanza) {
    if (stanza.isError()) {
      return error(new String(stanza.xml().utf8(), StandardCharsets.UTF_8));
    }
    if (stanza.hasPayload(Namespaces.CHAT_STATES, "composing")) {
      return "is typing";
    }
    if (stanza.hasPayload(UserStanzas.CHAT_MARKERS, "displayed")) {
      return "has read the message";
    }
    if (stanza.hasPayload(Namespaces.RECEIPTS, "received")) {
      return "has received the message";
    }
    StringBuilder what = new StringBuilder(stanza.kind().elementName());
    if (stanza.type() != null) {
      what.append(' ').append(stanza.type());
    }
    if (stanza instanceof Iq && !stanza.payloads().isEmpty()) {
      PayloadName payload = stanza.payloads().get(0);
      what.append(": ").append(payload.name()).append(' ').append(payload.namespace());
    }
    return what.toString();
  }

  /** The condition and the text of an error, as RFC 6120, 8.3 has them. */
  private static String error(String xml) {
    XmlElement error;
    try {
      error =
          ContentNamespace.adopt(XmlParser.parse(xml, XmlLimits.OUTBOUND))
              .child(Namespaces.COMPONENT, "error");
    } catch (XmlException e) {
      error = null;
    }
    String condition = "";
    String text = "";
    for (XmlElement each : error == null ? List.<XmlElement>of() : error.elements()) {
      if (each.is(Namespaces.STANZA_ERRORS, "text")) {
        text = ": " + each.text();
      } else if (each.namespace().equals(Namespaces.STANZA_ERRORS)) {
        condition = each.name();
      }
    }
    return cut(condition + text);
  }

  @Override
  public Mono<Void> say(Saying saying) {
    ComponentServer running = server.get();
    if (running == null) {
      throw new IllegalArgumentException(STARTING);
    }
    return running.send(stanza(saying));
  }

  private OutboundStanza stanza(Saying saying) {
    Jid user = user(saying.user());
    String text = saying.text();
    return switch (saying.kind()) {
      case TEXT -> OutboundStanza.of(stanzas.text(user, text).build());
      case TYPING -> stanzas.typing(user, nextId());
      case READ -> {
        String id = nextId();
        yield OutboundStanza.of(stanzas.read(user, lastTo(user), id).build());
      }
      case ROOM ->
          OutboundStanza.of(
              stanzas
                  .message(room(saying), "groupchat", nextId())
                  .textChild(Namespaces.COMPONENT, "body", text)
                  .build());
      case IQ -> whole("<iq type='get'>" + text + "</iq>", user);
      case XML -> whole(text, user);
    };
  }

  private synchronized String nextId() {
    return "page-" + ++ids;
  }

  private Jid user(String name) {
    String given = name.isBlank() ? "you" : name.strip();
    Jid jid =
        given.length() > MAX_NAME
            ? null
            : Jid.parse(
                given.indexOf('/') >= 0
                    ? given
                    : given.indexOf('@') >= 0 ? given + RESOURCE : given + "@localhost" + RESOURCE);
    if (jid == null || jid.hasDomain(bot.domain())) {
      throw new IllegalArgumentException(
          "'%s' cannot be a user: write a name like ann, or an address like ann@localhost"
              .formatted(cut(given)));
    }
    return jid;
  }

  private Jid room(Saying saying) {
    String name = saying.room().isBlank() ? "room@conference.localhost" : saying.room().strip();
    Jid user = user(saying.user());
    Jid room =
        name.length() > MAX_NAME
            ? null
            : Jid.parse(name + "/" + user.bare().toString().split("@", 2)[0]);
    if (room == null || name.indexOf('@') < 1 || room.hasDomain(bot.domain())) {
      throw new IllegalArgumentException(
          "the room needs an address like room@conference.localhost");
    }
    return room;
  }

  private String lastTo(Jid user) {
    String last = null;
    synchronized (lines) {
      for (Line line : lines) {
        if (line.bot() && line.to().equals(user.toString()) && !line.text().isEmpty()) {
          last = idOf(line.xml());
        }
      }
    }
    if (last == null) {
      throw new IllegalArgumentException("the bot has said nothing yet that could be read");
    }
    return last;
  }

  private static @Nullable String idOf(String xml) {
    try {
      return XmlParser.parse(xml, XmlLimits.OUTBOUND).attribute("id");
    } catch (XmlException e) {
      return null;
    }
  }

  private OutboundStanza whole(String xml, Jid user) {
    try {
      return stanzas.whole(user, xml);
    } catch (XmlException e) {
      throw new IllegalArgumentException("that is no stanza: " + e.getMessage());
    }
  }
}
