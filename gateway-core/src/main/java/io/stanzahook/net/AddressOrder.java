package io.stanzahook.net;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * In which order the addresses of a server are tried: those that failed lately come last, the one
 * that failed longest ago first among them. Any thread may call.
 */
public final class AddressOrder {
  private final LongSupplier nanoTime;

  /** Guarded by this; of the addresses of {@link #order} alone, each once. */
  private final List<Failure> failures = new ArrayList<>();

  private List<SocketAddress> last = List.of();

  /** When one failed last, by the clock. */
  private record Failure(SocketAddress address, long at) {}

  /** None has failed. */
  public AddressOrder(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** The addresses in the order in which they are tried now. */
  public synchronized List<SocketAddress> order(List<? extends SocketAddress> addresses) {
    failures.removeIf(failure -> !addresses.contains(failure.address()));
    List<SocketAddress> order = new ArrayList<>(addresses);
    long now = nanoTime.getAsLong();
    // Stable: those that have not failed stay as they are.
    order.sort(Comparator.comparingLong(address -> sinceFailure(address, now)));
    last = List.copyOf(order);
    return order;
  }

  /** The longer ago, the lower; lowest where it has not failed. */
  private synchronized long sinceFailure(SocketAddress address, long now) {
    for (Failure failure : failures) {
      if (failure.address().equals(address)) {
        return failure.at() - now;
      }
    }
    return Long.MIN_VALUE;
  }

  /** There is a connection to this one: those before it failed. */
  public synchronized void connected(SocketAddress address) {
    int at = last.indexOf(address);
    for (int i = 0; i < at; i++) {
      failed(last.get(i));
    }
  }

  /** It takes no connection, or does nothing with it. */
  public synchronized void failed(SocketAddress address) {
    if (last.contains(address)) {
      failures.removeIf(failure -> failure.address().equals(address));
      failures.add(new Failure(address, nanoTime.getAsLong()));
    }
  }
}
