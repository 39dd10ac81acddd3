package io.stanzahook.sandbox;

import io.stanzahook.stanza.Stanza;
import io.stanzahook.wire.StreamCondition;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;

/** Records what a server sees, for a test's thread to wait for. */
public final class Peer implements ComponentServerListener {
  private final BlockingQueue<String> events = new LinkedTransferQueue<>();

  /** The next event: a word, and what it is about. */
  public String next() throws InterruptedException {
    String event = events.poll(120, TimeUnit.SECONDS);
    return event == null ? "nothing" : event;
  }

  @Override
  public void held(String domain) {
    events.add("held " + domain);
  }

  @Override
  public void connected(String domain) {
    events.add("connected " + domain);
  }

  @Override
  public void received(Stanza stanza) {
    events.add("received " + stanza.xml());
  }

  @Override
  public void looped(Stanza stanza) {
    events.add("looped " + stanza.xml());
  }

  @Override
  public void refused(StreamCondition condition, String detail) {
    events.add("refused " + condition.elementName());
  }

  @Override
  public void disconnected(String domain) {
    events.add("disconnected " + domain);
  }
}
