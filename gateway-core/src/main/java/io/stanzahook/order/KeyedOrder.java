package io.stanzahook.order;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * An operator: emits each element once no older one of its key is open and a permit is free. So
 * elements of one key are worked on one after another, in order, and others side by side, up to the
 * limit. Whoever gets an element says when it is {@link #done}. They may {@link #pause} it: that
 * gives back its permit and keeps its key, until they {@link #resume} it; then it is emitted again,
 * before those that never were. An element without a key has no order. Whoever gets an element may
 * have others join it: see {@link #join(List, Company)}.
 *
 * <p>A key costs an entry of a map while it has open elements, and an element nothing but its own
 * fields. No stock operator does this: see decision 2.
 *
 * <p>Threading: signals, and what changes an element's place, may come on any thread; they take a
 * turn, if it is not theirs already. Elements are emitted within turns. What only tells something
 * belongs to the turns.
 */
public final class KeyedOrder<K extends Comparable<K>, E extends KeyedOrder.Element<K>>
    extends Flux<E> implements CoreSubscriber<E>, Subscription {
  /** As many open elements as come: their source knows how many may. */
  public static final int UNBOUNDED = Integer.MAX_VALUE;

  /** Elements that are passed over, at most, while one looks for company. */
  private static final int MAX_PASSED_OVER = 256;

  /** Elements in line that left, at most, unless those that did not are more. */
  private static final int MAX_STALE = 16;

  private enum Place {
    OUTSIDE,
    /** Another one has its key. */
    WAITING,
    /** It has its key, and waits for a permit. */
    READY,
    /** It has both. */
    RUNNING,
    /** It is worked on with the permit of another one; that or an older one may have its key. */
    JOINED,
    /** It wants no permit; it has its key, unless it was joined before one that has not left. */
    PAUSED
  }

  /** Who may be worked on together. */
  @FunctionalInterface
  public interface Company<E> {
    /** Whether one goes along; if so, it does. Asked in their order. */
    Answer admits(E element);

    /** What is said of one. */
    enum Answer {
      /** It goes along. */
      JOINS,
      /** It does not, but the next one may. */
      STAYS,
      /** It does not, and no other one may. */
      FULL
    }
  }

  /** What is put in order; in one order at a time, to which its fields belong. */
  public abstract static class Element<K extends Comparable<K>> extends Wheel.Timer {
    private @Nullable K key;
    private Place place = Place.OUTSIDE;

    /** Those before and after it with the same key. */
    private @Nullable Element<K> older;

    private @Nullable Element<K> younger;

    /** An element of that key, or without one. */
    protected Element(@Nullable K key) {
      this.key = key;
    }
  }

  private final Permits permits;
  private final int most;
  private final Turns turns;

  /** Of each key the youngest open element; the oldest is the one that has the key. */
  private final Map<K, Element<K>> tails = new HashMap<>();

  /**
   * Those that are ready: they were emitted before, or never were. Who left since is passed over.
   */
  private final Deque<Element<K>> resumed = new ArrayDeque<>();

  private final Deque<Element<K>> fresh = new ArrayDeque<>();

  /** Of use while one looks for company. */
  private final List<Element<K>> passedOver = new ArrayList<>();

  /** How many of those left, so that they are thrown out before they become many. */
  private int stale;

  private int running;
  private int open;

  private @Nullable CoreSubscriber<? super E> downstream;
  private @Nullable Subscription upstream;
  private long requested;
  private int gone;
  private boolean sourceEnded;
  private @Nullable Throwable sourceError;
  private boolean over;

  /**
   * An order without elements, with turns of its own.
   *
   * @param permits elements emitted and neither done nor paused, at most
   * @param most open elements at most: more are not asked for
   */
  public KeyedOrder(Permits permits, int most) {
    this(permits, most, () -> {}, fault -> Operators.onErrorDropped(fault, Context.empty()));
  }

  /**
   * As above, for one whose turns serve more.
   *
   * @param afterEach run at the end of each turn, after what may be emitted was
   * @param faults told what is thrown in turns
   */
  public KeyedOrder(Permits permits, int most, Runnable afterEach, Consumer<Throwable> faults) {
    this.permits = permits;
    this.most = most;
    this.turns =
        new Turns(
            () -> {
              try {
                emit();
              } finally {
                afterEach.run();
              }
            },
            faults);
  }

  /** What all of this happens in. */
  public Turns turns() {
    return turns;
  }

  /** Elements that are worked on. */
  public int running() {
    return running;
  }

  /** Elements that came and are not done. */
  public int open() {
    return open;
  }

  /** Elements in line for a permit. */
  public int inLine() {
    return resumed.size() + fresh.size() - stale;
  }

  /**
   * How many could be worked on together, those of the same key among them, as far as anybody wants
   * to know.
   */
  public int inLine(int enough) {
    int count = inLine(resumed, 0, enough);
    return inLine(fresh, count, enough);
  }

  private static <K extends Comparable<K>> int inLine(
      Queue<Element<K>> line, int before, int enough) {
    int count = before;
    for (Element<K> each : line) {
      if (count >= enough) {
        break;
      }
      if (each.place == Place.READY) {
        count++;
        for (Element<K> next = each.younger;
            count < enough && next != null && next.place == Place.WAITING;
            next = next.younger) {
          count++;
        }
      }
    }
    return count;
  }

  /** Whether an older one of its key is open. */
  public boolean isBehind(E element) {
    Element<K> only = element;
    return only.older != null;
  }

  /** Elements of that key that wait behind the one that has it. */
  public int waiting(K key) {
    int count = 0;
    for (Element<K> each = tails.get(key); each != null && each.older != null; each = each.older) {
      count++;
    }
    return count;
  }

  /** The element that waits behind this one for their key, or null. */
  public @Nullable E behind(E element) {
    Element<K> first = element;
    Element<K> next = first.younger;
    return next == null ? null : own(next);
  }

  /** Whether no other one of its key is open. */
  public boolean isAlone(E element) {
    Element<K> only = element;
    return only.older == null && only.younger == null;
  }

  /** One that has its key is not worked on for now: others may have its permit, none its key. */
  public void pause(E element) {
    // Here and below: within a turn without an object.
    if (turns.isMine()) {
      paused(element);
    } else {
      turns.take(this::paused, element);
    }
  }

  /** One that is paused is to be worked on again. */
  public void resume(E element) {
    if (turns.isMine()) {
      resumed(element);
    } else {
      turns.take(this::resumed, element);
    }
  }

  /** One that waits gives up its place behind those of its key, and has no order any more. */
  public void free(E element) {
    if (turns.isMine()) {
      freed(element);
    } else {
      turns.take(this::freed, element);
    }
  }

  /**
   * Looks for company of one that was just emitted: of those in line, and then of those that wait
   * behind any of them for their key. They are worked on without a permit of their own. Within a
   * turn.
   *
   * @param together has that one, and gets those that join it, in order
   */
  public void join(List<E> together, Company<E> company) {
    joinInLine(resumed, together, company);
    joinInLine(fresh, together, company);
    int heads = together.size();
    for (int i = 0; i < heads; i++) {
      Element<K> head = together.get(i);
      for (Element<K> next = head.younger;
          next != null && next.place == Place.WAITING;
          next = next.younger) {
        Company.Answer answer = company.admits(own(next));
        if (answer == Company.Answer.FULL) {
          return;
        } else if (answer == Company.Answer.STAYS) {
          break;
        }
        next.place = Place.JOINED;
        together.add(own(next));
      }
    }
  }

  private void joinInLine(Deque<Element<K>> line, List<E> together, Company<E> company) {
    passedOver.clear();
    Company.Answer answer = Company.Answer.JOINS;
    while (answer != Company.Answer.FULL && passedOver.size() < MAX_PASSED_OVER) {
      Element<K> next = line.poll();
      if (next == null) {
        break;
      }
      if (next.place != Place.READY) {
        stale = Math.max(0, stale - 1);
        continue;
      }
      answer = company.admits(own(next));
      if (answer == Company.Answer.JOINS) {
        next.place = Place.JOINED;
        together.add(own(next));
      } else {
        passedOver.add(next);
      }
    }
    for (int i = passedOver.size() - 1; i >= 0; i--) {
      line.addFirst(passedOver.get(i));
    }
    passedOver.clear();
  }

  /** One that is paused is worked on with the permit of another one. Within a turn. */
  public void join(E element) {
    Element<K> joining = element;
    if (joining.place != Place.PAUSED) {
      throw new IllegalStateException("the element is not paused");
    }
    joining.place = Place.JOINED;
  }

  /** The permit of one becomes another's, which was joined to it. Within a turn. */
  public void handOver(E from, E to) {
    Element<K> giving = from;
    Element<K> taking = to;
    if (giving.place == Place.RUNNING && taking.place == Place.JOINED) {
      giving.place = Place.JOINED;
      taking.place = Place.RUNNING;
    }
  }

  /** It leaves, wherever it stands; one that did already is ignored. */
  public void done(E element) {
    if (turns.isMine()) {
      left(element);
    } else {
      turns.take(this::left, element);
    }
  }

  @Override
  public void onNext(E element) {
    if (turns.isMine()) {
      entered(element);
    } else {
      turns.take(this::entered, element);
    }
  }

  private void entered(Element<K> element) {
    if (over) {
      discard(element);
      return;
    }
    if (element.place != Place.OUTSIDE) {
      throw new IllegalStateException("the element is in an order already");
    }
    open++;
    K key = element.key;
    Element<K> tail = key == null ? null : tails.put(key, element);
    if (tail == null) {
      ready(element, fresh);
      emit();
    } else {
      element.place = Place.WAITING;
      element.older = tail;
      tail.younger = element;
    }
  }

  /** Emits as many as there are permits, and demand. */
  private void emit() {
    CoreSubscriber<? super E> actual = downstream;
    while (actual != null && !over && requested > 0 && running < permits.limit()) {
      Element<K> next = nextReady();
      if (next == null) {
        return;
      }
      running++;
      next.place = Place.RUNNING;
      if (requested != Long.MAX_VALUE) {
        requested--;
      }
      actual.onNext(own(next));
    }
  }

  private @Nullable Element<K> nextReady() {
    Queue<Element<K>> from = resumed.isEmpty() ? fresh : resumed;
    for (Element<K> next = from.poll(); next != null; next = from.poll()) {
      if (next.place == Place.READY) {
        return next;
      }
      stale = Math.max(0, stale - 1);
      from = resumed.isEmpty() ? fresh : resumed;
    }
    return null;
  }

  private void paused(Element<K> element) {
    if (element.place == Place.RUNNING) {
      running--;
      element.place = Place.PAUSED;
    } else if (element.place == Place.READY) {
      element.place = Place.PAUSED;
      unready();
    } else if (element.place == Place.JOINED) {
      element.place = Place.PAUSED;
    }
  }

  private void resumed(Element<K> element) {
    if (element.place == Place.PAUSED) {
      if (element.older == null) {
        ready(element, resumed);
      } else {
        element.place = Place.WAITING;
      }
    }
  }

  private void freed(Element<K> element) {
    if (element.place == Place.WAITING) {
      unchain(element);
      element.key = null;
      ready(element, fresh);
    }
  }

  private void left(Element<K> element) {
    Place place = element.place;
    element.place = Place.OUTSIDE;
    switch (place) {
      case OUTSIDE -> {
        return;
      }
      case READY -> unready();
      case RUNNING -> running--;
      case WAITING, PAUSED, JOINED -> {}
    }
    Element<K> next = element.younger;
    boolean hadKey = element.older == null;
    unchain(element);
    // One that was joined is worked on already, or is to wait by itself.
    if (hadKey && next != null && next.place == Place.WAITING) {
      ready(next, fresh);
    }
    open--;
    renewDemand();
    checkEnd();
  }

  /** Takes it out of those of its key. */
  private void unchain(Element<K> element) {
    K key = element.key;
    Element<K> older = element.older;
    Element<K> younger = element.younger;
    if (older != null) {
      older.younger = younger;
    }
    if (younger != null) {
      younger.older = older;
    } else if (older != null && key != null) {
      tails.put(key, older);
    } else if (key != null) {
      tails.remove(key);
    }
    element.older = null;
    element.younger = null;
  }

  /** It has its key: it gets in line for a permit. */
  private void ready(Element<K> element, Queue<Element<K>> line) {
    element.place = Place.READY;
    line.add(element);
  }

  /** One in line left. */
  private void unready() {
    if (++stale > MAX_STALE && stale > (resumed.size() + fresh.size()) / 2) {
      resumed.removeIf(each -> each.place != Place.READY);
      fresh.removeIf(each -> each.place != Place.READY);
      stale = 0;
    }
  }

  /** Only elements of the one type come in. */
  @SuppressWarnings("unchecked")
  private E own(Element<K> element) {
    return (E) element;
  }

  @Override
  public void subscribe(CoreSubscriber<? super E> actual) {
    if (downstream != null) {
      Operators.error(actual, new IllegalStateException("an order has one subscriber"));
      return;
    }
    downstream = actual;
    actual.onSubscribe(this);
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    if (Operators.validate(upstream, subscription)) {
      upstream = subscription;
      subscription.request(most == UNBOUNDED ? Long.MAX_VALUE : most);
    }
  }

  @Override
  public void request(long n) {
    if (Operators.validate(n)) {
      turns.take(more -> requested = Operators.addCap(requested, more), n);
    }
  }

  private void renewDemand() {
    Subscription source = upstream;
    if (source != null && most != UNBOUNDED && ++gone >= Math.max(1, most / 4)) {
      int more = gone;
      gone = 0;
      source.request(more);
    }
  }

  @Override
  public void onError(Throwable problem) {
    turns.take(() -> sourceEnds(problem));
  }

  @Override
  public void onComplete() {
    turns.take(() -> sourceEnds(null));
  }

  private void sourceEnds(@Nullable Throwable problem) {
    sourceEnded = true;
    sourceError = problem;
    checkEnd();
  }

  /** What came before the source's end or error comes before them here, too. */
  private void checkEnd() {
    CoreSubscriber<? super E> actual = downstream;
    if (sourceEnded && open == 0 && !over && actual != null) {
      over = true;
      Throwable problem = sourceError;
      if (problem == null) {
        actual.onComplete();
      } else {
        actual.onError(problem);
      }
    }
  }

  /** Emits nothing more, and lets go of what waits. What was emitted may still be done. */
  @Override
  public void cancel() {
    turns.take(this::cancelled);
  }

  private void cancelled() {
    over = true;
    Subscription source = upstream;
    if (source != null) {
      source.cancel();
    }
    List<Element<K>> waiting = new ArrayList<>();
    for (Element<K> each = nextReady(); each != null; each = nextReady()) {
      waiting.add(each);
    }
    for (Element<K> tail : tails.values()) {
      for (Element<K> each = tail; each != null && each.place == Place.WAITING; ) {
        waiting.add(each);
        each = each.older;
      }
    }
    // One that had its key makes another one ready, which is among those as well.
    waiting.forEach(this::left);
    fresh.clear();
    waiting.forEach(this::discard);
  }

  private void discard(Element<K> element) {
    CoreSubscriber<? super E> actual = downstream;
    Operators.onDiscard(element, actual == null ? Context.empty() : actual.currentContext());
  }
}
