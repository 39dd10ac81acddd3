package io.stanzahook.settings;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of settings, reads them, changes them and checks them. A component is known by the
 * name of its {@link Setting}, or else by its own name.
 */
public final class Settings {
  /** Gives the value of a component. */
  @FunctionalInterface
  private interface Filler {
    @Nullable Object of(RecordComponent component, @Nullable Setting said);
  }

  private Settings() {}

  /** Whether this is a record with settings among its components, or in a record inside it. */
  public static boolean holdsSettings(Class<?> type) {
    return type.isRecord()
        && Arrays.stream(type.getRecordComponents())
            .anyMatch(
                each -> each.isAnnotationPresent(Setting.class) || holdsSettings(each.getType()));
  }

  /** Whether it may be null. */
  public static boolean isNullable(RecordComponent component) {
    return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  /**
   * Makes a record.
   *
   * @param values of its components, and of those of the records in it, by name; numbers, times,
   *     booleans and enums that are not among them have their defaults
   * @throws IllegalArgumentException naming a setting that the record refuses
   */
  public static <R extends Record> R make(Class<R> type, Map<String, ?> values) {
    return fill(
        type,
        (component, said) -> {
          Class<?> inner = component.getType();
          if (holdsSettings(inner) && !inner.isInstance(values.get(component.getName()))) {
            Setting key = said != null ? said : isNullable(component) ? first(inner) : null;
            return key == null || isOn(values.get(key.name()))
                ? make(inner.asSubclass(Record.class), values)
                : null;
          }
          Object value = values.get(name(component, said));
          return value != null || said == null ? value : usual(component.getType(), said);
        });
  }

  private static @Nullable Object usual(Class<?> type, Setting said) {
    String text = said.fallback();
    if (text.isEmpty() || text.equals("off")) {
      return type == List.class ? List.of() : type == boolean.class ? false : null;
    }
    return Values.of(type, said, text);
  }

  private static boolean isOn(@Nullable Object value) {
    return value != null && !value.equals(false);
  }

  private static String name(RecordComponent component, @Nullable Setting said) {
    return said == null ? component.getName() : said.name();
  }

  private static Setting first(Class<?> type) {
    return Objects.requireNonNull(type.getRecordComponents()[0].getAnnotation(Setting.class));
  }

  /** The values of a record's settings, by name, without those that are null. */
  public static Map<String, Object> values(Record settings) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      Setting said = component.getAnnotation(Setting.class);
      Object value = value(settings, component);
      if (value instanceof Record inner && holdsSettings(component.getType())) {
        if (said != null) {
          values.put(said.name(), true);
        }
        values.putAll(values(inner));
      } else if (said != null && value != null) {
        values.put(said.name(), value);
      }
    }
    return values;
  }

  /**
   * The record with another value for one of its components, or of those of the records in it.
   *
   * @throws IllegalArgumentException if there is no component of that name
   */
  public static <R extends Record> R with(R settings, String name, @Nullable Object value) {
    if (!has(settings.getClass(), name)) {
      throw new IllegalArgumentException(settings.getClass() + " has no " + name);
    }
    return with(settings, Collections.singletonMap(name, value));
  }

  private static boolean has(Class<?> type, String name) {
    return Arrays.stream(type.getRecordComponents())
        .anyMatch(
            each ->
                name.equals(name(each, each.getAnnotation(Setting.class)))
                    || (holdsSettings(each.getType()) && has(each.getType(), name)));
  }

  /** The record with other values, which may be null, for some of its components, by name. */
  public static <R extends Record> R with(
      R settings, Map<String, ? extends @Nullable Object> changes) {
    @SuppressWarnings("unchecked") // A record's class has no subclasses.
    Class<R> type = (Class<R>) settings.getClass();
    return fill(
        type,
        (component, said) -> {
          String name = name(component, said);
          Object value = value(settings, component);
          if (changes.containsKey(name)) {
            return changes.get(name);
          }
          return value instanceof Record inner && holdsSettings(component.getType())
              ? with(inner, changes)
              : value;
        });
  }

  /**
   * Checks numbers and times against the bounds of their settings.
   *
   * @throws IllegalArgumentException naming the first setting that is out of them
   */
  public static void check(Record settings) {
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      Setting said = component.getAnnotation(Setting.class);
      Object value = value(settings, component);
      if (value instanceof Record inner && holdsSettings(component.getType())) {
        check(inner);
      } else if (said != null && value != null) {
        boolean time = value instanceof Duration;
        long number =
            value instanceof Duration duration
                ? duration.toMillis()
                : value instanceof Number any ? any.longValue() : said.min();
        if (number < said.min() || number > said.max()) {
          throw new IllegalArgumentException(
              "‹%s› must be from %d to %d%s"
                  .formatted(said.name(), said.min(), said.max(), time ? " ms" : ""));
        }
      }
    }
  }

  /** The names of the settings whose values differ between two records. */
  public static List<String> differences(Record one, Record other) {
    Map<String, Object> ones = values(one);
    Map<String, Object> others = values(other);
    Map<String, Object> all = new LinkedHashMap<>(ones);
    all.putAll(others);
    return all.keySet().stream()
        .filter(name -> !Objects.equals(ones.get(name), others.get(name)))
        .toList();
  }

  private static <R extends Record> R fill(Class<R> type, Filler filler) {
    List<Class<?>> types = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      types.add(component.getType());
      values.add(filler.of(component, component.getAnnotation(Setting.class)));
    }
    try {
      Constructor<R> constructor = type.getDeclaredConstructor(types.toArray(new Class<?>[0]));
      // A command's own record is visible only in the command's package.
      constructor.setAccessible(true);
      return constructor.newInstance(values.toArray());
    } catch (ReflectiveOperationException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new IllegalStateException(type + " cannot be made", e);
    }
  }

  private static @Nullable Object value(Record settings, RecordComponent component) {
    try {
      return component.getAccessor().invoke(settings);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }
}
