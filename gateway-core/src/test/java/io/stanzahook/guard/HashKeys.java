package io.stanzahook.guard;

import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * Finds maps and sets whose keys strangers could choose so that all have one hash: each of them is
 * then gone through for each other. Of keys that are comparable the JDK's make a tree. Keys that
 * are equal to none but themselves have hashes that nobody can choose.
 */
final class HashKeys {
  private HashKeys() {}

  /** The fields of a class with such keys, one line each. */
  static List<String> notComparable(Class<?> type) {
    List<String> found = new ArrayList<>();
    for (Field field : type.getDeclaredFields()) {
      if (!field.isSynthetic()
          && isHashed(field.getType())
          && field.getGenericType() instanceof ParameterizedType generic
          && !isSafe(generic.getActualTypeArguments()[0])) {
        found.add(
            "%s.%s: its keys are not comparable with each other (%s)"
                .formatted(
                    type.getName(),
                    field.getName(),
                    generic.getActualTypeArguments()[0].getTypeName()));
      }
    }
    return found;
  }

  private static boolean isHashed(Class<?> type) {
    return (Map.class.isAssignableFrom(type) || Set.class.isAssignableFrom(type))
        && !SortedMap.class.isAssignableFrom(type)
        && !SortedSet.class.isAssignableFrom(type)
        && !EnumMap.class.isAssignableFrom(type)
        && !EnumSet.class.isAssignableFrom(type);
  }

  private static boolean isSafe(Type key) {
    if (key instanceof Class<?> type) {
      return type.isEnum() || isIdentity(type) || isComparable(type);
    }
    if (key instanceof ParameterizedType generic) {
      return isSafe(generic.getRawType());
    }
    if (key instanceof WildcardType wildcard) {
      return isSafe(wildcard.getUpperBounds()[0]);
    }
    return key instanceof TypeVariable<?> variable
        && Arrays.stream(variable.getBounds())
            .anyMatch(
                bound ->
                    bound instanceof ParameterizedType generic
                        && generic.getRawType().equals(Comparable.class));
  }

  /** What the JDK's maps look at: whether the class itself says it is comparable with its own. */
  private static boolean isComparable(Class<?> type) {
    return Arrays.stream(type.getGenericInterfaces())
        .anyMatch(
            each ->
                each instanceof ParameterizedType generic
                    && generic.getRawType().equals(Comparable.class)
                    && generic.getActualTypeArguments()[0].equals(type));
  }

  private static boolean isIdentity(Class<?> type) {
    try {
      return (type.isInterface() && !type.getName().startsWith("java."))
          || (!type.isInterface()
              && !type.isRecord()
              && type.getMethod("hashCode").getDeclaringClass().equals(Object.class));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }
}
