package io.stanzahook.net;

import java.net.InetAddress;
import java.util.List;
import reactor.core.publisher.Mono;

/** Looks names up. */
@FunctionalInterface
public interface Names {
  /**
   * All addresses of a host, looked up afresh once subscribed to.
   *
   * @param host a name or an address
   * @return at least one address, each with the host as its name; ends with an {@link
   *     java.net.UnknownHostException} where there is none
   */
  Mono<List<InetAddress>> of(String host);
}
