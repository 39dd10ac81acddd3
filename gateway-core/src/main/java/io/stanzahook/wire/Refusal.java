package io.stanzahook.wire;

import org.jspecify.annotations.Nullable;

/**
 * Why an incoming stanza is not read: it exceeds one of {@link WireLimits}, or has no usable JIDs.
 */
public enum Refusal {
  SIZE("too_large", "max-stanza", "The stanza has more than %d bytes."),
  DEPTH("too_deep", "max-depth", "The stanza is nested deeper than %d elements."),
  ATTRIBUTES(
      "too_many_attributes",
      "max-attributes",
      "The stanza has an element with more than %d attributes and namespace declarations."),
  TAG("tag_too_large", "max-tag", "The stanza has a tag of more than %d bytes."),
  ELEMENTS("too_many_elements", "max-elements", "The stanza has more than %d elements."),
  BAD_FROM("bad_from", null, "The stanza has no valid 'from'."),
  BAD_TO("bad_to", null, "The stanza has a 'to' that is not a JID.");

  private final String label;
  private final @Nullable String setting;
  private final String sentence;

  Refusal(String label, @Nullable String setting, String sentence) {
    this.label = label;
    this.setting = setting;
    this.sentence = sentence;
  }

  /** The label's value in {@code stanzas_refused_total}. */
  public String label() {
    return label;
  }

  /** The setting with the limit, such as {@code max-depth}; null if the reason is not a limit. */
  public @Nullable String setting() {
    return setting;
  }

  /** The value of the limit; 0 if the reason is not a limit. */
  public int limit(WireLimits limits) {
    return switch (this) {
      case SIZE -> limits.maxStanza();
      case DEPTH -> limits.maxDepth();
      case ATTRIBUTES -> limits.maxAttributes();
      case TAG -> limits.maxTag();
      case ELEMENTS -> limits.maxElements();
      case BAD_FROM, BAD_TO -> 0;
    };
  }

  /** What is wrong with the stanza, for its sender: one sentence with the value of the limit. */
  String sentence(int limit) {
    return sentence.formatted(limit);
  }
}
