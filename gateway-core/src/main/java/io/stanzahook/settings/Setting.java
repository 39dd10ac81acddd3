package io.stanzahook.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A component of a settings record that operators set. Its type says the form of its value. A
 * record among the components holds further settings; if it is nullable, it is there only where its
 * own setting, or else its first one, is given. Components without this are the program's to fill
 * in.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {
  /** Milliseconds of an hour, for bounds of durations. */
  long HOUR = 3_600_000;

  /** As in the flag, without dashes in front: {@code post-url}. */
  String name();

  /** What help shows for the value. Of a text, it says the form too: {@code DOMAIN}. */
  String value() default "true|false";

  /** The default as it would be typed; empty where there is none. */
  String fallback() default "";

  /** What help shows where there is no default; {@code required} if a value must be given. */
  String absent() default "none";

  /** The lowest number, size, or duration in milliseconds. */
  long min() default 0;

  /** The highest number, size, or duration in milliseconds. */
  long max() default Long.MAX_VALUE;

  /** Whether it may change while the component runs; of the process: whether a reload takes it. */
  boolean live() default false;

  /** Whether it may stand in the configuration file. */
  boolean inFile() default true;

  /** Whether the sandbox has it. */
  boolean inSandbox() default true;

  /** If not 0, the value is the name of a file that holds it, of so many bytes at most. */
  int file() default 0;

  /**
   * The meaning of a second setting, if there is one: called {@code NAME-file}, it names a file of
   * {@link #file} bytes at most that holds the value.
   */
  String orFile() default "";

  /** What is missing where this one is not given and others need it: {@code TLS}. */
  String noun() default "";

  /** What it does, without a full stop, in Markdown. */
  String help();
}
