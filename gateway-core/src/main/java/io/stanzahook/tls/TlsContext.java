package io.stanzahook.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * TLS for one server. Whatever address is connected to, its engines know the server by the one name
 * that its certificate must carry: with the address as a second name, a certificate for either
 * would do.
 *
 * <p>Threading: making it reads the JDK's trust store, and so blocks; its handlers do the long
 * calculations of a handshake outside the event loop.
 */
public final class TlsContext extends SslContext {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final SslContext context;
  private final String name;
  private final @Nullable SNIHostName serverName;
  private final Executor calculations = task -> Schedulers.boundedElastic().schedule(task);

  private TlsContext(SslContext context, String name) {
    this.context = context;
    this.name = name;
    this.serverName = serverName(name);
  }

  /**
   * Makes one.
   *
   * @param host what the certificate must carry, a DNS name or an IP address
   * @param ca the CAs that are trusted; null for those of the JDK
   * @param own what the other side may ask for; null for none
   * @param advice what to do where the other side's certificate is refused
   * @throws IllegalStateException where this JDK has no TLS, or no trust store that can be read
   */
  public static TlsContext of(
      String host,
      @Nullable TrustedCertificates ca,
      @Nullable ClientCertificate own,
      TrustAdvice advice) {
    // DNS takes a dot at the end, certificates have none.
    String expected = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .protocols(PROTOCOLS)
            .endpointIdentificationAlgorithm("HTTPS")
            .trustManager(new ServerTrust(trusted(ca), expected, ca != null, advice));
    if (own != null) {
      builder.keyManager(own.key(), own.chain());
    }
    try {
      return new TlsContext(builder.build(), expected);
    } catch (SSLException e) {
      throw new IllegalStateException("TLS is not to be had: " + e.getMessage(), e);
    }
  }

  /**
   * TLS of the JDK's own clients for one server, with the same checks and messages.
   *
   * @param host what the certificate must carry, a DNS name or an IP address
   * @param ca the CAs that are trusted; null for those of the JDK
   * @param advice what to do where the other side's certificate is refused
   * @throws IllegalStateException where this JDK has no TLS, or no trust store that can be read
   */
  public static SSLContext jdk(String host, @Nullable TrustedCertificates ca, TrustAdvice advice) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          null, new TrustManager[] {new ServerTrust(trusted(ca), host, ca != null, advice)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS is not to be had: " + e.getMessage(), e);
    }
  }

  private static X509ExtendedTrustManager trusted(@Nullable TrustedCertificates trusted) {
    try {
      KeyStore store = null;
      if (trusted != null) {
        store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (X509Certificate ca : trusted.certificates()) {
          store.setCertificateEntry("ca" + store.size(), ca);
        }
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      // Null stands for what the JDK trusts, or javax.net.ssl.trustStore.
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager trust) {
          return trust;
        }
      }
      throw new IllegalStateException("this JDK verifies no certificates");
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the trusted CAs cannot be read: " + e.getMessage(), e);
    }
  }

  /** Whether that is an IP address, which certificates hold in another form than names. */
  public static boolean isAddress(String name) {
    return NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name);
  }

  private static @Nullable SNIHostName serverName(String name) {
    try {
      return isAddress(name) ? null : new SNIHostName(name);
    } catch (IllegalArgumentException e) {
      // A host that no certificate can hold, such as one with an underscore: its check says so.
      return null;
    }
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
    SSLEngine engine = context.newEngine(allocator, name, peerPort);
    if (serverName != null) {
      // By itself the JDK leaves out names without a dot.
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setServerNames(List.of(serverName));
      engine.setSSLParameters(parameters);
    }
    return engine;
  }

  @Override
  protected SslHandler newHandler(
      ByteBufAllocator allocator, String peerHost, int peerPort, boolean startTls) {
    return new SslHandler(newEngine(allocator, peerHost, peerPort), startTls, calculations);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    throw new UnsupportedOperationException("the server's port is needed");
  }

  @Override
  public boolean isClient() {
    return true;
  }

  @Override
  public List<String> cipherSuites() {
    return context.cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // Abstract in the superclass, with this type.
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return context.applicationProtocolNegotiator();
  }

  @Override
  public SSLSessionContext sessionContext() {
    return context.sessionContext();
  }
}
