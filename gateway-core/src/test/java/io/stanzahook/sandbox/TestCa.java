package io.stanzahook.sandbox;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLException;

/** A certificate authority of one test, and the certificates it issues. */
public final class TestCa {
  private static final Duration DAY = Duration.ofDays(1);

  private final X509Bundle ca;

  private TestCa(X509Bundle ca) {
    this.ca = ca;
  }

  /** A new one, which nobody trusts. */
  public static TestCa create() {
    try {
      return new TestCa(
          valid(-100, 100)
              .subject("CN=Test CA")
              .setIsCertificateAuthority(true)
              .setKeyUsage(
                  true,
                  CertificateBuilder.KeyUsage.keyCertSign,
                  CertificateBuilder.KeyUsage.digitalSignature)
              .buildSelfSigned());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static CertificateBuilder valid(int fromDay, int toDay) {
    Instant now = Instant.now();
    return new CertificateBuilder()
        .ecp256()
        .notBefore(now.plus(DAY.multipliedBy(fromDay)))
        .notAfter(now.plus(DAY.multipliedBy(toDay)));
  }

  /** Its own certificate. */
  public String pem() {
    return ca.getCertificatePEM();
  }

  /** A certificate, valid now, for DNS names and IP addresses. */
  public X509Bundle issue(String... names) {
    return issue(-1, 30, names);
  }

  /**
   * A certificate.
   *
   * @param fromDay when it becomes valid, in days from now
   * @param toDay when it ceases to be
   */
  public X509Bundle issue(int fromDay, int toDay, String... names) {
    return issue(valid(fromDay, toDay), names);
  }

  /** A certificate that clients may show, but no server. */
  public X509Bundle issueForClients(String... names) {
    return issue(valid(-1, 30).addExtendedKeyUsageClientAuth(), names);
  }

  private X509Bundle issue(CertificateBuilder builder, String... names) {
    builder.subject("CN=Test certificate");
    for (String name : names) {
      if (Character.isDigit(name.charAt(0))) {
        builder.addSanIpAddress(name);
      } else {
        builder.addSanDnsName(name);
      }
    }
    try {
      return builder.buildIssuedBy(ca);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Certificate and key in one file, as servers and components take them. */
  public static String pem(X509Bundle issued) {
    return issued.getCertificatePathPEM() + issued.getPrivateKeyPEM();
  }

  /**
   * A server's side of TLS.
   *
   * @param versions such as {@code TLSv1.3}
   */
  public static SslContext server(X509Bundle issued, String... versions) {
    return server(issued, null, versions);
  }

  /**
   * A server's side that takes only clients with a certificate.
   *
   * @param clients who issues those certificates; null takes all clients
   */
  public static SslContext server(X509Bundle issued, TestCa clients, String... versions) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(issued.getKeyPair().getPrivate(), issued.getCertificatePath())
              .sslProvider(SslProvider.JDK)
              .protocols(versions);
      if (clients != null) {
        builder.trustManager(clients.ca.getCertificate()).clientAuth(ClientAuth.REQUIRE);
      }
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }
}
