package io.stanzahook.app.config;

import io.stanzahook.settings.Setting;
import io.stanzahook.settings.Settings;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One setting as operators give it: what its {@link Setting} says, and what follows from its type
 * and its place.
 *
 * @param said where it is declared
 * @param name as in the flag, without dashes in front: {@code post-url}
 * @param form of its value
 * @param scope whose setting it is
 * @param needs the one without which it does nothing; null where it needs no other
 * @param fallback the default as it would be typed, or null where there is none
 * @param absent what stands in place of a default in help: {@code required}, {@code none}
 * @param meaning what it does, without a full stop, in Markdown
 */
public record Option(
    Setting said,
    String name,
    Form form,
    Scope scope,
    @Nullable Option needs,
    @Nullable String fallback,
    String absent,
    String meaning) {

  /** What all environment variables of the program begin with. */
  public static final String VARIABLE_PREFIX = "STANZAHOOK_";

  /** What stands in place of a default where a value must be given. */
  static final String REQUIRED = "required";

  /** What the name of a setting ends with that names a file with the value of another one. */
  static final String OR_FILE = "-file";

  /** Whose setting it is, where one process runs several components. */
  public enum Scope {
    /** A component's: an entry of the file's {@code components} may say it anew. */
    COMPONENT,
    /** The whole process's. */
    PROCESS
  }

  /** The settings that a record declares, and the records in it, in their order. */
  public static List<Option> of(Class<? extends Record> type, Scope scope) {
    List<Option> options = new ArrayList<>();
    collect(type, scope, null, false, options);
    return List.copyOf(options);
  }

  private static void collect(
      Class<?> type, Scope scope, @Nullable Option outer, boolean firstIsKey, List<Option> to) {
    Option key = outer;
    for (RecordComponent component : type.getRecordComponents()) {
      Setting said = component.getAnnotation(Setting.class);
      if (said != null) {
        Option option =
            new Option(
                said,
                said.name(),
                Form.of(component, said),
                scope,
                key,
                said.fallback().isEmpty() ? null : said.fallback(),
                said.absent(),
                said.help());
        to.add(option);
        key = firstIsKey && Objects.equals(key, outer) ? option : key;
        if (!said.orFile().isEmpty()) {
          to.add(option.orFile());
        }
        if (Settings.holdsSettings(component.getType())) {
          collect(component.getType(), scope, option, false, to);
        }
      } else if (Settings.holdsSettings(component.getType())) {
        collect(component.getType(), scope, key, Settings.isNullable(component), to);
      }
    }
  }

  private Option orFile() {
    return new Option(
        said,
        name + OR_FILE,
        Form.path(),
        scope,
        needs,
        null,
        absent.replace(name + OR_FILE, name),
        said.orFile());
  }

  /** This one with another default, or without one, for a command that is used otherwise. */
  Option by(@Nullable String newFallback, String newAbsent) {
    return new Option(said, name, form, scope, needs, newFallback, newAbsent, meaning);
  }

  /** That of them with a name. */
  static Option named(String name, List<Option> options) {
    return options.stream().filter(each -> each.name.equals(name)).findFirst().orElseThrow();
  }

  /** What it does, and its default. */
  String help() {
    String usual = fallback == null ? absent : "default: " + fallback;
    return "%s (%s)".formatted(meaning, usual);
  }

  /** What help shows for the value: {@code URL}. */
  public String placeholder() {
    return name.equals(said.name()) ? said.value() : "F";
  }

  /** Whether it may be said in the configuration file. */
  public boolean inFile() {
    return said.inFile();
  }

  /** Whether it may change while the component runs; of the process: whether a reload takes it. */
  public boolean isLive() {
    return said.live();
  }

  /** As typed on a command line. */
  public String flag() {
    return "--" + name;
  }

  /** Whether the flag may stand alone. */
  public boolean isSwitch() {
    return form.shape() == Form.Shape.SWITCH;
  }

  /** The flag as help and documentation show it, with its value where it needs one. */
  public String usage() {
    return isSwitch() ? flag() : flag() + " " + placeholder();
  }

  /** The environment variable. */
  public String variable() {
    return VARIABLE_PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** The key in the configuration file. */
  public String key() {
    return name.replace('-', '_');
  }

  /** The default, or what stands in its place. */
  public String fallbackOrAbsent() {
    return fallback == null ? absent : fallback;
  }

  /** Those of one list, then those of another. */
  static List<Option> all(List<Option> first, List<Option> second) {
    return Stream.of(first, second).flatMap(List::stream).toList();
  }
}
