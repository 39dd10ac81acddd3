package io.stanzahook.app.http;

/** The receiver of a message, as a caller writes it. */
final class Receiver {
  private Receiver() {}

  /**
   * Refuses a name without a host. mod_post_msg adds its own host to such a name. A component has
   * no users, and a message to a host of that name would be lost silently.
   *
   * @throws ApiException if it is such a name
   */
  static String withHost(String receiver) throws ApiException {
    if (!receiver.equals("localhost")
        && receiver.chars().noneMatch(c -> c == '@' || c == '.' || c == '/')) {
      throw ApiException.unusable("the receiver has no host: name it, as in user@host");
    }
    return receiver;
  }
}
