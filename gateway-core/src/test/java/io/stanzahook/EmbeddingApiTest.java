package io.stanzahook;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.settings.Settings;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever a Java program meets when it embeds the engine is API, and its package says so. */
class EmbeddingApiTest {
  private static final String BASE = "io.stanzahook";
  private static final List<Class<?>> ENTRANCES =
      List.of(
          ComponentGateway.class,
          FanOut.class,
          Gateway.class,
          GatewayBuilder.class,
          GatewaySettings.class);

  @Test
  void everyTypeThatAnEmbedderMeetsIsApi() throws IOException {
    Set<Class<?>> met = met();
    Set<String> unsaid = new TreeSet<>();
    for (Class<?> type : met) {
      if (!isSaid(type)) {
        unsaid.add(type.getName());
      }
    }
    assertThat(met).hasSizeGreaterThan(50);
    assertThat(unsaid).isEmpty();
  }

  /** The types that a program can name by following signatures from the entrances. */
  private static Set<Class<?>> met() {
    Set<Class<?>> met = new LinkedHashSet<>();
    Deque<Class<?>> next = new ArrayDeque<>(ENTRANCES);
    while (!next.isEmpty()) {
      Class<?> type = next.pop();
      if (type.getPackageName().startsWith(BASE) && met.add(type)) {
        mentioned(type).forEach(each -> flatten(each, next));
      }
    }
    return met;
  }

  /**
   * What an embedder needs to use the type. Classes that are only handed on are not looked into.
   */
  private static List<Type> mentioned(Class<?> type) {
    List<Type> types = new ArrayList<>();
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        types.add(component.getGenericType());
      }
    } else if (type.isInterface() || type.getPackageName().equals(BASE)) {
      for (Method method : type.getDeclaredMethods()) {
        if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()) {
          types.add(method.getGenericReturnType());
          types.addAll(List.of(method.getGenericParameterTypes()));
        }
      }
      for (Constructor<?> constructor : type.getConstructors()) {
        types.addAll(List.of(constructor.getGenericParameterTypes()));
      }
    }
    if (type.isSealed()) {
      types.addAll(List.of(type.getPermittedSubclasses()));
    }
    return types;
  }

  private static void flatten(Type type, Deque<Class<?>> into) {
    if (type instanceof Class<?> plain) {
      into.push(plain.isArray() ? plain.getComponentType() : plain);
    } else if (type instanceof ParameterizedType generic) {
      flatten(generic.getRawType(), into);
      Arrays.stream(generic.getActualTypeArguments()).forEach(each -> flatten(each, into));
    } else if (type instanceof GenericArrayType array) {
      flatten(array.getGenericComponentType(), into);
    } else if (type instanceof WildcardType wildcard) {
      Arrays.stream(wildcard.getUpperBounds()).forEach(each -> flatten(each, into));
      Arrays.stream(wildcard.getLowerBounds()).forEach(each -> flatten(each, into));
    } else if (type instanceof TypeVariable<?> variable) {
      Arrays.stream(variable.getBounds()).forEach(each -> flatten(each, into));
    }
  }

  private static boolean isSaid(Class<?> type) throws IOException {
    Class<?> top = type;
    while (top.getEnclosingClass() != null) {
      top = top.getEnclosingClass();
    }
    String info =
        Files.readString(
            Path.of("src/main/java", top.getPackageName().replace('.', '/'), "package-info.java"));
    String api = info.substring(info.indexOf("<p>API: ")).replaceAll("\\s*\n \\* ", " ");
    return api.startsWith("<p>API: all of it.")
        || Pattern.compile("\\b" + top.getSimpleName() + "\\b").matcher(api).find()
        || (Settings.holdsSettings(top) && api.contains("the settings"));
  }
}
