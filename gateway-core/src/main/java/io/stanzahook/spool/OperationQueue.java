package io.stanzahook.spool;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The tasks of the writing thread, in order. It assigns positions in the same step, so that their
 * order is the order of the queue. Any thread may add without waiting, and one thread takes.
 *
 * <p>Its length is limited by its callers: {@link Spool#MAX_IN_FLIGHT} appends, one settling for
 * each record, and one redelivery for each dead letter.
 */
final class OperationQueue {
  private final AtomicReference<Operation> top;

  /** One that gives positions after that. */
  OperationQueue(long last) {
    top = new AtomicReference<>(new Operation.None(last));
  }

  /** Adds one; whether whoever takes should be woken for it. */
  boolean add(Operation operation) {
    Operation before;
    do {
      before = top();
      operation.before = before;
      operation.last = before.last + (operation.isPlaced() ? 1 : 0);
      operation.urgent = before.urgent || operation.isUrgent();
    } while (!top.compareAndSet(before, operation));
    return before instanceof Operation.None || (operation.urgent && !before.urgent);
  }

  /** Takes all there is. */
  List<Operation> takeAll() {
    Operation operation = top();
    if (operation instanceof Operation.None) {
      return List.of();
    }
    while (!top.compareAndSet(operation, new Operation.None(operation.last))) {
      operation = top();
    }
    List<Operation> taken = new ArrayList<>();
    for (;
        operation != null && !(operation instanceof Operation.None);
        operation = operation.before) {
      taken.add(operation);
    }
    Collections.reverse(taken);
    return taken;
  }

  boolean isEmpty() {
    return top() instanceof Operation.None;
  }

  /** Whether something in it is not to wait. */
  boolean isUrgent() {
    return top().urgent;
  }

  /** The greatest position given. */
  long last() {
    return top().last;
  }

  private Operation top() {
    return Objects.requireNonNull(top.get());
  }
}
