package io.stanzahook.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;
import reactor.core.scheduler.Schedulers;

/**
 * TLS as a server, version 1.2 or later, with a certificate that may change while it runs: each
 * connection gets the one of that moment.
 *
 * <p>Threading: any thread may call; its handlers do the long calculations of a handshake outside
 * the event loop.
 */
public final class ServerTls extends SslContext {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final Supplier<ClientCertificate> certificate;
  private final Executor calculations = task -> Schedulers.boundedElastic().schedule(task);
  private volatile Current current;

  private record Current(ClientCertificate certificate, SslContext context) {}

  /**
   * With the certificate of now.
   *
   * @param certificate and its key, as they are at each moment
   */
  public ServerTls(Supplier<ClientCertificate> certificate) {
    this.certificate = certificate;
    this.current = made(certificate.get());
  }

  private static Current made(ClientCertificate certificate) {
    try {
      return new Current(
          certificate,
          SslContextBuilder.forServer(certificate.key(), certificate.chain())
              .sslProvider(SslProvider.JDK)
              .protocols(PROTOCOLS)
              .build());
    } catch (SSLException e) {
      throw new IllegalStateException("TLS is not to be had: " + e.getMessage(), e);
    }
  }

  private SslContext context() {
    ClientCertificate now = certificate.get();
    Current is = current;
    if (!is.certificate.equals(now)) {
      is = made(now);
      current = is;
    }
    return is.context;
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return context().newEngine(allocator);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
    return context().newEngine(allocator, peerHost, peerPort);
  }

  @Override
  protected SslHandler newHandler(ByteBufAllocator allocator, boolean startTls) {
    return new SslHandler(newEngine(allocator), startTls, calculations);
  }

  @Override
  public boolean isClient() {
    return false;
  }

  @Override
  public List<String> cipherSuites() {
    return current.context.cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // Abstract in the superclass, with this type.
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return current.context.applicationProtocolNegotiator();
  }

  @Override
  public SSLSessionContext sessionContext() {
    return current.context.sessionContext();
  }
}
