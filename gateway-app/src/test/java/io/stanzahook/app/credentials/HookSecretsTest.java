package io.stanzahook.app.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Signatures of which their makers' documentation gives an example. */
class HookSecretsTest {
  private static final Set<String> FORMATS = Set.of("github", "gitlab", "generic");

  private static HookSecrets read(String... lines) {
    List<String> problems = new ArrayList<>();
    HookSecrets secrets =
        HookSecrets.parse(
            String.join("\n", lines), FORMATS, List.of("gw.localhost"), problems::add);
    assertThat(problems).isEmpty();
    return secrets;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void githubsSignature() {
    // The secret of GitHub's example has spaces: here it is without.
    HookSecrets secrets = read("github other", "github ItsASecret name=forge");
    byte[] body = bytes("Hello, World!");
    String signature = "sha256=" + hmac("ItsASecret", "Hello, World!");
    ApiCaller caller = secrets.ofHub("github", signature, body);
    assertThat(caller).isNotNull();
    assertThat(caller.label()).isEqualTo("forge");
    assertThat(caller.described()).isEqualTo("'forge' (line 2 of --hook-secret-file)");
    assertThat(caller.maySend()).isTrue();
    assertThat(caller.mayLook()).isFalse();
    assertThat(caller.mayChange()).isFalse();
    assertThat(secrets.ofHub("github", signature.replace("sha256=", "SHA256="), body)).isNull();
    assertThat(secrets.ofHub("github", signature.substring(7), body)).isNull();
    assertThat(secrets.ofHub("github", signature.substring(0, 40), body)).isNull();
    assertThat(secrets.ofHub("github", "sha256=", body)).isNull();
    assertThat(secrets.ofHub("github", "sha256=zz", body)).isNull();
    assertThat(secrets.ofHub("github", signature, bytes("Hello, World?"))).isNull();
    assertThat(secrets.ofHub("generic", signature, body)).isNull();
  }

  private static String hmac(String key, String text) {
    try {
      javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
      mac.init(new javax.crypto.spec.SecretKeySpec(bytes(key), "HmacSHA256"));
      return java.util.HexFormat.of().formatHex(mac.doFinal(bytes(text)));
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void standardWebhooksSignature() {
    HookSecrets secrets =
        read(
            "generic whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "generic whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw bot@gw.localhost");
    String id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    String time = "1614265330";
    byte[] body = bytes("{\"test\": 2432232314}");
    String signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    ApiCaller caller =
        secrets.ofStandard("generic", id, time, "v1,AAAA v1a,x v2,y " + signature, body);
    assertThat(caller).isNotNull();
    assertThat(caller.usualFrom("gw.localhost")).hasToString("bot@gw.localhost");
    assertThat(caller.label()).isEqualTo("hook secret, line 2");
    assertThat(secrets.ofStandard("generic", id, "1614265331", signature, body)).isNull();
    assertThat(secrets.ofStandard("generic", "msg_2", time, signature, body)).isNull();
    assertThat(secrets.ofStandard("generic", id, time, signature.substring(3), body)).isNull();
    assertThat(secrets.ofStandard("generic", id, time, signature, bytes("{}"))).isNull();
    assertThat(secrets.ofStandard("github", id, time, signature, body)).isNull();
    // So many are looked at, and no more.
    assertThat(
            secrets.ofStandard(
                "generic",
                id,
                time,
                "v1,AAAA ".repeat(HookSecrets.MAX_SIGNATURES) + signature,
                body))
        .isNull();
  }

  @Test
  void gitlabsToken() {
    HookSecrets secrets = read("gitlab s3cr3t", "github s3cr3t-of-another");
    assertThat(secrets.ofToken("gitlab", "s3cr3t")).isNotNull();
    assertThat(secrets.ofToken("gitlab", "s3cr3")).isNull();
    assertThat(secrets.ofToken("gitlab", "")).isNull();
    assertThat(secrets.ofToken("gitlab", "s3cr3t-of-another")).isNull();
    assertThat(secrets.has("gitlab")).isTrue();
    assertThat(secrets.has("generic")).isFalse();
    assertThat(secrets.hasStandard("gitlab")).isFalse();
    assertThat(secrets).hasToString("HookSecrets[2]");
  }

  @Test
  void aFileIsBounded() {
    List<String> problems = new ArrayList<>();
    var unused =
        HookSecrets.parse(
            "github x\n".repeat(101), FORMATS, List.of("gw.localhost"), problems::add);
    assertThat(problems).containsExactly("holds more than 100 secrets");
  }
}
