package io.stanzahook.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The JDK's verification of a server's certificate, which in the end says for a person what is
 * wrong with it.
 */
public final class ServerTrust extends X509ExtendedTrustManager {
  /** Names of a certificate that are shown at most: some have hundreds. */
  private static final int MAX_NAMES = 10;

  /** Characters of one name that are shown at most. */
  private static final int MAX_NAME_LENGTH = 255;

  // Of GeneralName (RFC 5280, 4.2.1.6).
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  private final X509ExtendedTrustManager jdk;
  private final String name;
  private final boolean ownCas;
  private final TrustAdvice advice;

  /**
   * Verifies as the JDK does.
   *
   * @param name what the certificate must carry
   * @param ownCas whether CAs were given
   */
  ServerTrust(X509ExtendedTrustManager jdk, String name, boolean ownCas, TrustAdvice advice) {
    this.jdk = jdk;
    this.name = name;
    this.ownCas = ownCas;
    this.advice = advice;
  }

  /** Why a certificate was refused, and what to do. */
  public static final class Refusal extends CertificateException {
    private static final long serialVersionUID = 1L;

    private final String advice;

    private Refusal(String message, String advice, Throwable cause) {
      super(message, cause);
      this.advice = advice;
    }

    /** A sentence, or two. */
    public String advice() {
      return advice;
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    try {
      // The engine's parameters make the JDK compare the name too.
      jdk.checkServerTrusted(chain, authType, engine);
      // A certificate that is itself among those trusted is taken by the JDK whatever its dates.
      chain[0].checkValidity();
    } catch (CertificateException e) {
      throw explained(chain, e);
    }
  }

  private Refusal explained(X509Certificate[] chain, CertificateException e) {
    Instant now = Instant.now();
    for (X509Certificate certificate : chain) {
      String subject = subject(certificate);
      Instant notAfter = certificate.getNotAfter().toInstant();
      Instant notBefore = certificate.getNotBefore().toInstant();
      if (now.isAfter(notAfter)) {
        return new Refusal(
            "the certificate of %s expired at %s".formatted(subject, notAfter),
            "Renew it on the server, or check this machine's clock.",
            e);
      }
      if (now.isBefore(notBefore)) {
        return new Refusal(
            "the certificate of %s is valid only from %s on".formatted(subject, notBefore),
            "Check the clocks of this machine and of the one that made it.",
            e);
      }
    }
    return isAboutName(e) ? misnamed(chain[0], e) : untrusted(chain, e);
  }

  /** The JDK has types of its own for all but a wrong name. */
  private static boolean isAboutName(CertificateException e) {
    return e.getClass() == CertificateException.class && e.getCause() == null;
  }

  private Refusal untrusted(X509Certificate[] chain, CertificateException e) {
    X509Certificate last = chain[chain.length - 1];
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new Refusal(
        "the certificate of %s, issued by %s, is not trusted (%s)"
            .formatted(
                subject(chain[0]),
                shown(last.getIssuerX500Principal().getName()),
                root.getMessage()),
        ownCas ? advice.wrongCa() : advice.noCa(),
        e);
  }

  private Refusal misnamed(X509Certificate certificate, CertificateException e) {
    return new Refusal(
        "the certificate is for %s, not for %s".formatted(names(certificate), name),
        advice.name(),
        e);
  }

  /** What the certificate is for, as people write it. */
  private static String names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
        if (alternative.get(0) instanceof Integer type
            && (type == DNS_NAME || type == IP_ADDRESS)) {
          names.add(shown(String.valueOf(alternative.get(1))));
        }
      }
    } catch (CertificateParsingException e) {
      // Then it is for nobody we could name.
    }
    if (names.isEmpty()) {
      return subject(certificate) + " and no DNS name or IP address";
    }
    String shown = String.join(", ", names.subList(0, Math.min(MAX_NAMES, names.size())));
    return names.size() > MAX_NAMES ? shown + " and more" : shown;
  }

  private static String subject(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    return subject.isEmpty() ? "nobody" : shown(subject);
  }

  /** On one line: a certificate that is not trusted may hold anything. */
  private static String shown(String name) {
    return name.substring(0, Math.min(MAX_NAME_LENGTH, name.length()))
        .replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return jdk.getAcceptedIssuers();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("only with an engine is the name compared");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("only with an engine is the name compared");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("this is a client");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("this is a client");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this is a client");
  }
}
