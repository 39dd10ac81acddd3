package io.stanzahook.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeysTest {
  private static final String SHARED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @Test
  void linesAreKeysInTheirOrderWithCommentsBetween() {
    SigningKeys keys =
        SigningKeys.parse(
            "# new\r\n\r\n  %s \n%s\n# public: whpk_x\n%s"
                .formatted(SHARED, NewSigningKey.asymmetric().secret(), SHARED));

    assertThat(keys.kinds()).isEqualTo("v1 (HMAC-SHA256), v1a (ed25519), v1 (HMAC-SHA256)");
    assertThat(keys.toString()).doesNotContain("MfKQ").contains("v1a");
    assertThat(keys.keys().toString()).doesNotContain("MfKQ");
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 25, 32, 63, 64})
  void secretsOfAnyLengthThatTheStandardAllows(int bytes) {
    assertThat(SigningKeys.parse("whsec_" + base64(bytes)).keys()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 23, 65, 1000})
  void secretsTooShortOrTooLongAreRefused(int bytes) {
    assertThatThrownBy(() -> SigningKeys.parse("\nwhsec_" + base64(bytes)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("line 2 has a secret of %d bytes; it must have 24 to 64".formatted(bytes));
  }

  @ParameterizedTest
  @CsvSource({
    "'', holds no signing secret",
    "'# only a comment', holds no signing secret",
    "s3cr3t, line 1 begins neither with whsec_ nor with whsk_",
    "WHSEC_s3cr3t, line 1 begins neither",
    "whsec_s3cr3t!, line 1 is not base64 after whsec_",
    "whsec_s3cr3t s3cr3t, line 1 is not base64 after whsec_",
    "whsk_s3cr3t_, line 1 is not base64 after whsk_",
    "whsk_czNjcjN0, 'line 1 has a key of 6 bytes; an ed25519 key has 32, or 64'",
    "whpk_s3cr3t, line 1 is a public key"
  })
  void whatCannotBeUsedIsSaidWithoutQuotingIt(String text, String message) {
    assertThatThrownBy(() -> SigningKeys.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("s3cr3t")
        .hasNoCause();
  }

  @Test
  void soManyKeysAndNoMore() {
    String most = (SHARED + "\n").repeat(SigningKeys.MAX_KEYS);
    assertThat(SigningKeys.parse(most).keys()).hasSize(8);
    assertThatThrownBy(() -> SigningKeys.parse(most + SHARED))
        .hasMessage("holds more than 8 secrets; each would sign every request");
  }

  @Test
  void aPrivateKeyMayComeWithoutItsPublicHalfButNotWithAnother() {
    NewSigningKey pair = NewSigningKey.asymmetric();
    byte[] own = SignatureCheck.bytes(pair.secret());
    byte[] both = Arrays.copyOf(own, 64);
    System.arraycopy(SignatureCheck.bytes(pair.verifier()), 0, both, 32, 32);
    byte[] mixed = both.clone();
    System.arraycopy(SignatureCheck.bytes(NewSigningKey.asymmetric().verifier()), 0, mixed, 32, 32);

    assertThat(SigningKeys.parse(privateKey(own)).keys()).hasSize(1);
    assertThat(SigningKeys.parse(privateKey(both)).keys()).hasSize(1);
    assertThatThrownBy(() -> SigningKeys.parse(privateKey(mixed)))
        .hasMessage("line 1 has a public half that is not of its private half");
    // Not the encoding of any point.
    Arrays.fill(mixed, 32, 64, (byte) 0xFF);
    assertThatThrownBy(() -> SigningKeys.parse(privateKey(mixed)))
        .hasMessageStartingWith("line 1 ");
  }

  @Test
  void theSameLinesAreEqualKeys() {
    String both = SHARED + "\n" + privateKey(new byte[32]);
    SigningKeys keys = SigningKeys.parse(both);

    assertThat(SigningKeys.parse("# new\n" + both)).isEqualTo(keys).hasSameHashCodeAs(keys);
    assertThat(SigningKeys.parse(SHARED)).isNotEqualTo(keys);
    assertThat(SigningKeys.parse(privateKey(new byte[32]) + "\n" + SHARED)).isNotEqualTo(keys);
    byte[] other = new byte[32];
    other[31] = 1;
    assertThat(SigningKeys.parse(SHARED + "\n" + privateKey(other))).isNotEqualTo(keys);
  }

  @Test
  void newKeysAreNewAndFitForUse() {
    NewSigningKey shared = NewSigningKey.shared();
    NewSigningKey pair = NewSigningKey.asymmetric();

    assertThat(shared.secret()).startsWith("whsec_").isNotEqualTo(NewSigningKey.shared().secret());
    assertThat(SignatureCheck.bytes(shared.secret())).hasSize(32);
    assertThat(pair.verifier()).startsWith("whpk_");
    assertThat(SignatureCheck.bytes(pair.secret())).hasSize(32);
    assertThat(SignatureCheck.bytes(pair.verifier())).hasSize(32);
    assertThat(SigningKeys.parse(shared.secret() + "\n" + pair.secret()).keys()).hasSize(2);
    assertThat(pair + " " + shared)
        .doesNotContain(pair.secret().substring(5))
        .doesNotContain(shared.secret().substring(6));
  }

  private static String privateKey(byte[] bytes) {
    return "whsk_" + Base64.getEncoder().encodeToString(bytes);
  }

  private static String base64(int bytes) {
    return Base64.getEncoder().encodeToString(new byte[bytes]);
  }
}
