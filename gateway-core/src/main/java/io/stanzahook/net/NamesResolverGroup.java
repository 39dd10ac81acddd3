package io.stanzahook.net;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** {@link Names} as Netty's clients ask for addresses. */
public final class NamesResolverGroup extends AddressResolverGroup<InetSocketAddress> {
  private final Names names;

  public NamesResolverGroup(Names names) {
    this.names = names;
  }

  @Override
  protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
    return new InetNameResolver(executor) {
      @Override
      protected void doResolve(String host, Promise<InetAddress> promise) {
        names.of(host).subscribe(found -> promise.trySuccess(found.get(0)), promise::tryFailure);
      }

      @Override
      protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
        names.of(host).subscribe(promise::trySuccess, promise::tryFailure);
      }
    }.asAddressResolver();
  }
}
