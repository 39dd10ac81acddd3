package io.stanzahook.delivery;

class MemoryJournalTest extends JournalContract {
  @Override
  Journal open(Journal.Deliveries deliveries) {
    return new MemoryJournal(deliveries);
  }

  @Override
  void settleDown() {}
}
