package io.stanzahook.app.config;

/**
 * What a client of the API has of a gateway's {@code --api-token-file}.
 *
 * @param credential the first of it; never shown
 */
public record TokenFile(String credential) {
  static TokenFile parse(String text) throws InvalidValueException {
    return new TokenFile(
        text.lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .findFirst()
            .map(line -> line.trim().split("\\s+", 2)[0])
            .orElseThrow(
                () ->
                    new InvalidValueException(
                        "holds no credentials; write a token, or user:password")));
  }

  @Override
  public String toString() {
    return "TokenFile[…]";
  }
}
