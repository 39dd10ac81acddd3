package io.stanzahook.app.formats;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * A template in Mustache, without partials, for plain text. What it makes is bounded in length and
 * in time, whatever is posted.
 */
final class FormatTemplate {
  /** Longer text is cut. */
  static final int MAX_CHARACTERS = 16 * 1024;

  /** How many elements of lists are gone through for one text; then it is cut. */
  static final int MAX_STEPS = 10_000;

  private static final String CUT = "\n[cut off]";

  /** Other templates inside this one, and other delimiters, which could hide those. */
  private static final Pattern FORBIDDEN = Pattern.compile("\\{\\{\\s*[><$=]");

  private static final Pattern EMPTY = Pattern.compile("\\{\\{[#^/&{]?\\s*\\}\\}");

  private static final Pattern LINE = Pattern.compile("\\s*@ line (\\d+)|\\[?line (\\d+)\\]?");

  private final Template template;

  private FormatTemplate(Template template) {
    this.template = template;
  }

  /**
   * Reads a template.
   *
   * @throws BadTemplateException naming the line
   */
  static FormatTemplate parse(String text) throws BadTemplateException {
    Matcher forbidden = FORBIDDEN.matcher(text);
    if (forbidden.find()) {
      throw new BadTemplateException(
          line(text, forbidden.start()),
          "templates inside of templates, and other delimiters, are not supported");
    }
    Matcher empty = EMPTY.matcher(text);
    if (empty.find()) {
      throw new BadTemplateException(line(text, empty.start()), "a tag is empty");
    }
    int open = text.lastIndexOf("{{");
    if (open >= 0 && text.indexOf("}}", open) < 0) {
      throw new BadTemplateException(line(text, open), "a tag is not closed");
    }
    Template template = compile(text);
    for (String name : names(template)) {
      if (name.startsWith(Helpers.MARK) && !Helpers.ALL.containsKey(name)) {
        throw new BadTemplateException(
            line(text, Math.max(0, text.indexOf(name))),
            "there is no '%s'; choose one of %s"
                .formatted(name, String.join(", ", new TreeSet<>(Helpers.ALL.keySet()))));
      }
    }
    return new FormatTemplate(template);
  }

  private static Template compile(String text) throws BadTemplateException {
    try {
      return compiler().compile(text);
    } catch (MustacheException e) {
      String message = String.valueOf(e.getMessage());
      Matcher line = LINE.matcher(message);
      if (!line.find()) {
        throw new BadTemplateException(1, message);
      }
      String number = line.group(1) == null ? line.group(2) : line.group(1);
      throw new BadTemplateException(Integer.parseInt(number), line.replaceFirst(""));
    }
  }

  private static Mustache.Compiler compiler() {
    return Mustache.compiler()
        .escapeHTML(false)
        .defaultValue("")
        .zeroIsFalse(true)
        .withCollector(new JsonValues())
        .withLoader(
            name -> {
              throw new IllegalArgumentException("no partials");
            });
  }

  private static int line(String text, int at) {
    return (int) text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
  }

  private static Set<String> names(Template template) {
    Set<String> names = new TreeSet<>();
    template.visit(
        new Mustache.Visitor() {
          @Override
          public void visitText(String text) {}

          @Override
          public void visitVariable(String name) {
            names.addAll(List.of(name.split("\\.", -1)));
          }

          @Override
          public boolean visitInclude(String name) {
            return false;
          }

          @Override
          public boolean visitSection(String name) {
            names.add(name);
            return true;
          }

          @Override
          public boolean visitInvertedSection(String name) {
            names.add(name);
            return true;
          }
        });
    return names;
  }

  /** The text for what was posted: legal in XML, without blank lines at its ends. */
  String render(ObjectNode posted, RequestHeaders headers) {
    JsonValues.Steps steps = new JsonValues.Steps(MAX_STEPS);
    BoundedText out = new BoundedText(MAX_CHARACTERS);
    template.execute(new JsonValues.Fields(posted, steps, headers), out);
    String text = tidy(out.toString());
    return out.isFull() || steps.isSpent() ? text + CUT : text;
  }

  /** Templates leave blanks and empty lines where there was nothing to say. */
  private static String tidy(String text) {
    StringBuilder tidy = new StringBuilder(text.length());
    int empty = 0;
    for (String line : text.lines().toList()) {
      String stripped = line.stripTrailing();
      empty = stripped.isEmpty() ? empty + 1 : 0;
      if (empty <= 1 && !(tidy.isEmpty() && empty > 0)) {
        tidy.append(stripped).append('\n');
      }
    }
    return tidy.toString().stripTrailing();
  }
}
