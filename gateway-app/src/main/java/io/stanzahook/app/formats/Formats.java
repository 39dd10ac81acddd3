package io.stanzahook.app.formats;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The formats by their names. */
public final class Formats {
  /** The end of a template's file name. */
  public static final String SUFFIX = ".mustache";

  /** The end of the file name of a template for the subject. */
  public static final String SUBJECT_SUFFIX = ".subject" + SUFFIX;

  /** The format whose answers are Slack's. */
  public static final String SLACK = "slack";

  /** Formats of which a request may be text alone, as of {@link #SLACK}: a message's text. */
  private static final Set<String> OF_TEXT = Set.of(SLACK, "generic", "healthchecks");

  /** Formats at most. */
  public static final int MAX_FORMATS = 100;

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
  private static final Set<String> OWN =
      Set.of(
          "alertmanager.mustache",
          "alertmanager.subject.mustache",
          "generic.mustache",
          "generic.subject.mustache",
          "gitea.mustache",
          "gitea.subject.mustache",
          "github.mustache",
          "github.subject.mustache",
          "gitlab.mustache",
          "gitlab.subject.mustache",
          "grafana.mustache",
          "grafana.subject.mustache",
          "healthchecks.mustache",
          "healthchecks.subject.mustache",
          "slack.mustache",
          "uptime-kuma.mustache",
          "uptime-kuma.subject.mustache");

  private final Map<String, Format> byName;
  private final Map<String, String> templates;

  private Formats(Map<String, Format> byName, Map<String, String> templates) {
    this.byName = Map.copyOf(byName);
    this.templates = Map.copyOf(templates);
  }

  /** Those that come with the program. */
  public static Formats builtIn() {
    try {
      return of(Map.of());
    } catch (BadTemplateException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Those that come with the program, and others, which replace those of the same name. Reads
   * files: not to be called on an event loop.
   *
   * @param templates by file name, see {@link #SUFFIX} and {@link #SUBJECT_SUFFIX}; each checked by
   *     {@link #check}
   * @throws BadTemplateException if one cannot be used
   */
  public static Formats of(Map<String, String> templates) throws BadTemplateException {
    Map<String, String> all = new TreeMap<>();
    Set<String> replaced = new TreeSet<>();
    templates.keySet().forEach(file -> replaced.add(name(file)));
    for (String file : OWN) {
      // A body of one's own with a subject of ours would say two things.
      if (!replaced.contains(name(file))) {
        all.put(file, resource(file));
      }
    }
    all.putAll(templates);
    Map<String, Format> formats = new TreeMap<>();
    for (Map.Entry<String, String> template : all.entrySet()) {
      if (!template.getKey().endsWith(SUBJECT_SUFFIX)) {
        String name = name(template.getKey());
        String subject = all.get(name + SUBJECT_SUFFIX);
        Format format = new Format(template.getValue(), subject);
        if (replaced.contains(name)) {
          format.compile();
        }
        formats.put(name, format);
      }
    }
    return new Formats(formats, all);
  }

  /**
   * Looks at one template.
   *
   * @throws BadTemplateException naming its line
   */
  public static void check(String template) throws BadTemplateException {
    FormatTemplate.parse(template);
  }

  /** Whether a file of that name can be a template: letters in lower case, digits, hyphens. */
  public static boolean isName(String file) {
    return NAME.matcher(name(file)).matches();
  }

  private static String name(String file) {
    String suffix = file.endsWith(SUBJECT_SUFFIX) ? SUBJECT_SUFFIX : SUFFIX;
    return file.substring(0, file.length() - suffix.length());
  }

  private static String resource(String file) {
    try (InputStream in = Objects.requireNonNull(Formats.class.getResourceAsStream(file), file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The format of that name, or null. */
  public @Nullable Format find(String name) {
    return byName.get(name);
  }

  /** Whether a request of that format may be text alone, which then is its property text. */
  public static boolean takesText(String name) {
    return OF_TEXT.contains(name);
  }

  /** All names, in order. */
  public Set<String> names() {
    return new TreeSet<>(byName.keySet());
  }

  /** Whether they are made of the same templates. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Formats that && templates.equals(that.templates);
  }

  @Override
  public int hashCode() {
    return templates.hashCode();
  }
}
