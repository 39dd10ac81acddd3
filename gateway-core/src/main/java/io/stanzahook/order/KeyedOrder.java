package io.stanzahook.order;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * An operator that emits an element when no older element with its key is open and a permit is
 * free. So elements with the same key are processed one after another, in order, and others at the
 * same time, up to the limit. The subscriber says when an element is {@link #done}. It may {@link
 * #pause} an element, which gives back the permit and keeps the key, and later {@link #resume} it.
 * A resumed element is emitted again, before elements that were never emitted. An element without a
 * key has no order. The subscriber may let other elements join one: see {@link #join(List,
 * Company)}.
 *
 * <p>A key costs one entry of a map while it has open elements. An element costs only its own
 * fields. No operator of Reactor does this: see decision 2.
 *
 * <p>Threading: any thread may send signals, and call {@link #pause}, {@link #resume}, {@link
 * #free} and {@link #done}. They take a turn, unless they are in one already. Elements are emitted
 * in turns. All other methods belong to the turns.
 */
public final class KeyedOrder<K extends Comparable<K>, E extends KeyedOrder.Element<K>>
    extends Flux<E> implements CoreSubscriber<E>, Subscription {
  /** No limit of open elements: their source has one. */
  public static final int UNBOUNDED = Integer.MAX_VALUE;

  /** The maximum number of elements that are passed over to find company for one. */
  private static final int MAX_PASSED_OVER = 256;

  /** The maximum number of elements in line that have left, unless more than that have not. */
  private static final int MAX_STALE = 16;

  private enum Place {
    OUTSIDE,
    /** Another element has its key. */
    WAITING,
    /** It has its key, and waits for a permit. */
    READY,
    /** It has both. */
    RUNNING,
    /** It is processed with the permit of another one, which may also be before it in its key. */
    JOINED,
    /** It needs no permit now. It has its key, or is behind one that it was processed with. */
    PAUSED
  }

  /** Says which elements may be processed together. */
  public interface Company<E> {
    /** Whether an element joins. If so, it does. It is asked for elements in their order. */
    boolean admits(E element);

    /** Whether no other element may join, so none is asked for. */
    boolean isFull();
  }

  /** An element. It can be in one order at a time, and its fields belong to that order. */
  public abstract static class Element<K extends Comparable<K>> extends Wheel.Timer {
    private @Nullable K key;
    Place place = Place.OUTSIDE;

    /** Whether it was emitted, or joined one that was. */
    boolean wasEmitted;

    /** The elements before and after it with the same key. */
    @Nullable Element<K> older;

    @Nullable Element<K> younger;

    /** An element with a key; null for none. */
    protected Element(@Nullable K key) {
      this.key = key;
    }

    /** The one behind it, if that waits for their key. */
    @Nullable Element<K> nextWaiting() {
      Element<K> next = younger;
      return next == null || next.place != Place.WAITING ? null : next;
    }
  }

  private final IntSupplier permits;
  private final int most;
  private final Turns turns;

  /** The youngest open element of each key. The oldest one has the key. */
  private final Map<K, Element<K>> tails = new HashMap<>();

  /**
   * Elements that are ready: those that were emitted before, and those that were not. Elements that
   * have left since are passed over.
   */
  private final Deque<Element<K>> resumed = new ArrayDeque<>();

  private final Deque<Element<K>> fresh = new ArrayDeque<>();

  /** How many of them have left. They are removed before they become many. */
  private int stale;

  // What happens to each element: in a turn, it needs no new object.
  private final Consumer<Element<K>> entered = this::entered;
  private final Consumer<Element<K>> left = this::left;

  /** Used only while looking for company. */
  private final List<Element<K>> passedOver = new ArrayList<>();

  private int running;
  private int open;

  private @Nullable CoreSubscriber<? super E> downstream;
  private @Nullable Subscription upstream;
  private long requested;
  private int gone;
  private @Nullable Consumer<CoreSubscriber<?>> end;
  private boolean over;

  /**
   * An order without elements.
   *
   * @param permits the maximum number of elements that are emitted and neither done nor paused
   * @param most the maximum number of open elements; no more are requested
   * @param afterEach runs at the end of each turn, after elements were emitted
   * @param faults is told of exceptions in turns
   */
  public KeyedOrder(IntSupplier permits, int most, Runnable afterEach, Consumer<Throwable> faults) {
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

  /** Its turns. */
  public Turns turns() {
    return turns;
  }

  /** How many elements are being processed with a permit. */
  public int running() {
    return running;
  }

  /** How many elements came and are not done. */
  public int open() {
    return open;
  }

  /** How many elements are in line for a permit. */
  public int inLine() {
    return resumed.size() + fresh.size() - stale;
  }

  /**
   * How many elements are of the same kind as the first one in line, including those that wait for
   * the same keys. It counts no further than the given number, and returns it also if very many
   * others are in line.
   */
  public int inLine(int enough, Function<E, @Nullable Object> kind) {
    @Nullable Object first = null;
    int count = 0;
    int others = 0;
    for (Deque<Element<K>> line : List.of(resumed, fresh)) {
      for (Element<K> each : line) {
        Element<K> next = each.place == Place.READY ? each : null;
        if (next != null && count == 0) {
          first = kind.apply(own(next));
        }
        for (;
            next != null && Objects.equals(kind.apply(own(next)), first);
            next = next.nextWaiting()) {
          if (++count >= enough) {
            return enough;
          }
        }
        if (next != null && ++others > MAX_PASSED_OVER) {
          return enough;
        }
      }
    }
    return count;
  }

  /** Whether an older element with its key is open. */
  public boolean isBehind(E element) {
    return element.older != null;
  }

  /** Whether no other element with its key is open. */
  public boolean isAlone(E element) {
    return element.older == null && element.younger == null;
  }

  /** The next younger element with its key; null if there is none. */
  public @Nullable E behind(E element) {
    Element<K> next = element.younger;
    return next == null ? null : own(next);
  }

  /** How many elements wait behind the one that has this key. */
  public int waiting(K key) {
    int count = 0;
    for (Element<K> each = tails.get(key); each != null && each.older != null; each = each.older) {
      count++;
    }
    return count;
  }

  /**
   * Looks for company of an element that was just emitted: first among those in line, then among
   * those that wait for the key of one of these. They are processed without a permit of their own.
   *
   * @param together contains that element, and receives those that join it, in order
   */
  public void join(List<E> together, Company<E> company) {
    joinInLine(resumed, together, company);
    joinInLine(fresh, together, company);
    int heads = together.size();
    for (int i = 0; i < heads; i++) {
      Element<K> next = together.get(i).nextWaiting();
      while (next != null && joins(next, together, company)) {
        next = next.nextWaiting();
      }
    }
  }

  private void joinInLine(Deque<Element<K>> line, List<E> together, Company<E> company) {
    while (!line.isEmpty() && !company.isFull() && passedOver.size() < MAX_PASSED_OVER) {
      Element<K> next = line.remove();
      if (next.place != Place.READY) {
        stale = Math.max(0, stale - 1);
      } else if (!joins(next, together, company)) {
        passedOver.add(next);
      }
    }
    for (int i = passedOver.size() - 1; i >= 0; i--) {
      line.addFirst(passedOver.get(i));
    }
    passedOver.clear();
  }

  private boolean joins(Element<K> element, List<E> together, Company<E> company) {
    boolean joins = !company.isFull() && company.admits(own(element));
    if (joins) {
      element.place = Place.JOINED;
      element.wasEmitted = true;
      together.add(own(element));
    }
    return joins;
  }

  /** Lets a paused element join one that has a permit. */
  public void join(E element) {
    if (element.place != Place.PAUSED) {
      throw new IllegalStateException("the element is not paused");
    }
    element.place = Place.JOINED;
  }

  /** Gives the permit of an element to one that joined it. */
  public void handOver(E from, E to) {
    if (from.place == Place.RUNNING && to.place == Place.JOINED) {
      from.place = Place.JOINED;
      to.place = Place.RUNNING;
    }
  }

  /** Pauses an element: others may have its permit, but nobody its key. */
  public void pause(E element) {
    inTurn(this::paused, element);
  }

  private void paused(Element<K> element) {
    switch (element.place) {
      case RUNNING -> running--;
      case READY -> unready();
      case JOINED -> {}
      case OUTSIDE, WAITING, PAUSED -> {
        return;
      }
    }
    element.place = Place.PAUSED;
  }

  /** Resumes a paused element. */
  public void resume(E element) {
    inTurn(this::resumed, element);
  }

  private void resumed(Element<K> element) {
    if (element.place != Place.PAUSED) {
      return;
    } else if (element.older == null) {
      ready(element);
    } else {
      element.place = Place.WAITING;
    }
  }

  /**
   * Lets a waiting element give up its place behind those with its key. It has no order any more.
   */
  public void free(E element) {
    inTurn(this::freed, element);
  }

  private void freed(Element<K> element) {
    if (element.place == Place.WAITING) {
      unchain(element);
      element.key = null;
      ready(element);
    }
  }

  private void inTurn(Consumer<Element<K>> step, E element) {
    if (turns.isMine()) {
      step.accept(element);
    } else {
      turns.take(step, element);
    }
  }

  /** The element leaves, whatever its place is. An element that has left already is ignored. */
  public void done(E element) {
    inTurn(left, element);
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
    // An element that joined another one is being processed already, or waits alone.
    Element<K> next = element.older == null ? element.nextWaiting() : null;
    unchain(element);
    if (next != null) {
      ready(next);
    }
    open--;
    renewDemand();
    checkEnd();
  }

  /** Removes it from the elements with its key. */
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

  @Override
  public void onNext(E element) {
    inTurn(entered, element);
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
    element.wasEmitted = false;
    K key = element.key;
    Element<K> tail = key == null ? null : tails.put(key, element);
    if (tail == null) {
      ready(element);
      emit();
    } else {
      element.place = Place.WAITING;
      element.older = tail;
      tail.younger = element;
    }
  }

  /** It has its key, and gets in line for a permit. */
  private void ready(Element<K> element) {
    element.place = Place.READY;
    (element.wasEmitted ? resumed : fresh).add(element);
  }

  /** An element in line has left. */
  private void unready() {
    if (++stale > MAX_STALE && stale > (resumed.size() + fresh.size()) / 2) {
      resumed.removeIf(each -> each.place != Place.READY);
      fresh.removeIf(each -> each.place != Place.READY);
      stale = 0;
    }
  }

  /** Emits as many elements as permits and demand allow. */
  private void emit() {
    CoreSubscriber<? super E> actual = downstream;
    while (actual != null && !over && requested > 0 && running < permits.getAsInt()) {
      Element<K> next = nextReady();
      if (next == null) {
        return;
      }
      running++;
      next.place = Place.RUNNING;
      next.wasEmitted = true;
      if (requested != Long.MAX_VALUE) {
        requested--;
      }
      actual.onNext(own(next));
    }
  }

  private @Nullable Element<K> nextReady() {
    while (true) {
      Element<K> next = resumed.isEmpty() ? fresh.poll() : resumed.poll();
      if (next == null || next.place == Place.READY) {
        return next;
      }
      stale = Math.max(0, stale - 1);
    }
  }

  /** Safe, because only elements of this type come in. */
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
    if (upstream != null && most != UNBOUNDED && ++gone >= Math.max(1, most / 4)) {
      int more = gone;
      gone = 0;
      upstream.request(more);
    }
  }

  @Override
  public void onError(Throwable problem) {
    turns.take(() -> sourceEnds(actual -> actual.onError(problem)));
  }

  @Override
  public void onComplete() {
    turns.take(() -> sourceEnds(CoreSubscriber::onComplete));
  }

  private void sourceEnds(Consumer<CoreSubscriber<?>> how) {
    end = how;
    checkEnd();
  }

  /** Ends, as the source did, when all elements that came before that are done. */
  private void checkEnd() {
    if (end != null && open == 0 && !over && downstream != null) {
      over = true;
      end.accept(downstream);
    }
  }

  /**
   * Emits nothing more, and discards the elements that wait. Those that were emitted may still be
   * done.
   */
  @Override
  public void cancel() {
    turns.take(this::cancelled);
  }

  private void cancelled() {
    over = true;
    if (upstream != null) {
      upstream.cancel();
    }
    for (Element<K> tail : List.copyOf(tails.values())) {
      for (Element<K> each = tail; each != null && each.place == Place.WAITING; ) {
        Element<K> older = each.older;
        left(each);
        discard(each);
        each = older;
      }
    }
    for (Element<K> each = nextReady(); each != null; each = nextReady()) {
      left(each);
      discard(each);
    }
  }

  private void discard(Element<K> element) {
    CoreSubscriber<? super E> actual = downstream;
    Operators.onDiscard(element, actual == null ? Context.empty() : actual.currentContext());
  }
}
