package io.stanzahook.mapping;

import io.stanzahook.xml.XmlElement;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Only the URL of out of band data: a short form of {@code oob}. mod_rest gives both for one
 * element, but a reply must not have two such elements.
 *
 * @param name the property's name
 */
record OobUrl(String name) implements AliasField {
  private static final Field URL =
      Fields.child("url", "jabber:x:oob", "x", new OnlyUrl(Fields.child("url", Contents.TEXT)));

  @Override
  public Field field() {
    return URL;
  }

  @Override
  public boolean isSaidElsewhere(JsonNode object) {
    return object.path("oob").path("url").equals(object.path(name));
  }

  private record OnlyUrl(Field url) implements Content {
    @Override
    public Shape shape() {
      return url.shape();
    }

    @Override
    public String outline() {
      return url.place();
    }

    @Override
    public @Nullable JsonNode read(XmlElement element, @Nullable String lang) {
      return url.read(element, lang);
    }

    @Override
    public void write(JsonNode value, Spot spot, XmlElement.Builder element)
        throws MappingException {
      url.write(value, spot, element);
    }
  }
}
