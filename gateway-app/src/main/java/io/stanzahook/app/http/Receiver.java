package io.stanzahook.app.http;

/** Whom a message goes to, where a program or somebody writes it as text. */
final class Receiver {
  private Receiver() {}

  /**
   * mod_post_msg adds its own host to a bare name. A component has no users, and taken for a host
   * of that name it would be lost without a word.
   *
   * @throws ApiException if it is such a name
   */
  static String withHost(String receiver) throws ApiException {
    if (!receiver.equals("localhost")
        && receiver.chars().noneMatch(c -> c == '@' || c == '.' || c == '/')) {
      throw new ApiException(
          ApiError.unusable("the receiver has no host: name it, as in user@host"));
    }
    return receiver;
  }
}
