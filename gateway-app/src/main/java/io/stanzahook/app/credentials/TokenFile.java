package io.stanzahook.app.credentials;

/**
 * What a client of the API has of a gateway's {@code --api-token-file}.
 *
 * @param credential the first of it; never shown
 */
public record TokenFile(String credential) {
  /**
   * The first credentials of the file.
   *
   * @throws IllegalArgumentException the rest of a sentence about the file
   */
  public static TokenFile parse(String text) {
    return new TokenFile(
        text.lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .findFirst()
            .map(line -> line.trim().split("\\s+", 2)[0])
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "holds no credentials; write a token, or user:password")));
  }

  @Override
  public String toString() {
    return "TokenFile[…]";
  }
}
