package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.GatewaySettings;
import io.stanzahook.settings.Setting;
import io.stanzahook.settings.Values;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * What openapi.json says of the settings that {@code PATCH /admin/settings} changes, which the
 * console shows too, follows from their declarations. To write it anew: run this with {@code
 * -Ddocs.write=true}.
 */
class SettingsSchemaTest {
  private static final Path FILE =
      Path.of("src/main/resources/io/stanzahook/app/http/openapi.json");

  private static final Pattern SCHEMA =
      Pattern.compile("\n   \"Settings\": \\{\n.*?\n   },", Pattern.DOTALL);

  @Test
  void theSchemaOfLiveSettingsIsThatOfTheirDeclarations() throws IOException {
    String text = Files.readString(FILE);
    String expected =
        SCHEMA.matcher(text).replaceFirst(Matcher.quoteReplacement("\n" + schema() + ","));
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(FILE, expected);
    }
    assertThat(Files.readString(FILE))
        .as("openapi.json; write it anew with -Ddocs.write=true")
        .isEqualTo(expected);
  }

  private static String schema() {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (Option option : RunOptions.COMPONENT) {
      if (option.isPatched()) {
        properties.put(option.key(), property(option));
      }
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    return "   \"Settings\": " + json(schema, "\n   ");
  }

  /** As the file is written: each level has one space. */
  private static String json(Object value, String line) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(each -> "\"%s\": %s".formatted(each.getKey(), json(each.getValue(), line + " ")))
          .collect(Collectors.joining("," + line + " ", "{" + line + " ", line + "}"));
    }
    if (value instanceof List<?> list) {
      return list.stream()
          .map(each -> json(each, line + " "))
          .collect(Collectors.joining("," + line + " ", "[" + line + " ", line + "]"));
    }
    return new JsonMapper().writeValueAsString(value);
  }

  private static Map<String, Object> property(Option option) {
    Class<?> type = Objects.requireNonNull(type(GatewaySettings.class, option.name()));
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("description", option.meaning());
    if (type.isEnum()) {
      property.put("enum", Stream.of(type.getEnumConstants()).map(Values::label).toList());
    } else if (type == int.class) {
      property.put("type", "integer");
      property.put("minimum", option.said().min());
      property.put("maximum", option.said().max());
    } else {
      boolean number = option.placeholder().startsWith("N|");
      property.put("type", number ? List.of("integer", "string") : "string");
    }
    return property;
  }

  /** Of the component that declares the setting. */
  private static Class<?> type(Class<?> holder, String name) {
    for (RecordComponent component : holder.getRecordComponents()) {
      Setting said = component.getAnnotation(Setting.class);
      if (said != null && said.name().equals(name)) {
        return component.getType();
      }
    }
    return Arrays.stream(holder.getRecordComponents())
        .map(RecordComponent::getType)
        .filter(Class::isRecord)
        .map(inner -> type(inner, name))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
