package io.stanzahook.exchange;

import java.util.Locale;

/** What a request to the webhook holds, and how JSON in its response is read. */
public enum PostFormat {
  /** mod_component_http's object, and its replies. */
  JSON("application/json"),
  /** mod_rest's object, and its replies. */
  REST_JSON("application/json"),
  /** The stanza itself; JSON in a response is read as with {@link #JSON}. */
  XML("application/xmpp+xml");

  private final String contentType;

  PostFormat(String contentType) {
    this.contentType = contentType;
  }

  /** The request's {@code Content-Type}. */
  public String contentType() {
    return contentType;
  }

  /** Whether a request may hold several stanzas. */
  public boolean hasBatches() {
    return this != XML;
  }

  /** The name in flags. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public RequestWriter writer() {
    return switch (this) {
      case JSON -> new RequestJson();
      case REST_JSON -> new RestRequest();
      case XML ->
          (stanza, allocator) -> {
            byte[] xml = stanza.xml().utf8();
            return allocator.buffer(xml.length).writeBytes(xml);
          };
    };
  }
}
