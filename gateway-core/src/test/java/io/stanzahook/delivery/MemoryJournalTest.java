package io.stanzahook.delivery;

class MemoryJournalTest extends JournalContract {
  @Override
  protected Journal open(Journal.Deliveries deliveries) {
    return new MemoryJournal(deliveries);
  }

  @Override
  protected void settleDown() {}
}
