package io.stanzahook.xml;

/** What an element may contain: further elements and text. */
public sealed interface XmlNode permits XmlElement, XmlText {}
