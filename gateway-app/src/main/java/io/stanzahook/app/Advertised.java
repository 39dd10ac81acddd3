package io.stanzahook.app;

import io.netty.util.NetUtil;
import io.stanzahook.app.config.AppSettings;
import io.stanzahook.cluster.ClusterSettings;
import io.stanzahook.settings.HostPort;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the other nodes of a cluster reach this one. */
final class Advertised {
  private Advertised() {}

  /** The URL, without a slash at its end. */
  static String url(AppSettings settings, HostPort listening) {
    ClusterSettings cluster = settings.cluster();
    String given = cluster == null ? null : cluster.advertise();
    return given == null
        ? (settings.httpTlsCert() == null ? "http://" : "https://")
            + new HostPort(RunningCheck.reachable(listening.host()), listening.port())
        : given;
  }

  /** Why other nodes cannot reach this one; null if they may, or if there is no cluster. */
  static @Nullable String warning(AppSettings settings, HostPort listening) {
    ClusterSettings cluster = settings.cluster();
    return cluster == null
        ? null
        : warning(url(settings, listening), cluster.advertise(), cluster.address().brokers());
  }

  /** The same for brokers, as {@code HOST:PORT}. */
  static @Nullable String warning(String url, @Nullable String given, List<String> brokers) {
    String host = URI.create(url).getHost();
    if (host == null
        || !isHere(host)
        || brokers.stream()
            .allMatch(each -> isHere(each.substring(0, Math.max(0, each.lastIndexOf(':')))))) {
      return null;
    }
    return given == null
        ? "the other nodes of the cluster cannot reach this one at %s: let --http-listen have an address of this machine, or say with --cluster-advertise where they reach it"
            .formatted(url)
        : "--cluster-advertise: %s is this machine's own address only: the other nodes of the cluster cannot reach it"
            .formatted(url);
  }

  /** Whether only this machine is reached there. */
  static boolean isHere(String host) {
    String plain = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    byte[] address = NetUtil.createByteArrayFromIpAddressString(plain);
    if (address == null) {
      return plain.equalsIgnoreCase("localhost");
    }
    try {
      InetAddress parsed = InetAddress.getByAddress(address);
      return parsed.isLoopbackAddress() || parsed.isAnyLocalAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
