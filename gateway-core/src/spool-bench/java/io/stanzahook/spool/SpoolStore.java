package io.stanzahook.spool;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;

/** The spool itself, as it is used: asynchronous, with ids, checksums and counts. */
final class SpoolStore implements Store, SpoolListener {
  private final DiskSpool spool;
  private long durable;

  SpoolStore(Path folder) {
    spool = DiskSpool.open(new SpoolSettings(folder, Long.MAX_VALUE), this);
  }

  @Override
  public synchronized void durable(long upTo) {
    durable = upTo;
    notifyAll();
  }

  @Override
  public void failed(long from, SpoolException cause) {
    throw cause;
  }

  @Override
  public synchronized void commit(List<Entry> added, List<Long> removed)
      throws InterruptedException {
    long last = 0;
    for (Entry entry : added) {
      last =
          spool.append(
              new SpoolRecord("msg_" + entry.position(), entry.position(), entry.value(), false));
    }
    removed.forEach(spool::settle);
    if (added.isEmpty()) {
      // What is durable after them tells that they are.
      last = spool.append(new SpoolRecord("mark", 0, new byte[0], false));
      spool.settle(last);
    }
    while (durable < last) {
      wait();
    }
  }

  @Override
  public int read(long after, int most, BiConsumer<Long, byte[]> to) {
    List<Spooled> records =
        Objects.requireNonNull(spool.read(after, most, Long.MAX_VALUE).block());
    records.forEach(each -> to.accept(each.position(), each.record().stanza()));
    return records.size();
  }

  @Override
  public void close() {
    spool.close();
  }
}
