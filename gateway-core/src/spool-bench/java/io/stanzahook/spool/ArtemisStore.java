package io.stanzahook.spool;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.apache.activemq.artemis.core.io.IOCallback;
import org.apache.activemq.artemis.core.io.nio.NIOSequentialFileFactory;
import org.apache.activemq.artemis.core.journal.IOCompletion;
import org.apache.activemq.artemis.core.journal.LoaderCallback;
import org.apache.activemq.artemis.core.journal.PreparedTransactionInfo;
import org.apache.activemq.artemis.core.journal.RecordInfo;
import org.apache.activemq.artemis.core.journal.impl.JournalImpl;
import org.apache.activemq.artemis.core.journal.impl.dataformat.ByteArrayEncoding;

/**
 * The journal of ActiveMQ Artemis. It can only be read as a whole, when it is opened, and keeps an
 * object in memory for each record that is not deleted.
 */
final class ArtemisStore implements Store {
  private final JournalImpl journal;
  private boolean loaded;

  ArtemisStore(Path folder) throws Exception {
    NIOSequentialFileFactory files =
        new NIOSequentialFileFactory(
            folder.toFile(), true, 512 * 1024, 100_000, 1, false);
    journal =
        new JournalImpl(10 << 20, 2, 10, 10, 30, files, "spool", "dat", 1);
    journal.start();
  }

  private void load(BiConsumer<Long, byte[]> to) throws Exception {
    loaded = true;
    journal.load(
        new LoaderCallback() {
          @Override
          public void addRecord(RecordInfo info) {
            to.accept(info.id, info.data);
          }

          @Override
          public void deleteRecord(long id) {}

          @Override
          public void updateRecord(RecordInfo info) {}

          @Override
          public void addPreparedTransaction(PreparedTransactionInfo transaction) {}

          @Override
          public void failedTransaction(long id, List<RecordInfo> r, List<RecordInfo> deleted) {}
        });
  }

  @Override
  public void commit(List<Entry> added, List<Long> removed) throws Exception {
    if (!loaded) {
      load((position, value) -> {});
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    Last last = new Last(done);
    for (long position : removed) {
      journal.appendDeleteRecord(position, false);
    }
    for (int i = 0; i < added.size() - 1; i++) {
      journal.appendAddRecord(
          added.get(i).position(), (byte) 1, new ByteArrayEncoding(added.get(i).value()), false);
    }
    if (!added.isEmpty()) {
      Entry entry = added.get(added.size() - 1);
      journal.appendAddRecord(
          entry.position(), (byte) 1, new ByteArrayEncoding(entry.value()), true, last);
      done.get();
    }
  }

  @Override
  public int read(long after, int most, BiConsumer<Long, byte[]> to) {
    throw new UnsupportedOperationException("only as a whole");
  }

  @Override
  public void readAll(BiConsumer<Long, byte[]> to) throws Exception {
    load(to);
  }

  @Override
  public void close() throws Exception {
    if (!loaded) {
      load((position, value) -> {});
    }
    journal.stop();
  }

  private record Last(CompletableFuture<Void> future) implements IOCompletion, IOCallback {
    @Override
    public void storeLineUp() {}

    @Override
    public void done() {
      future.complete(null);
    }

    @Override
    public void onError(int code, String message) {
      future.completeExceptionally(new IllegalStateException(message));
    }
  }
}
