package io.stanzahook.xml;

/**
 * One attribute of an element.
 *
 * @param namespace the namespace name, or the empty string for the usual unprefixed attribute
 * @param name the local name
 * @param value the unescaped value
 */
public record XmlAttribute(String namespace, String name, String value) {}
