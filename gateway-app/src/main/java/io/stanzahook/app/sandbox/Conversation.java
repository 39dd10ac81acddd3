package io.stanzahook.app.sandbox;

import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A chat user who sends messages that are typed or given. For one thread. */
final class Conversation {
  /** The user. */
  static final Jid USER = Jid.of("you@localhost/sandbox");

  /** The messages that are sent if there are no others. */
  static final List<String> DEFAULT_MESSAGES =
      List.of(
          "Hello!",
          "Is <anybody> \"there\" & listening?",
          "Gr\u00FC\u00DFe, \u4F60\u597D \uD83D\uDC4B");

  /** How long input that is not a terminal may take to bring its first line. */
  private static final Duration FIRST_LINE = Duration.ofSeconds(1);

  private static final Duration GLANCE = Duration.ofMillis(200);
  private static final String XML = "/xml ";

  private final Exchange exchange;
  private final UserStanzas stanzas;
  private final PrintStream out;
  private int ids;
  private int sent;
  private int answered;

  Conversation(Exchange exchange, Jid bot, PrintStream out) {
    this.exchange = exchange;
    this.stanzas = new UserStanzas(bot, this::nextId);
    this.out = out;
  }

  /**
   * Sends these messages.
   *
   * @return whether each of them was answered
   */
  boolean say(List<String> texts) throws InterruptedException {
    for (String text : texts) {
      speak(text);
    }
    summary();
    return answered == sent;
  }

  /**
   * Sends each line as a message; if there are no lines, the default messages.
   *
   * @return as {@link #say}
   */
  boolean sayLines(TypedLines lines) throws InterruptedException {
    if (!lines.await(FIRST_LINE) || lines.ended()) {
      return say(DEFAULT_MESSAGES);
    }
    do {
      // No time limit: after the first line, there may be more.
      if (lines.ended() || !line(lines.take())) {
        break;
      }
    } while (awaitLine(lines));
    summary();
    return answered == sent;
  }

  /** Sends what a person types, until the end of input or {@code /quit}. */
  void talk(TypedLines lines, boolean prompts) throws InterruptedException {
    out.println("Type a message and press Enter. /help shows the other commands, /quit ends.");
    out.println();
    do {
      if (prompts) {
        out.print("you> ");
        out.flush();
      }
    } while (awaitLine(lines) && !lines.ended() && line(lines.take()));
    out.println();
  }

  private boolean awaitLine(TypedLines lines) throws InterruptedException {
    while (!lines.await(GLANCE)) {
      exchange.showLate();
    }
    return true;
  }

  /** Does what a line says. Returns false if that is to end. */
  private boolean line(String line) throws InterruptedException {
    if (line.equals("/quit")) {
      return false;
    }
    if (line.equals("/help")) {
      out.println("TEXT          sends it as a chat message, even if it begins with another /");
      out.println(
          "/xml STANZA   sends that message, presence or iq alone; missing to, from and"
              + " id are filled in");
      out.println("/quit         ends, as does the end of input (Ctrl-D)");
    } else if (line.startsWith(XML)) {
      OutboundStanza stanza = stanza(line.substring(XML.length()));
      if (stanza != null) {
        send(stanza);
        out.println();
      }
    } else if (!line.isEmpty()) {
      speak(line);
    }
    return true;
  }

  /**
   * Sends it like a client, which shows before that its user types, and after that a reply was
   * read.
   */
  private void speak(String text) throws InterruptedException {
    exchange.tell("typing", "<composing/>", typing());
    send(message(text));
    Message reply = exchange.reply();
    String id = reply == null ? null : reply.id();
    if (id != null) {
      exchange.tell("has read", "<displayed/>", displayed(id));
    }
    out.println();
    out.flush();
  }

  private void send(OutboundStanza stanza) throws InterruptedException {
    sent++;
    if (exchange.send(stanza) == Exchange.Outcome.ANSWERED) {
      answered++;
    }
  }

  private void summary() {
    out.println(
        "%d %s sent, %d answered%s"
            .formatted(
                sent,
                sent == 1 ? "message" : "messages",
                answered,
                answered == sent ? "." : ", %d not.".formatted(sent - answered)));
    out.flush();
  }

  private String nextId() {
    return "sandbox-" + ++ids;
  }

  /** With what clients add: a chat state, and the wish to know when it was received and read. */
  private OutboundStanza message(String text) {
    return OutboundStanza.of(
        stanzas
            .text(USER, text)
            .child(XmlElement.empty(Namespaces.RECEIPTS, "request"))
            .child(XmlElement.empty(UserStanzas.CHAT_MARKERS, "markable"))
            .build());
  }

  /** A chat state (XEP-0085). */
  private OutboundStanza typing() {
    return stanzas.typing(USER, "sandbox-typing-" + (ids + 1));
  }

  /** A chat marker (XEP-0333) with a state. */
  private OutboundStanza displayed(String id) {
    return OutboundStanza.of(
        stanzas
            .read(USER, id, "sandbox-read-" + ids)
            .child(XmlElement.empty(Namespaces.CHAT_STATES, "active"))
            .build());
  }

  private @Nullable OutboundStanza stanza(String xml) {
    try {
      return stanzas.whole(USER, xml);
    } catch (XmlException | IllegalArgumentException e) {
      out.println("That cannot be sent: " + e.getMessage());
      return null;
    }
  }
}
