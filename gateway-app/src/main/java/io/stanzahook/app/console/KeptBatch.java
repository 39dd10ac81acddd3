package io.stanzahook.app.console;

import io.stanzahook.exchange.Batch;
import io.stanzahook.stanza.Stanza;
import java.util.List;
import java.util.Objects;

/**
 * A batch as it was called last, as far as the log has its deliveries.
 *
 * @param members at least one, by their places
 */
public record KeptBatch(List<BatchMember> members) implements Batch {
  public KeptBatch {
    members = List.copyOf(members);
  }

  private SeenBatch seen() {
    return members.get(0).batch();
  }

  /** How many stanzas it had. */
  public int wholeSize() {
    return seen().size();
  }

  /** How many of its stanzas the log has whole. */
  public long kept() {
    return members.stream().filter(member -> member.stanza() != null).count();
  }

  /** Whether the log has all of it. */
  public boolean isWhole() {
    return kept() == wholeSize();
  }

  @Override
  public String id() {
    return seen().id();
  }

  @Override
  public int attempt() {
    return seen().attempt();
  }

  @Override
  public int size() {
    return members.size();
  }

  /**
   * {@inheritDoc}
   *
   * @throws NullPointerException where the log does not have it
   */
  @Override
  public Stanza stanza(int index) {
    return Objects.requireNonNull(members.get(index).stanza());
  }

  @Override
  public String webhookId(int index) {
    return members.get(index).webhookId();
  }

  @Override
  public int attempt(int index) {
    return members.get(index).batch().ownAttempt();
  }
}
