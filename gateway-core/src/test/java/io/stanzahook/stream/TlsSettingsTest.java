package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import io.stanzahook.TestSettings;
import io.stanzahook.sandbox.TestCa;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.TrustedCertificates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsSettingsTest {
  private static X509Bundle selfSigned(Algorithm algorithm) throws Exception {
    return new CertificateBuilder()
        .algorithm(algorithm)
        .subject("CN=gw")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  @ParameterizedTest
  @EnumSource(names = {"rsa2048", "ecp256", "ecp384", "ed25519"})
  void takesKeysOfTheUsualKinds(Algorithm algorithm) throws Exception {
    String pem = TestCa.pem(selfSigned(algorithm));
    TlsSettings settings = TestSettings.tls(null, "Bag Attributes\n" + pem, null);
    assertThat(settings.toString()).doesNotContain("BEGIN");
    assertThatCode(() -> settings.context("localhost")).doesNotThrowAnyException();
  }

  @Test
  void readsAllCertificatesOfAFile() {
    String both = "# ours\n" + TestCa.create().pem() + "\r\n# theirs\n" + TestCa.create().pem();
    assertThat(TrustedCertificates.parse(both).certificates()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ENCRYPTED PRIVATE KEY | AAAA | encrypted private key",
        "RSA PRIVATE KEY | Proc-Type: 4,ENCRYPTED | encrypted private key",
        "RSA PRIVATE KEY | AAAA | an older form, BEGIN RSA PRIVATE KEY; turn it into",
        "EC PRIVATE KEY | AAAA | an older form, BEGIN EC PRIVATE KEY; turn it into",
        "PRIVATE KEY | AAAA | broken",
        "PRIVATE KEY | ?AAA | something other than Base64 in its private key"
      })
  void saysWhatIsWrongWithAKey(String label, String content, String expected) throws Exception {
    String pem =
        selfSigned(Algorithm.ecp256).getCertificatePEM()
            + "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label, content);
    assertThatThrownBy(() -> TestSettings.tls(null, pem, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("holds ")
        .hasMessageContaining(expected)
        .hasMessageNotContaining("AAA");
  }

  @Test
  void aFileOfTwoKeysIsAmbiguous() throws Exception {
    X509Bundle bundle = selfSigned(Algorithm.ecp256);
    assertThatThrownBy(
            () -> ClientCertificate.parse(TestCa.pem(bundle) + bundle.getPrivateKeyPEM()))
        .hasMessageContaining("2 private keys");
  }

  @Test
  void saysWhichCertificateIsBroken() {
    String pem = TestCa.create().pem();
    String broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assertThatThrownBy(() -> TestSettings.tls(pem + broken, null, null))
        .hasMessage("holds a broken certificate: number 2");
    assertThatThrownBy(() -> TestSettings.tls(broken.replace("AAAA", "%%%%"), null, null))
        .hasMessage("holds something other than Base64 in certificate 1");
    assertThatThrownBy(() -> TestSettings.tls(pem.substring(0, 100), null, null))
        .hasMessageContaining("cut off");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"xmpp.example.org", "localhost", "10.0.0.1", "::1", "b\u00fccher.example"})
  void takesNamesAndAddresses(String name) {
    assertThatCode(() -> TlsSettings.checkName(name)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "host_name", "*.example.org", "example.org:5223"})
  void refusesWhatNoCertificateCarries(String name) {
    assertThatThrownBy(() -> TlsSettings.checkName(name))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
