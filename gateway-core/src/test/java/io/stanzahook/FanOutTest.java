package io.stanzahook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.rooms.RoomEvent;
import io.stanzahook.stream.StreamListener;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FanOutTest {
  private final List<String> told = new ArrayList<>();
  private final FanOut all =
      new FanOut(
          List.of(recorder(DeliveryListener.class, 1), recorder(DeliveryListener.class, 2)),
          List.of(recorder(StreamListener.class, 1), recorder(StreamListener.class, 2)),
          List.of(roomRecorder(1), roomRecorder(2)));

  private <L> L recorder(Class<L> type, int number) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> {
              told.add("%d: %s".formatted(number, call(method, args)));
              return null;
            }));
  }

  private Consumer<RoomEvent> roomRecorder(int number) {
    return event -> told.add("%d: room %s".formatted(number, event));
  }

  private static String call(Method method, Object[] args) {
    return method.getDeclaringClass().getSimpleName()
        + "."
        + method.getName()
        + (args == null ? "" : Arrays.toString(args));
  }

  static Stream<Method> events() {
    return Stream.of(DeliveryListener.class, StreamListener.class)
        .flatMap(type -> Arrays.stream(type.getMethods()))
        .filter(method -> !Modifier.isStatic(method.getModifiers()));
  }

  /** So that nobody is left out of an event that is added to one of the interfaces. */
  @ParameterizedTest
  @MethodSource("events")
  void eachIsToldOfEachEventInOrder(Method event) throws ReflectiveOperationException {
    Object[] args =
        Arrays.stream(event.getParameterTypes()).map(FanOutTest::some).toArray(Object[]::new);
    event.invoke(all, args);

    String call = call(event, args.length == 0 ? null : args);
    assertThat(told).containsExactly("1: " + call, "2: " + call);
  }

  /** One that shows whether it was passed on. */
  private static Object some(Class<?> type) {
    if (type == int.class) {
      return 17;
    }
    if (type == long.class) {
      return 18L;
    }
    if (type == boolean.class) {
      return true;
    }
    if (type == String.class) {
      return "text";
    }
    return type.isEnum() ? type.getEnumConstants()[1] : null;
  }

  @Test
  void roomsToo() {
    all.accept(new RoomEvent.StreamLost(3));
    assertThat(told).containsExactly("1: room StreamLost[rooms=3]", "2: room StreamLost[rooms=3]");
  }
}
