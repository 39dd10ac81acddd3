package io.stanzahook.app.config;

import io.stanzahook.settings.Setting;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns values into settings records, and settings records into values. */
final class Binder {
  /** Gives the value of a component. */
  @FunctionalInterface
  private interface Filler {
    @Nullable Object of(RecordComponent component, @Nullable Setting said);
  }

  private Binder() {}

  /** Whether this is a record with settings among its components, or in a record inside it. */
  static boolean holdsSettings(Class<?> type) {
    return type.isRecord()
        && Arrays.stream(type.getRecordComponents())
            .anyMatch(
                each -> each.isAnnotationPresent(Setting.class) || holdsSettings(each.getType()));
  }

  static boolean isNullable(RecordComponent component) {
    return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  /**
   * Makes a record.
   *
   * @param values of its settings
   * @param others what its other components are, by their names
   * @throws IllegalArgumentException naming a setting that the record refuses
   */
  static <R extends Record> R make(Class<R> type, OptionValues values, Map<String, Object> others) {
    return fill(
        type,
        (component, said) -> {
          Class<?> inner = component.getType();
          if (holdsSettings(inner) && !others.containsKey(component.getName())) {
            Setting key = said != null ? said : isNullable(component) ? first(inner) : null;
            return key == null || values.isOn(key.name())
                ? make(inner.asSubclass(Record.class), values, others)
                : null;
          }
          return said != null ? values.find(said.name()) : others.get(component.getName());
        });
  }

  private static Setting first(Class<?> type) {
    return Objects.requireNonNull(type.getRecordComponents()[0].getAnnotation(Setting.class));
  }

  /** The values of a record's settings, by name, without those that are null. */
  static Map<String, Object> values(Record settings) {
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

  /** The record with other values, which may be null, for some of its settings, by name. */
  static <R extends Record> R with(R settings, Map<String, ? extends @Nullable Object> changes) {
    @SuppressWarnings("unchecked") // A record's class has no subclasses.
    Class<R> type = (Class<R>) settings.getClass();
    return fill(
        type,
        (component, said) -> {
          Object value = value(settings, component);
          if (value instanceof Record inner && holdsSettings(component.getType())) {
            return with(inner, changes);
          }
          return said == null || !changes.containsKey(said.name())
              ? value
              : changes.get(said.name());
        });
  }

  /** The names of the settings whose values differ between two records. */
  static List<String> differences(Record one, Record other) {
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
      // A command's own record is only visible in the command's package.
      constructor.setAccessible(true);
      return constructor.newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new IllegalStateException(type + " cannot be made", e);
    } catch (ReflectiveOperationException e) {
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
