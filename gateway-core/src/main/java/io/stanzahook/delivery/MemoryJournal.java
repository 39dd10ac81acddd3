package io.stanzahook.delivery;

import io.stanzahook.spool.Burial;
import io.stanzahook.spool.DeadLetters;
import io.stanzahook.spool.SpoolFigures;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps nothing: what it takes is brought forth at once, and lost with the process. */
record MemoryJournal(Journal.Deliveries deliveries)
    implements Journal, Journal.Entrance, Journal.Exit {
  @Override
  public Entrance entrance() {
    return this;
  }

  @Override
  public Exit exit() {
    return this;
  }

  @Override
  public boolean keeps(Stanza stanza) {
    return false;
  }

  @Override
  public long room() {
    return Long.MAX_VALUE;
  }

  @Override
  public void keep(Delivery delivery) {
    deliveries.next(delivery);
  }

  @Override
  public void onceSafe(Runnable step, Runnable otherwise) {
    step.run();
  }

  @Override
  public int unsafe() {
    return 0;
  }

  @Override
  public void giveBack(Consumer<Stanza> each) {}

  @Override
  public void handOn(long room) {}

  @Override
  public boolean hasLeft(ConversationKey conversation) {
    return false;
  }

  @Override
  public void bringLeft(ConversationKey conversation, Runnable then) {
    then.run();
  }

  @Override
  public void settle(long position) {}

  @Override
  public void bury(long position, Burial why) {}

  @Override
  public Duration retryForUnkept(Duration retryFor) {
    return retryFor;
  }

  @Override
  public void stop() {}

  @Override
  public @Nullable DeadLetters deadLetters() {
    return null;
  }

  @Override
  public @Nullable SpoolFigures figures() {
    return null;
  }

  @Override
  public void close() {}
}
