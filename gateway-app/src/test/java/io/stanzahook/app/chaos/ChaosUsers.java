package io.stanzahook.app.chaos;

import io.stanzahook.stanza.Iq;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stream.ComponentSettings;
import io.stanzahook.stream.ComponentStream;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.stream.StreamStatus;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * The users of a cluster: a component of the same server. Behind each {@link #PING_EVERY} messages
 * they ask what the gateway's component can do; the two edges answer differently. Messages between
 * two questions that the same edge answered were taken by that edge, so they are safe.
 *
 * <p>Thread-safe.
 */
final class ChaosUsers {
  private static final int PING_EVERY = 50;
  private static final int CONVERSATIONS = 2000;

  private final ChaosLedger ledger;
  private final String domain;
  private final String gateway;
  private final int rate;
  private final Random random;
  private final ComponentStream stream;
  private final int[] numbers = new int[CONVERSATIONS];
  private final Thread sender = new Thread(this::send, "users");
  private volatile boolean connected;
  private volatile boolean ending;

  /** What was sent since the last question that was answered, and the questions. */
  private final ArrayDeque<Object> sent = new ArrayDeque<>();

  private final List<int[]> since = new ArrayList<>();
  private @Nullable String lastEdge;
  private int questions;

  /** The last question that an edge answered. */
  private int answered = -1;

  private int bounced;

  /** The time without an answer, the longest, and when the last one came. */
  private long silence;

  private long answeredAt = System.nanoTime();

  /** A question; null as long as there is no answer, empty where it bounced. */
  private static final class Question {
    final int number;
    @Nullable String edge;

    Question(int number) {
      this.number = number;
    }
  }

  /**
   * Connects.
   *
   * @param gateway the domain of the gateway's component
   * @param rate messages a second
   */
  ChaosUsers(
      ComponentSettings settings,
      LoopResources loops,
      ChaosLedger ledger,
      String gateway,
      int rate,
      Random random) {
    this.ledger = ledger;
    this.domain = settings.domain();
    this.gateway = gateway;
    this.rate = rate;
    this.random = random;
    this.stream =
        new ComponentStream(
            settings,
            loops,
            new StreamListener() {
              @Override
              public void status(StreamStatus status, @Nullable String detail) {
                connected = status == StreamStatus.CONNECTED;
              }
            });
    stream.stanzas().subscribe(this::received, error -> {});
  }

  private synchronized void received(Stanza stanza) {
    String id = stanza.id();
    if (stanza instanceof Iq iq && iq.isRequest()) {
      stream
          .send(
              List.of(
                  stanza(
                      "<iq xmlns='jabber:component:accept' type='result' from='%s' to='%s' id='%s'/>"
                          .formatted(iq.to(), iq.from(), iq.id()))))
          .subscribe(nothing -> {}, error -> {});
    } else if (stanza instanceof Message message) {
      if (message.isError()) {
        bounced++;
      } else if (message.body() != null) {
        ledger.replied(message.body());
      }
    } else if (id != null && id.startsWith("q")) {
      int number = Integer.parseInt(id.substring(1));
      for (Object each : sent) {
        if (each instanceof Question earlier && earlier.edge == null && earlier.number < number) {
          // It went to an edge that is no more.
          earlier.edge = "";
        }
        if (each instanceof Question question && question.number == number) {
          String xml = stanza.xml().toString();
          question.edge =
              stanza.isError() ? "" : xml.contains("urn:xmpp:receipts") ? "odd" : "even";
          if (!question.edge.isEmpty()) {
            long now = System.nanoTime();
            silence = Math.max(silence, now - answeredAt);
            answeredAt = now;
            answered = Math.max(answered, number);
          }
          break;
        }
      }
      settle();
    }
  }

  /** What stands between two questions that one edge answered is safe. */
  private void settle() {
    while (!sent.isEmpty()) {
      Object first = sent.element();
      if (first instanceof Question question) {
        if (question.edge == null) {
          return;
        }
        boolean same = !question.edge.isEmpty() && question.edge.equals(lastEdge);
        if (same) {
          since.forEach(each -> ledger.safe(each[0], each[1]));
        }
        since.clear();
        lastEdge = question.edge;
      } else {
        since.add((int[]) first);
      }
      sent.remove();
    }
  }

  /** Sends messages from now on. */
  void begin() {
    sender.start();
  }

  /** Sends no more. */
  void end() throws InterruptedException {
    ending = true;
    sender.join();
  }

  private void send() {
    long next = System.nanoTime();
    long pause = TimeUnit.SECONDS.toNanos(1) * PING_EVERY / rate;
    while (!ending) {
      LockSupport.parkNanos(Math.max(0, next - System.nanoTime()));
      if (System.nanoTime() - next < 0) {
        continue;
      }
      next = Math.max(next + pause, System.nanoTime() - pause);
      if (!connected) {
        continue;
      }
      List<OutboundStanza> batch = new ArrayList<>();
      synchronized (this) {
        for (int i = 0; i < PING_EVERY; i++) {
          int conversation = random.nextInt(CONVERSATIONS);
          int number = numbers[conversation]++;
          ledger.sent(conversation, number);
          sent.add(new int[] {conversation, number});
          batch.add(
              stanza(
                  "<message xmlns='jabber:component:accept' from='u%d@%s/x' to='bot@%s' type='chat'><body>%d %d</body></message>"
                      .formatted(conversation, domain, gateway, conversation, number)));
        }
        batch.add(question());
        write(batch);
      }
    }
  }

  /** Call it with the lock held, so that the server gets all in the order of their numbers. */
  private void write(List<OutboundStanza> stanzas) {
    stream.send(stanzas).subscribe(nothing -> {}, error -> {});
  }

  /** Call it with the lock held. */
  private OutboundStanza question() {
    Question question = new Question(questions++);
    sent.add(question);
    return stanza(
        "<iq xmlns='jabber:component:accept' from='admin@%s' to='%s' type='get' id='q%d'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
            .formatted(domain, gateway, question.number));
  }

  private static OutboundStanza stanza(String xml) {
    try {
      return OutboundStanza.of(XmlParser.parse(xml, XmlLimits.OUTBOUND));
    } catch (XmlException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks now, if they are connected; the number of this question or of the next one. */
  synchronized int ask() {
    int number = questions;
    if (connected) {
      write(List.of(question()));
    }
    return number;
  }

  /** Whether an edge has answered that question, or a later one. */
  synchronized boolean isAnswered(int question) {
    return answered >= question;
  }

  /** When the last answer came, by {@link System#nanoTime}. */
  synchronized long answeredAt() {
    return answeredAt;
  }

  /** Looks at silences from the last answer on. */
  synchronized void forgetSilence() {
    silence = 0;
  }

  /** The longest time without an answer since then, in milliseconds. */
  synchronized long silence() {
    return silence / 1_000_000;
  }

  /** Whether it was the odd edge that answered last. */
  synchronized boolean isWithOddEdge() {
    return "odd".equals(lastEdge);
  }

  /** Messages that the server gave back, because no edge was there. */
  synchronized int bounced() {
    return bounced;
  }

  void close(Duration patience) {
    ending = true;
    stream.close().block(patience);
  }
}
