package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiCredentialsTest {
  @Test
  void tokensAndPairsWithOrWithoutJids() throws Exception {
    ApiCredentials credentials =
        ApiCredentials.parse(
            "# who may\r\n\r\nt0ken\n  other-token bot@gw.localhost\tbot2@gw.localhost\n"
                + "ann:pass:word bot@gw.localhost");
    assertThat(credentials.hasToken("t0ken")).isTrue();
    assertThat(credentials.hasToken("other-token")).isTrue();
    assertThat(credentials.hasPair("ann:pass:word")).isTrue();
    assertThat(credentials.hasToken("ann:pass:word")).isFalse();
    assertThat(credentials.hasPair("t0ken")).isFalse();
    assertThat(credentials.hasToken("bot@gw.localhost")).isFalse();
    assertThat(credentials.hasToken("# who may")).isFalse();
    assertThat(credentials.hasToken("")).isFalse();
    assertThat(credentials).hasToString("ApiCredentials[3]");
  }

  @ParameterizedTest
  @CsvSource({
    "'', holds no credentials",
    "'# only a comment', holds no credentials",
    "'ok\n:secret-password', line 2 has no user",
    "'secret-user:', line 1 has no user or no password"
  })
  void whatCannotBeUsedIsSaidWithoutQuotingIt(String text, String message) {
    assertThatThrownBy(() -> ApiCredentials.parse(text.replace("\\n", "\n")))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("secret");
  }

  @Test
  void isBounded() {
    assertThatThrownBy(() -> ApiCredentials.parse("t\n".repeat(ApiCredentials.MOST + 1)))
        .hasMessageContaining("more than 1000 credentials");
    assertThatThrownBy(() -> ApiCredentials.parse("t".repeat(ApiCredentials.LONGEST + 1)))
        .hasMessageContaining("line 1 has more than 1024 characters");
  }
}
