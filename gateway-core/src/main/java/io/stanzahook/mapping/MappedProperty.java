package io.stanzahook.mapping;

import io.stanzahook.stanza.StanzaKind;
import java.util.Set;

/**
 * One row of the mapping: a property of the JSON object of a stanza.
 *
 * @param kinds the kinds of stanza that have it
 * @param about its meaning, with the number of the specification
 */
public record MappedProperty(Property property, Set<StanzaKind> kinds, String about) {
  public MappedProperty {
    kinds = Set.copyOf(kinds);
  }
}
