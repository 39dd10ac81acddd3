package io.stanzahook.xml;

/**
 * Character data, unescaped.
 *
 * @param text the characters; {@link XmlWriter} replaces those that XML 1.0 forbids
 */
public record XmlText(String text) implements XmlNode {}
