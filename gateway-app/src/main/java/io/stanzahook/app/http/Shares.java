package io.stanzahook.app.http;

import io.stanzahook.app.credentials.ApiCaller;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How much of what all callers share each line of the token file may use at once, so that nobody
 * can use it up. Any thread may call it.
 */
public final class Shares {
  /** What is shared. */
  public enum Kind {
    /** Requests with credentials, from their headers to their answer. */
    REQUESTS(128, "requests at once", "wait for answers before you send more"),
    /** Iqs that wait for an answer, of {@code Queries.MAX_WAITING} of a component. */
    IQS(32, "iqs that wait for their answers", "wait for them, or set Prosody-Rest-Timeout lower"),
    /** Messages on their way to a room, of {@code Rooms.MAX_WAITING} of a component. */
    ROOM_MESSAGES(64, "messages on their way to rooms", "wait for answers before you send more"),
    /** Rooms that messages are on their way to, of {@code Rooms.MAX_ROOMS} of a component. */
    ROOMS(16, "rooms that messages are on their way to", "send to fewer rooms at once"),
    /** Files on their way to an upload service. */
    UPLOADS(8, "uploads at once", "wait for answers before you upload more"),
    /** Answers that look through deliveries or dead letters. */
    SEARCHES(8, "searches at once", "wait for answers before you search again"),
    /** Pages that follow the events, of {@code EventsEndpoint.MAX_CLIENTS}. */
    PAGES(8, "pages that follow /admin/events", "close pages of the console that nobody looks at");

    private final int most;
    private final String what;
    private final String remedy;

    Kind(int most, String what, String remedy) {
      this.most = most;
      this.what = what;
      this.remedy = remedy;
    }

    /** The maximum for one line of the file, for each component if it belongs to a component. */
    int most() {
      return most;
    }

    /** The value of metrics' labels. */
    String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The answer to a caller who is at the limit. */
    String sentence() {
      return "these credentials already have %d %s, which is their share: %s"
          .formatted(most, what, remedy);
    }
  }

  /** A taken place. It is given back once. */
  @FunctionalInterface
  public interface Place {
    void giveBack();
  }

  private record Holder(String caller, Kind kind, String domain) implements Comparable<Holder> {
    @Override
    public int compareTo(Holder other) {
      int order = caller.compareTo(other.caller);
      order = order == 0 ? kind.compareTo(other.kind) : order;
      return order == 0 ? domain.compareTo(other.domain) : order;
    }
  }

  /** What each caller uses, and how often. */
  private final Map<Holder, Map<Object, Integer>> held = new HashMap<>();

  /**
   * Takes a place.
   *
   * @param domain the component that it belongs to; empty if it belongs to none
   * @param item counts once, even if it is taken several times; null if it is unique
   * @return null if the caller is at the limit
   */
  @Nullable Place take(Kind kind, ApiCaller caller, String domain, @Nullable Object item) {
    Holder holder = new Holder(caller.key(), kind, domain);
    Object taken = item == null ? new Object() : item;
    synchronized (held) {
      Map<Object, Integer> items = held.computeIfAbsent(holder, key -> new HashMap<>());
      if (items.size() >= kind.most() && !items.containsKey(taken)) {
        return null;
      }
      items.merge(taken, 1, Integer::sum);
    }
    AtomicBoolean over = new AtomicBoolean();
    return () -> {
      if (over.compareAndSet(false, true)) {
        giveBack(holder, taken);
      }
    };
  }

  private void giveBack(Holder holder, Object item) {
    synchronized (held) {
      Map<Object, Integer> items = held.get(holder);
      if (items != null) {
        items.computeIfPresent(item, (key, count) -> count == 1 ? null : count - 1);
        if (items.isEmpty()) {
          held.remove(holder);
        }
      }
    }
  }
}
