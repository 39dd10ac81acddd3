package io.stanzahook.stanza;

/** The expanded name of a stanza's direct child outside the content namespace. */
public record PayloadName(String namespace, String name) {}
