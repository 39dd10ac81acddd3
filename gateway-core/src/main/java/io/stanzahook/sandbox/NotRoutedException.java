package io.stanzahook.sandbox;

/** A stanza did not reach a component; the message says why. */
public final class NotRoutedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private NotRoutedException(String message) {
    super(message, null, false, false);
  }

  static NotRoutedException away(String domain) {
    return new NotRoutedException("no component is connected as " + domain);
  }

  static NotRoutedException full(String domain, int limit) {
    return new NotRoutedException(
        "%d stanzas to %s are not written yet: it does not read".formatted(limit, domain));
  }

  static NotRoutedException broken(String domain, Throwable cause) {
    return new NotRoutedException("the connection of %s broke: %s".formatted(domain, cause));
  }
}
