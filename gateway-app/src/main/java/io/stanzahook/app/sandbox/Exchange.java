package io.stanzahook.app.sandbox;

import io.stanzahook.sandbox.ComponentServer;
import io.stanzahook.sandbox.NotRoutedException;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.xml.XmlWriter;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends one stanza after another, and prints what happens to each. For one thread. */
final class Exchange {
  /** What became of a stanza. */
  enum Outcome {
    /** A reply came, or the webhook chose not to reply. */
    ANSWERED,
    /** An error came, or the reply of the webhook could not be sent. */
    FAILED,
    /** Nothing came in time. */
    MISSING
  }

  /** A stanza that does not go to the webhook is done when nothing has happened for this long. */
  private static final Duration QUIET = Duration.ofMillis(400);

  private final ComponentServer server;
  private final Steps steps;
  private final Transcript transcript;
  private final PrintStream out;
  private final Duration patience;

  /** How many stanzas the gateway has written that have not arrived yet. */
  private int onTheirWay;

  /** Requests to the webhook that have not ended. */
  private int open;

  private boolean called;
  private boolean failed;
  private boolean settled;

  /** The steps of a stanza that is shown in one line; null while each step is printed. */
  private @Nullable List<Step> aside;

  /** The last reply with a text that was shown. */
  private @Nullable Message reply;

  /**
   * Exchanges with a gateway.
   *
   * @param patience how long to wait until one stanza is done
   */
  Exchange(
      ComponentServer server,
      Steps steps,
      Transcript transcript,
      PrintStream out,
      Duration patience) {
    this.server = server;
    this.steps = steps;
    this.transcript = transcript;
    this.out = out;
    this.patience = patience;
  }

  /** Sends the stanza, which has an id, and follows it to its end. */
  Outcome send(OutboundStanza stanza) throws InterruptedException {
    begin();
    StringBuilder xml = new StringBuilder();
    XmlWriter.write(stanza.element(), Namespaces.COMPONENT, xml);
    out.print(transcript.of(new Step.StanzaIn(xml.toString())));
    try {
      server.send(stanza).block(patience);
    } catch (NotRoutedException e) {
      out.print(transcript.note("not sent", String.valueOf(e.getMessage())));
      return Outcome.MISSING;
    }
    Outcome outcome = follow(String.valueOf(stanza.id()));
    out.flush();
    return outcome;
  }

  /**
   * Sends a stanza that clients send by themselves, such as that their user types. Prints one line
   * about it, and each reply whole, because there should be none.
   *
   * @param label of the line
   * @param what it is, in a word
   */
  void tell(String label, String what, OutboundStanza stanza) throws InterruptedException {
    begin();
    List<Step> steps = new ArrayList<>();
    aside = steps;
    try {
      server.send(stanza).block(patience);
      follow(String.valueOf(stanza.id()));
    } catch (NotRoutedException e) {
      // The next message is not routed either, and then there is a line about it.
      return;
    } finally {
      aside = null;
    }
    out.print(transcript.told(label, what, steps));
    out.flush();
  }

  /** The last reply with a text to the stanza that was {@linkplain #send sent} last, or null. */
  @Nullable Message reply() {
    return reply;
  }

  private void begin() {
    called = false;
    failed = false;
    settled = false;
    reply = null;
  }

  private Outcome follow(String id) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!settled || onTheirWay > 0 || open > 0) {
      Step step = steps.poll(QUIET);
      if (step != null) {
        show(step, id);
      } else if (!called && onTheirWay <= 0) {
        // Answered by the gateway itself, turned away, or not even that: nothing more will come.
        break;
      } else if (System.nanoTime() > deadline) {
        if (aside == null) {
          out.print(
              transcript.note(
                  "missing", "nothing more within %d s".formatted(patience.toSeconds())));
        }
        return Outcome.MISSING;
      }
    }
    return failed ? Outcome.FAILED : Outcome.ANSWERED;
  }

  /** Prints what came since the last stanza was done. */
  void showLate() throws InterruptedException {
    for (Step step = steps.poll(Duration.ZERO); step != null; step = steps.poll(Duration.ZERO)) {
      show(step, null);
    }
    out.flush();
  }

  private void show(Step step, @Nullable String id) {
    List<Step> hidden = aside;
    if (hidden == null) {
      out.print(transcript.of(step));
    } else {
      hidden.add(step);
    }
    if (step instanceof Step.Called) {
      called = true;
    } else if (step instanceof Step.Posted) {
      open++;
    } else if (step instanceof Step.Responded || step instanceof Step.Unanswered) {
      open--;
    } else if (step instanceof Step.Written) {
      onTheirWay++;
    } else if (step instanceof Step.ReplyOut replied) {
      onTheirWay--;
      failed |= replied.stanza().isError();
      if (replied.stanza() instanceof Message message && message.body() != null) {
        reply = message.isError() ? null : message;
      }
    } else if (step instanceof Step.Dropped || step instanceof Step.TurnedAway) {
      failed = true;
    } else if (step instanceof Step.Settled done && done.id().equals(id)) {
      settled = true;
    }
  }
}
