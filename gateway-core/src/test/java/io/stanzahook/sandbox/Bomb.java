package io.stanzahook.sandbox;

import io.stanzahook.wire.Refusal;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What any user of a server can send a component to keep it busy or fill its memory. Each is past a
 * limit of the gateway's.
 */
public enum Bomb {
  /** Servers relay it, one and all. */
  DEEP(Refusal.DEPTH, "<a>".repeat(1000) + "</a>".repeat(1000)),
  /** Prosody relays it; ejabberd 23.01 does not survive it. */
  NESTING(Refusal.DEPTH, "<a>".repeat(30_000) + "</a>".repeat(30_000)),
  /** 229 KB as a client sends it; Prosody makes a namespace declaration of each attribute. */
  ATTRIBUTES(
      Refusal.ATTRIBUTES,
      "<a xmlns:p='u' " + many(20_000, i -> "p:x" + i + "='' ") + "/>",
      "<a " + many(20_000, i -> "xmlns:ns" + i + "='u' ns" + i + ":x" + i + "='' ") + "/>"),
  NAMESPACES(
      Refusal.ATTRIBUTES,
      "<a " + many(20_000, i -> "xmlns:p" + i + "='u" + i + "' p" + i + ":x='' ") + "/>"),
  CHILDREN(Refusal.ELEMENTS, "<a/>".repeat(60_000)),
  BODY(Refusal.SIZE, "<body>" + "x".repeat(3_000_000) + "</body>"),
  /** Servers write each by its name, {@code apos}. */
  REFERENCES(
      Refusal.SIZE,
      "<body>" + "&#39;".repeat(250_000) + "</body>",
      "<body>" + "&apos;".repeat(250_000) + "</body>"),
  MIXTURE(
      Refusal.ATTRIBUTES,
      "<x xmlns='urn:x'>".repeat(50)
          + ("<y " + many(300, i -> "a" + i + "='&lt;&#9;' ") + ">&amp;&#x1F600;</y><z/>")
              .repeat(500)
          + "</x>".repeat(50)
          + "<a>".repeat(500)
          + "</a>".repeat(500));

  private final Refusal refusal;
  private final String sent;
  private final String relayed;

  Bomb(Refusal refusal, String content) {
    this(refusal, content, content);
  }

  Bomb(Refusal refusal, String sent, String relayed) {
    this.refusal = refusal;
    this.sent = sent;
    this.relayed = relayed;
  }

  private interface Part {
    String of(int number);
  }

  private static String many(int count, Part part) {
    return IntStream.range(0, count).mapToObj(part::of).collect(Collectors.joining());
  }

  /** The limit that it meets first, by default. */
  public Refusal refusal() {
    return refusal;
  }

  /**
   * As a client sends it.
   *
   * @param root name and attributes of the stanza: {@code message to='…'}
   */
  public String sent(String root) {
    return stanza(root, sent);
  }

  /** As a server writes it on the component's stream. */
  public String relayed(String root) {
    return stanza(root, relayed);
  }

  private static String stanza(String root, String content) {
    return "<" + root + ">" + content + "</" + root.substring(0, root.indexOf(' ')) + ">";
  }
}
