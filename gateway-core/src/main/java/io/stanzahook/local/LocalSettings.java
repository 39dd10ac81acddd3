package io.stanzahook.local;

import io.stanzahook.settings.Setting;
import io.stanzahook.stanza.Jid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway says about itself, and which stanzas it does not post.
 *
 * @param name what service discovery calls the component and its addresses
 * @param avatar their picture, or null
 * @param commands what clients may execute, or null
 * @param version the program's version, for requests that ask for it (XEP-0092)
 * @param features what service discovery announces besides what is served here
 */
public record LocalSettings(
    @Setting(
            name = "name",
            value = "NAME",
            fallback = LocalSettings.DEFAULT_NAME,
            live = true,
            help =
                "what clients call the component and its addresses: in service discovery, vCards "
                    + "and chat rooms")
        String name,
    @Setting(
            name = "avatar",
            value = "FILE",
            file = Avatar.MAX_BYTES,
            live = true,
            help = "the picture that clients show for them: a PNG, JPEG or WebP of up to 64 KiB")
        @Nullable Avatar avatar,
    @Setting(
            name = "commands",
            value = "FILE",
            file = 256 * 1024,
            live = true,
            help =
                "ad-hoc commands (XEP-0050) that clients list: a YAML file with `node`, `name`, "
                    + "`who` and `fields` of each; executions are POSTed as kind `command`")
        @Nullable Commands commands,
    String version,
    List<String> features,
    @Setting(
            name = "filters",
            value = "RULE",
            live = true,
            help =
                "which of those stanzas go to the webhook: `kind=…`, `type=…`, `has_body=…`, "
                    + "`from_domain=…`, `payload=…`, `node=…`, `chat_state`, `in_room=…` and "
                    + "`action=post`, `action=drop` or `action=local`, separated by spaces; the "
                    + "first matching rule decides; repeatable, in the file a list of mappings")
        Filters filters) {

  /** The name in service discovery, unless set otherwise. */
  public static final String DEFAULT_NAME = "Stanzahook";

  /** Many chat rooms cut longer nicks. */
  private static final int MAX_NAME = 128;

  public LocalSettings {
    features = List.copyOf(features);
  }

  /**
   * Checks that a text can be the {@link #name}, which is also a nick in chat rooms (XEP-0045).
   *
   * @throws IllegalArgumentException the rest of a sentence
   */
  public static void checkName(String name) {
    if (name.isBlank()
        || name.length() > MAX_NAME
        || name.chars().anyMatch(Character::isISOControl)
        || Jid.parse("a/" + name) == null) {
      throw new IllegalArgumentException(
          "is not a nick: give 1 to %d characters, without control characters".formatted(MAX_NAME));
    }
  }
}
