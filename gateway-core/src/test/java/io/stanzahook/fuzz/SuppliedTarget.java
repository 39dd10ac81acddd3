package io.stanzahook.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.xml.JdkXml;
import io.stanzahook.xml.XmlChars;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import io.stanzahook.xml.XmlParser;
import java.util.List;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/**
 * XML that a webhook supplies: {@link XmlParser} takes it exactly where the JDK's parsers do, it is
 * within the limits and has nothing that XMPP forbids; and then both read the same.
 *
 * <p>First line: a or b for the limits, and w for data of UTF-16.
 */
public final class SuppliedTarget {
  private static final XmlLimits SMALL = new XmlLimits(4, 10, 8);

  private SuppliedTarget() {}

  /** Jazzer's entry. */
  public static void fuzzerTestOneInput(byte[] input) {
    FuzzInput in = new FuzzInput(input);
    XmlLimits limits = in.oneOf(0, List.of(XmlLimits.OUTBOUND, SMALL));
    String text = in.text(1);
    Stax oracle = null;
    String refusal = null;
    try {
      oracle = Stax.read(text);
    } catch (XMLStreamException e) {
      refusal = e.getMessage();
    }
    try {
      XmlElement element = XmlParser.parse(text, limits);
      assertThat(refusal).as("StAX refuses what we take").isNull();
      assertThat(Tree.of(element)).isEqualTo(oracle.root());
      assertThat(isWithin(limits, oracle)).as("taken past a limit").isTrue();
      assertThat(oracle.restricted()).as("taken although restricted").isFalse();
      Written.check(element);
    } catch (XmlException e) {
      assertThat(e).hasMessageNotContaining("\n").message().isNotBlank();
      assertThat(mayRefuse(limits, text, oracle))
          .as("StAX takes what we refuse: %s", e.getMessage())
          .isTrue();
    }
  }

  private static boolean isWithin(XmlLimits limits, Stax read) {
    return read.root().depth() <= limits.maxDepth()
        && read.root().size() <= limits.maxElements()
        && read.mostAttributes() <= limits.maxAttributes();
  }

  private static boolean mayRefuse(XmlLimits limits, String text, @Nullable Stax oracle) {
    return oracle == null
        || oracle.restricted()
        || !isWithin(limits, oracle)
        // The declaration of another version of XML, or of an encoding: RFC 6120, 11.4 to 11.6.
        || text.startsWith("<?xml")
        // StAX overlooks some; DOM's reading is the strict one.
        || XmlChars.firstForbidden(text) >= 0
        || !domTakes(text);
  }

  private static boolean domTakes(String text) {
    try {
      JdkXml.parse(text);
      return true;
    } catch (Exception e) {
      return false;
    }
  }
}
