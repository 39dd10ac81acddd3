package io.stanzahook.exchange;

import io.stanzahook.stanza.Stanza;

/**
 * Several stanzas that go to the webhook in one call, those of one conversation in their order. It
 * does not change while the call is made; any thread may read it.
 */
public interface Batch {
  /** Its own {@code webhook-id}, the same on every attempt. */
  String id();

  /** 1 for the first attempt with just these stanzas. */
  int attempt();

  /** How many stanzas, at least one. */
  int size();

  /** The stanza at that place, from 0. */
  Stanza stanza(int index);

  /** Its delivery's id. */
  String webhookId(int index);

  /** Its delivery's attempt, 1 for the first. */
  int attempt(int index);

  /**
   * A batch of one stanza.
   *
   * @param itsAttempt the attempt of its delivery, 1 for the first
   */
  static Batch of(String id, Stanza stanza, String webhookId, int itsAttempt) {
    return new One(id, stanza, webhookId, itsAttempt);
  }

  /** A batch of one stanza, in its first attempt. */
  record One(String id, Stanza only, String onlyId, int onlyAttempt) implements Batch {
    @Override
    public int attempt() {
      return 1;
    }

    @Override
    public int size() {
      return 1;
    }

    @Override
    public Stanza stanza(int index) {
      return only;
    }

    @Override
    public String webhookId(int index) {
      return onlyId;
    }

    @Override
    public int attempt(int index) {
      return onlyAttempt;
    }
  }
}
