package io.stanzahook.app.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One setting: the only place where its name, meaning, default and form are written down.
 *
 * @param name as in the flag, without dashes in front: {@code post-url}
 * @param placeholder what help shows for the value: {@code URL}
 * @param fallback the default as it would be typed, or null where there is none
 * @param absent what stands in place of a default in help: {@code required}, {@code none}
 * @param shape how many values it takes
 * @param inFile whether it may stand in the configuration file
 * @param scope whose setting it is
 * @param parser reads one value; for a confidential one its messages never show the text
 * @param meaning what it does, without a full stop, in Markdown
 * @param <T> what one value is read to
 */
public record Option<T>(
    String name,
    String placeholder,
    @Nullable String fallback,
    String absent,
    Shape shape,
    boolean inFile,
    Scope scope,
    ValueParser<T> parser,
    String meaning) {

  /** What all environment variables of the program begin with. */
  public static final String VARIABLE_PREFIX = "STANZAHOOK_";

  /** What stands in place of a default where a value must be given. */
  public static final String REQUIRED = "required";

  /** How many values an option takes, and how a file may write them. */
  public enum Shape {
    /** One. */
    ONE,
    /** One, {@code true} or {@code false}; the flag alone means {@code true}. */
    SWITCH,
    /** One text with commas; in a file a list too. */
    COMMA_LIST,
    /** Any number: the flag repeated, lines of a variable, in a file a list or a mapping. */
    REPEATED,
    /** As {@link #REPEATED}; in a file a list of mappings, each as words {@code key=value}. */
    RULES;

    /** Whether it may be given several times. */
    boolean isRepeated() {
      return this == REPEATED || this == RULES;
    }
  }

  /** Whose setting it is, where one process runs several components. */
  public enum Scope {
    /** A component's: an entry of the file's {@code components} may say it anew. */
    COMPONENT,
    /** The whole process's. */
    PROCESS
  }

  /** An option of a component, with one value. */
  static <T> Option<T> of(
      String name, String placeholder, String fallback, ValueParser<T> parser, String meaning) {
    return new Option<>(
        name, placeholder, fallback, "", Shape.ONE, true, Scope.COMPONENT, parser, meaning);
  }

  /** An option with one value and no default. */
  static <T> Option<T> withoutDefault(
      String name, String placeholder, String absent, ValueParser<T> parser, String meaning) {
    return new Option<>(
        name, placeholder, null, absent, Shape.ONE, true, Scope.COMPONENT, parser, meaning);
  }

  /** An option that is on or, unless it is given, off. */
  static Option<Boolean> switchedOff(String name, String meaning) {
    return of(name, "true|false", "false", ValueParsers.truth(), meaning).shaped(Shape.SWITCH);
  }

  Option<T> shaped(Shape newShape) {
    return new Option<>(
        name, placeholder, fallback, absent, newShape, inFile, scope, parser, meaning);
  }

  Option<T> notInFile() {
    return new Option<>(name, placeholder, fallback, absent, shape, false, scope, parser, meaning);
  }

  /** This one as a setting of the whole process. */
  Option<T> ofProcess() {
    return new Option<>(
        name, placeholder, fallback, absent, shape, inFile, Scope.PROCESS, parser, meaning);
  }

  /** This one without its default, for a command that can do without. */
  Option<T> orElse(String newAbsent) {
    return new Option<>(name, placeholder, null, newAbsent, shape, inFile, scope, parser, meaning);
  }

  /** This one with another default, for a command that is used otherwise. */
  Option<T> by(String newFallback) {
    return new Option<>(
        name, placeholder, newFallback, absent, shape, inFile, scope, parser, meaning);
  }

  /** As typed on a command line. */
  public String flag() {
    return "--" + name;
  }

  /** The flag as help and documentation show it, with its value where it needs one. */
  public String usage() {
    return shape == Shape.SWITCH ? flag() : flag() + " " + placeholder;
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
}
