package io.stanzahook.app.send;

import io.stanzahook.app.http.ApiException;
import java.util.Set;

/** The receiver of a message and its type, as a caller writes them. */
public final class Receiver {
  /** The type of a message unless the caller says otherwise. */
  public static final String CHAT = "chat";

  private static final Set<String> TYPES = Set.of(CHAT, "groupchat", "headline", "normal");

  private Receiver() {}

  /**
   * Refuses a type that no message can have.
   *
   * @throws ApiException if it is such a type
   */
  public static String type(String type) throws ApiException {
    if (!TYPES.contains(type)) {
      throw ApiException.unusable("'type' is none of chat, groupchat, headline, normal");
    }
    return type;
  }

  /**
   * Refuses a name without a host. mod_post_msg adds its own host to such a name. A component has
   * no users, and a message to a host of that name would be lost silently.
   *
   * @throws ApiException if it is such a name
   */
  public static String withHost(String receiver) throws ApiException {
    if (!receiver.equals("localhost")
        && receiver.chars().noneMatch(c -> c == '@' || c == '.' || c == '/')) {
      throw ApiException.unusable("the receiver has no host: name it, as in user@host");
    }
    return receiver;
  }
}
