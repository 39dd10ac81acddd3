package io.stanzahook.app.config;

import io.stanzahook.app.credentials.HookSecrets;
import io.stanzahook.app.formats.Formats;
import io.stanzahook.settings.Setting;
import org.jspecify.annotations.Nullable;

/**
 * What other programs may post, and where it goes.
 *
 * @param roomNick the nick in chat rooms; null for the local part of the sender's address
 * @param formats the formats that make messages of posts
 * @param secrets who may post without credentials, by a signature; null for nobody
 */
public record HookSettings(
    @Setting(
            name = "room-nick",
            value = "NICK",
            absent = "the local part of the sender's address, or `stanzahook`",
            inSandbox = false,
            help =
                "nick in chat rooms that `/msg` and `/hooks` send to; if it is taken, `_2` and "
                    + "so on are tried")
        @Nullable String roomNick,
    @Setting(
            name = "templates",
            value = "DIR",
            inSandbox = false,
            help =
                "folder with your own formats for `/hooks`, one `NAME.mustache` each; a format "
                    + "with the name of a built-in one replaces it")
        Formats formats,
    @Setting(
            name = "hook-secret-file",
            value = "F",
            live = true,
            inSandbox = false,
            help =
                "file with secrets of signed hooks, which need no token: a format and its secret on"
                    + " each line, for `X-Hub-Signature-256` (GitHub, Gitea), `X-Gitlab-Token`, and"
                    + " with `whsec_…` Standard Webhooks. JIDs to send from and `name=TEXT` can"
                    + " follow, as in `--api-token-file`")
        @Nullable HookSecrets secrets) {
  /** The defaults. */
  public static HookSettings usual() {
    return new HookSettings(null, Formats.builtIn(), null);
  }
}
