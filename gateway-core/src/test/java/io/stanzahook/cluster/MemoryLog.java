package io.stanzahook.cluster;

import static java.util.Objects.requireNonNull;

import io.stanzahook.delivery.Burial;
import io.stanzahook.delivery.DeadLetter;
import io.stanzahook.delivery.DeadLetters;
import io.stanzahook.delivery.KeptStanza;
import io.stanzahook.stanza.RoomPlace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A log of one partition in memory, for one component. What is appended waits to be replicated. */
public final class MemoryLog implements ComponentLog {
  private final TreeMap<Long, ClusterMessage> messages = new TreeMap<>();
  private final Map<String, DeadLetter> dead = new LinkedHashMap<>();
  private final Queue<Runnable> unreplicated = new ArrayDeque<>();
  private final List<String> replies = new ArrayList<>();
  private final List<String> answered = new ArrayList<>();
  private Ownership ownership = new Ownership(0, 1);
  private @Nullable MessageListener listener;
  private long next;
  private long read;
  private boolean held;
  private boolean certain = true;
  private boolean full;

  /** The next owner begins. */
  public void reopen() {
    ownership.lose();
    ownership = new Ownership(0, ownership.generation() + 1);
    read = 0;
  }

  /** What is not finished is taken again, by the same process. */
  public void takeAgain() {
    reopen();
  }

  public Ownership ownership() {
    return ownership;
  }

  public MessageListener listener() {
    return requireNonNull(listener);
  }

  /** What is not finished, in order. */
  public List<KeptStanza> unfinished() {
    return messages.values().stream().map(ClusterMessage::record).toList();
  }

  /** Replies that are replicated, in their order. */
  public List<String> replies() {
    return replies;
  }

  /** Of each set of replies that is replicated: the message that it answers, or nothing. */
  List<String> answered() {
    return answered;
  }

  public int held() {
    return ownership.held();
  }

  public void hold(boolean hold) {
    held = hold;
  }

  public void certain(boolean is) {
    certain = is;
  }

  public void full(boolean is) {
    full = is;
  }

  /** So many of those that wait are replicated. */
  public void acknowledge(int count) {
    for (int i = 0; i < count; i++) {
      unreplicated.remove().run();
    }
  }

  /** All is replicated, and taken. */
  public void settleDown() {
    while (!held && !unreplicated.isEmpty()) {
      acknowledge(1);
    }
    if (listener != null) {
      List<Taken> taken = new ArrayList<>();
      messages
          .tailMap(read)
          .forEach((offset, message) -> taken.add(new Taken(ownership, offset, "", message)));
      read = next;
      ownership.hold(taken.size());
      listener.arrived(taken);
    }
  }

  @Override
  public void follow(MessageListener told) {
    listener = told;
  }

  @Override
  public void follow(StreamListener told) {}

  @Override
  public void leave() {
    listener = null;
  }

  @Override
  public void append(
      String conversation, KeptStanza record, @Nullable RoomPlace place, Runnable acked) {
    unreplicated.add(
        () -> {
          messages.put(next++, new ClusterMessage("gw.localhost", record, false, place));
          acked.run();
        });
  }

  @Override
  public boolean isFull() {
    return full;
  }

  @Override
  public void reply(String person, ReplySet replies, Runnable acked) {
    unreplicated.add(
        () -> {
          this.replies.addAll(replies.stanzas());
          answered.add(replies.webhookId());
          acked.run();
        });
  }

  @Override
  public void bury(Taken taken, Burial why, Runnable acked) {
    KeptStanza record = taken.message().record();
    unreplicated.add(
        () -> {
          dead.put(record.webhookId(), new DeadLetter(taken.offset() + 1, record, why));
          acked.run();
        });
  }

  @Override
  public boolean mayBegin(Taken taken) {
    return certain && !taken.ownership().isLost();
  }

  @Override
  public void finish(Taken taken) {
    taken.ownership().hold(-1);
    if (!taken.ownership().isLost()) {
      messages.remove(taken.offset());
    }
  }

  @Override
  public void letGo(Taken taken) {
    taken.ownership().hold(-1);
  }

  @Override
  public boolean holdsStream() {
    return true;
  }

  @Override
  public DeadLetters deadLetters() {
    return new Dead();
  }

  private final class Dead implements DeadLetters {
    @Override
    public Mono<List<DeadLetter>> newest(long before, int most) {
      return Mono.fromSupplier(() -> List.copyOf(dead.values()));
    }

    @Override
    public Mono<DeadLetter> find(String webhookId) {
      return Mono.justOrEmpty(dead.get(webhookId));
    }

    @Override
    public Mono<Long> redeliver(String webhookId) {
      return Mono.fromSupplier(() -> again(requireNonNull(dead.remove(webhookId))));
    }

    private long again(DeadLetter letter) {
      KeptStanza record = letter.record();
      KeptStanza again =
          new KeptStanza(
              record.webhookId(), record.receivedAt(), record.lang(), record.stanza(), true);
      messages.put(next, new ClusterMessage("gw.localhost", again, false, null));
      return next++;
    }

    private List<DeadLetter> taken(Predicate<DeadLetter> matching) {
      List<DeadLetter> taken = dead.values().stream().filter(matching).toList();
      dead.values().removeAll(taken);
      return taken;
    }

    @Override
    public Mono<Long> redeliverAll(Predicate<DeadLetter> matching) {
      return Mono.fromSupplier(
          () -> {
            List<DeadLetter> taken = taken(matching);
            taken.forEach(this::again);
            return (long) taken.size();
          });
    }

    @Override
    public Mono<Boolean> discard(String webhookId) {
      return Mono.fromSupplier(() -> dead.remove(webhookId) != null);
    }

    @Override
    public Mono<Long> discardAll(Predicate<DeadLetter> matching) {
      return Mono.fromSupplier(() -> (long) taken(matching).size());
    }
  }
}
