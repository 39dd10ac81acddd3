package io.stanzahook.guard;

import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds static state that could change: fields that are not final, and values that are not
 * immutable as far as their fields tell. A private array is taken for a table that nobody writes.
 */
final class StaticState {
  private static final Set<Class<?>> IMMUTABLE =
      Set.of(
          Boolean.class,
          Byte.class,
          Character.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          String.class,
          Class.class,
          Pattern.class);

  /** Packages of values, and types whose state is none of ours. */
  private static final List<String> IMMUTABLE_NAMES =
      List.of(
          "java.time.",
          "java.math.",
          "java.net.URI",
          "java.lang.invoke.",
          "java.util.concurrent.atomic.AtomicReferenceFieldUpdater",
          "java.util.concurrent.atomic.AtomicIntegerFieldUpdater",
          "java.util.concurrent.atomic.AtomicLongFieldUpdater",
          "io.netty.util.AsciiString",
          "io.netty.util.AttributeKey",
          "tools.jackson.databind.json.JsonMapper",
          "tools.jackson.core.io.SerializedString",
          "tools.jackson.core.json.JsonFactory");

  private StaticState() {}

  /** The static fields of a class that could change, one line each. */
  static List<String> mutableFields(Class<?> type) {
    List<String> mutable = new ArrayList<>();
    for (Field field : type.getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) {
        continue;
      }
      String name = type.getName() + "." + field.getName();
      if (!Modifier.isFinal(field.getModifiers())) {
        mutable.add(name + " is not final");
      } else if (!isImmutable(field, null)) {
        mutable.add(name + " holds something mutable: " + field.getType().getName());
      }
    }
    return mutable;
  }

  private static boolean isImmutable(Field field, @Nullable Object owner) {
    Object value;
    try {
      field.setAccessible(true);
      value = field.get(owner);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(field.toString(), e);
    }
    if (value != null && value.getClass().isArray()) {
      return Modifier.isPrivate(field.getModifiers());
    }
    return isImmutable(value);
  }

  private static boolean isImmutable(@Nullable Object value) {
    if (value == null
        || value instanceof Enum<?>
        || value instanceof Annotation
        || value instanceof Charset
        || value instanceof org.slf4j.Logger
        || IMMUTABLE.contains(value.getClass())) {
      return true;
    }
    String name = value.getClass().getName();
    if (IMMUTABLE_NAMES.stream().anyMatch(name::startsWith) || superclassIsListed(value)) {
      return true;
    }
    if (isFixedCollection(name)) {
      return elements(value).allMatch(StaticState::isImmutable);
    }
    return (name.startsWith("io.stanzahook.") || value instanceof Record) && fieldsAreFinal(value);
  }

  private static boolean superclassIsListed(Object value) {
    for (Class<?> type = value.getClass(); type != null; type = type.getSuperclass()) {
      if (IMMUTABLE_NAMES.stream().anyMatch(type.getName()::startsWith)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isFixedCollection(String name) {
    return name.startsWith("java.util.ImmutableCollections")
        || name.startsWith("java.util.Collections$Unmodifiable")
        || name.startsWith("java.util.Collections$Empty")
        || name.equals("java.util.Optional");
  }

  private static Stream<?> elements(Object container) {
    if (container instanceof Map<?, ?> map) {
      return Stream.concat(map.keySet().stream(), map.values().stream());
    }
    if (container instanceof Optional<?> optional) {
      return optional.stream();
    }
    return container instanceof Collection<?> collection ? collection.stream() : Stream.empty();
  }

  private static boolean fieldsAreFinal(Object value) {
    for (Class<?> type = value.getClass(); type != Object.class; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers())) {
          continue;
        }
        if (!Modifier.isFinal(field.getModifiers()) || !isImmutable(field, value)) {
          return false;
        }
      }
    }
    return true;
  }
}
