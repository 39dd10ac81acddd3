package io.stanzahook.app.config;

import java.util.List;
import java.util.Map;

/** The options of {@code secret}: flags only, since nothing of it is a setting to keep. */
public final class SecretOptions {
  public static final Option<Boolean> ASYMMETRIC =
      Option.switchedOff(
              "asymmetric",
              "an ed25519 pair in place of a shared secret: the private key for the gateway's file,"
                  + " the public one for the webhook")
          .notInFile();

  /** All, in the order of help. */
  public static final List<Option<?>> ALL = List.of(ASYMMETRIC);

  private SecretOptions() {}

  /**
   * Whether a pair is asked for.
   *
   * @param flags what the command line gave
   * @param flagProblems what was wrong with it
   * @throws ConfigurationException with all problems there are
   */
  public static boolean asymmetric(Map<Option<?>, Given> flags, List<String> flagProblems)
      throws ConfigurationException {
    Problems problems = new Problems();
    flagProblems.forEach(problems::add);
    OptionValues values = OptionValues.read(ALL, flags, Map.of(), problems);
    problems.throwIfAny();
    return values.get(ASYMMETRIC);
  }
}
