package io.stanzahook.webhook;

import io.netty.handler.ssl.SslContext;
import io.stanzahook.net.Proxy;
import io.stanzahook.net.ProxyChoice;
import io.stanzahook.net.ProxyEnvironment;
import io.stanzahook.settings.Setting;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.TlsContext;
import io.stanzahook.tls.TrustAdvice;
import io.stanzahook.tls.TrustedCertificates;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How webhooks are connected to.
 *
 * @param ca the CAs that are trusted; null for those of the JDK
 * @param own what a webhook may ask for; null for none
 * @param proxy which proxy calls go through
 * @param proxyEnvironment what environment variables say of proxies
 * @param connectTimeout for one address
 * @param lifetime a connection is not used again after this; zero for no end
 */
public record Connecting(
    @Setting(
            name = "post-ca",
            value = "FILE",
            absent = "the JDK's trust store",
            live = true,
            file = 1 << 20,
            help = "a PEM file with the only CAs to trust for https webhooks")
        @Nullable TrustedCertificates ca,
    @Setting(
            name = "post-client-cert",
            value = "FILE",
            live = true,
            file = 1 << 20,
            help =
                "a PEM file for webhooks that ask for a certificate, with the certificate, the "
                    + "intermediate certificates and the private key")
        @Nullable ClientCertificate own,
    @Setting(
            name = "post-proxy",
            value = "URL|env|none",
            fallback = "env",
            help =
                "the proxy for calls: `http://[user:password@]host:port` (CONNECT, for http and "
                    + "https) or `socks5://…`; `env`: as in `https_proxy`, `http_proxy`, `all_proxy` "
                    + "and `no_proxy`, in lower or upper case. Calls to loopback addresses never use "
                    + "a proxy")
        ProxyChoice proxy,
    ProxyEnvironment proxyEnvironment,
    @Setting(
            name = "post-connect-timeout",
            value = "DURATION",
            fallback = "2s",
            min = 1,
            max = Setting.HOUR,
            live = true,
            help =
                "if an address accepts no connection within this time, the next address of the "
                    + "name is tried")
        Duration connectTimeout,
    @Setting(
            name = "post-connection-lifetime",
            value = "DURATION",
            fallback = "2m",
            max = 24 * Setting.HOUR,
            live = true,
            help =
                "a connection is not reused after this time, less up to a quarter of it at "
                    + "random; `0s`: no limit")
        Duration lifetime) {

  /** The defaults, without what the environment says. */
  public static final Connecting DEFAULTS =
      new Connecting(
          null,
          null,
          ProxyChoice.NONE,
          ProxyEnvironment.NONE,
          Duration.ofSeconds(2),
          Duration.ofMinutes(2));

  private static final TrustAdvice ADVICE =
      new TrustAdvice(
          "check that the file of ‹post-ca› holds the certificate of the CA that issued it, and that"
              + " the webhook sends those in between",
          "give the certificate of its CA, or its own if there is none, with ‹post-ca›",
          "if that is the right webhook, give a name that its certificate carries in ‹post-url›");

  /**
   * Checks what the environment says, where that counts.
   *
   * @throws IllegalArgumentException naming the variable, without any part of its value
   */
  public Connecting {
    if (proxy.environment()) {
      proxyEnvironment.check();
    }
  }

  /** The proxy for that URL; null for none. */
  public @Nullable Proxy proxy(UrlTemplate url) {
    return proxy.of(url.isSecure(), url.host(), proxyEnvironment);
  }

  /** TLS for that URL; may read the JDK's trust store, and so block. Null for none. */
  public @Nullable SslContext tls(UrlTemplate url) {
    return url.isSecure() ? TlsContext.of(url.host(), ca, own, ADVICE) : null;
  }

  /** What it is, without keys and credentials. */
  @Override
  public String toString() {
    return "Connecting[CAs %s, client certificate %s, proxy %s]"
        .formatted(ca == null ? "of the JDK" : "given", own == null ? "none" : "given", proxy);
  }
}
