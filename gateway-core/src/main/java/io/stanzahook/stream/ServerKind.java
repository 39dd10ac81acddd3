package io.stanzahook.stream;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which server a component faces, as far as its words show: no server says its name in a
 * component's stream, but each writes its start tag in its own way.
 */
public enum ServerKind {
  PROSODY("Prosody"),
  EJABBERD("ejabberd"),
  JABBERD2("jabberd2"),
  OPENFIRE("Openfire"),
  MONGOOSEIM("MongooseIM"),
  TIGASE("Tigase"),
  UNKNOWN("");

  private static final Pattern START = Pattern.compile("<stream:stream\\s[^>]*>");
  private static final Pattern ID = Pattern.compile("\\sid=['\"]([^'\"]*)['\"]");
  private static final Pattern ENCODING = Pattern.compile("encoding=['\"]UTF-8['\"]");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final String label;

  ServerKind(String label) {
    this.label = label;
  }

  /** Its name, for people; empty for one that is not known. */
  public String label() {
    return label;
  }

  /** Whether it is known. */
  public boolean isKnown() {
    return this != UNKNOWN;
  }

  /**
   * By how a stream begins.
   *
   * @param head the first characters that the server sent
   */
  static ServerKind ofStart(String head) {
    Matcher start = START.matcher(head);
    if (!start.find()) {
      return UNKNOWN;
    }
    String tag = start.group();
    if (tag.contains("xmlns=\"") && ENCODING.matcher(head).find()) {
      return OPENFIRE;
    }
    Matcher found = ID.matcher(tag);
    String id = found.find() ? found.group(1) : "";
    if (id.matches("[0-9]{10,20}")) {
      return EJABBERD;
    }
    if (id.matches("[0-9a-z]{40}")) {
      return JABBERD2;
    }
    if (id.matches("[0-9A-Fa-f]{16}")) {
      return MONGOOSEIM;
    }
    if (UUID.matcher(id).matches()) {
      return head.startsWith("<?xml") ? PROSODY : TIGASE;
    }
    return UNKNOWN;
  }

  /** By the text of a stream error, for servers that end a stream before they give it an id. */
  static ServerKind ofError(@Nullable String text) {
    if (text == null) {
      return UNKNOWN;
    }
    if (text.contains("does not match any configured external components")
        || text.contains("Component already connected")
        || text.contains("Given token does not match calculated token")) {
      return PROSODY;
    }
    if (text.contains("Unable to register route on existing local domain")) {
      return EJABBERD;
    }
    return text.contains("connect with the requested subdomain")
            || text.contains("already being used by another component")
        ? OPENFIRE
        : UNKNOWN;
  }

  /** By the port, where nothing was said: only Openfire has ports that no other server has. */
  public static ServerKind ofPort(int port) {
    return port == 5275 || port == 5276 ? OPENFIRE : UNKNOWN;
  }

  /** By the name that a server's software gives itself (XEP-0092, XEP-0030). */
  public static ServerKind ofSoftware(String name) {
    String given = name.toLowerCase(Locale.ROOT);
    for (ServerKind kind : values()) {
      if (kind.isKnown() && given.contains(kind.label.toLowerCase(Locale.ROOT))) {
        return kind;
      }
    }
    // Its service discovery and its version query have other words.
    return given.contains("jabberd") || given.equals("jabber im server") ? JABBERD2 : UNKNOWN;
  }
}
