package io.stanzahook.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A component of a settings record that operators can set. Its type determines the form of the
 * value. A record among the components holds further settings; if it is nullable, it exists only if
 * its own setting, or else its first one, is given. The program fills in components without this
 * annotation.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {
  /** Milliseconds of an hour, for bounds of durations. */
  long HOUR = 3_600_000;

  /** As in the flag, without the dashes: {@code post-url}. */
  String name();

  /** What help shows for the value: {@code URL}. */
  String value() default "true|false";

  /** The default as it would be typed; empty where there is none. */
  String fallback() default "";

  /** What help shows if there is no default; {@code required} if a value must be given. */
  String absent() default "none";

  /** The lowest number, size, or duration in milliseconds. */
  long min() default 0;

  /** The highest number, size, or duration in milliseconds. */
  long max() default Long.MAX_VALUE;

  /**
   * Whether it may change while the component runs; for a setting of the process, whether a reload
   * applies it.
   */
  boolean live() default false;

  /** Whether it may be in the configuration file. */
  boolean inFile() default true;

  /** Whether the sandbox has it. */
  boolean inSandbox() default true;

  /** If not 0, the value is the name of a file that contains it, with at most this many bytes. */
  int file() default 0;

  /**
   * The meaning of a second setting, if there is one: called {@code NAME-file}, it names a file of
   * {@link #file} bytes at most that holds the value.
   */
  String orFile() default "";

  /** What is missing if this one is not given and others need it: {@code TLS}. */
  String noun() default "";

  /** What it does, without a full stop, in Markdown. */
  String help();
}
