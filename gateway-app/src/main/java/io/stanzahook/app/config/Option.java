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
 * One setting as operators see it: its {@link Setting}, and what follows from its type and its
 * place.
 *
 * @param said where it is declared
 * @param name as in the flag, without the dashes: {@code post-url}
 * @param form of its value
 * @param scope whether each component has it, or the process
 * @param needs the option without which it does nothing; null if it needs none
 * @param fallback the default as it would be typed; null if there is none
 * @param absent what help shows if there is no default: {@code required}, {@code none}
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

  /** The prefix of the program's environment variables. */
  public static final String VARIABLE_PREFIX = "STANZAHOOK_";

  /** What help shows if a value must be given. */
  static final String REQUIRED = "required";

  /** The end of the name of a setting whose value is a file with the value of another setting. */
  static final String OR_FILE = "-file";

  /** Whether each component has a setting, or the process. */
  public enum Scope {
    /** Each component has it. An entry of the file's {@code components} may give it again. */
    COMPONENT,
    /** The process has it. */
    PROCESS
  }

  /** The settings of a record and of the records in it, in their order. */
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

  /** This option with another default, or without one, for another command. */
  Option by(@Nullable String newFallback, String newAbsent) {
    return new Option(said, name, form, scope, needs, newFallback, newAbsent, meaning);
  }

  /** The option with a name. */
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

  /** Whether it may be in the configuration file. */
  public boolean inFile() {
    return said.inFile();
  }

  /**
   * Whether it may change while the component runs, or for the process, whether a reload applies
   * it.
   */
  public boolean isLive() {
    return said.live();
  }

  /** Whether a request may change it: one value, which is not read from a file. */
  boolean isPatched() {
    return isLive() && said.file() == 0 && !form.shape().isRepeated();
  }

  /** As typed on a command line. */
  public String flag() {
    return "--" + name;
  }

  /** Whether the flag may stand alone. */
  public boolean isSwitch() {
    return form.shape() == Form.Shape.SWITCH;
  }

  /** The flag as help and documentation show it, with the placeholder of its value. */
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

  /** The options of both lists. */
  static List<Option> all(List<Option> first, List<Option> second) {
    return Stream.of(first, second).flatMap(List::stream).toList();
  }
}
