package io.stanzahook.app;

import io.stanzahook.app.config.Configuration;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Option;
import io.stanzahook.settings.Setting;
import io.stanzahook.signing.NewSigningKey;
import java.util.List;

/** {@code secret}: prints a new secret, fit to be the file of {@code --signing-secret-file}. */
final class SecretCommand implements Command {
  /** What it is called with: flags alone, since nothing of it is a setting to keep. */
  record Settings(
      @Setting(
              name = "asymmetric",
              fallback = "false",
              inFile = false,
              help =
                  "prints an ed25519 key pair instead of a shared secret: a private key for the "
                      + "gateway's file, a public key for the webhook")
          boolean asymmetric) {}

  private static final List<Option> OPTIONS = Option.of(Settings.class, Option.Scope.PROCESS);

  @Override
  public String name() {
    return "secret";
  }

  @Override
  public String summary() {
    return "Prints a new secret for signing requests (--signing-secret-file).";
  }

  @Override
  public List<Option> options() {
    return OPTIONS;
  }

  @Override
  public ExitCode execute(Invocation invocation) throws ConfigurationException {
    boolean asymmetric =
        Configuration.read(
                Settings.class, invocation.flags(), invocation::warn, (values, problems) -> {})
            .asymmetric();
    NewSigningKey key = asymmetric ? NewSigningKey.asymmetric() : NewSigningKey.shared();
    invocation.console().out().println(key.secret());
    if (asymmetric) {
      // A comment, so that both lines can be the file.
      invocation.console().out().println("# public: " + key.verifier());
    }
    return ExitCode.ENDED;
  }
}
