package io.stanzahook.app.sandbox;

import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/**
 * Writes JSON with one property on each line. It streams, because a tree would load ten times as
 * many classes.
 */
final class PrettyJson {
  private PrettyJson() {}

  /** The document with indentation; null if it is not JSON. */
  static @Nullable String of(String document) {
    JsonFactory json = new JsonFactory();
    StringWriter text = new StringWriter();
    try (JsonParser in = json.createParser(ObjectReadContext.empty(), document);
        JsonGenerator out = json.createGenerator(new Indented(), text)) {
      while (in.nextToken() != null) {
        out.copyCurrentEventExact(in);
      }
    } catch (JacksonException e) {
      return null;
    }
    return text.toString();
  }

  private static final class Indented extends ObjectWriteContext.Base {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      return new DefaultPrettyPrinter(
              Separators.createDefaultInstance()
                  .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                  .withRootSeparator("\n"))
          .withArrayIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
    }

    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }
  }
}
