package io.stanzahook.app.config;

import io.stanzahook.settings.Setting;
import java.util.List;

/** What {@code secret} is called with: flags alone, since nothing of it is a setting to keep. */
public record SecretSettings(
    @Setting(
            name = "asymmetric",
            fallback = "false",
            inFile = false,
            help =
                "prints an ed25519 key pair instead of a shared secret: a private key for the "
                    + "gateway's file, a public key for the webhook")
        boolean asymmetric) {

  /** All options. */
  public static final List<Option> OPTIONS = Option.of(SecretSettings.class, Option.Scope.PROCESS);
}
