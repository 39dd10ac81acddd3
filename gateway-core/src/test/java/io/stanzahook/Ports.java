package io.stanzahook;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loopback ports for programs that cannot bind port 0 and say which one they got. They lie below
 * the kernel's range for outgoing connections, which could else take one before its program does.
 */
public final class Ports {
  private static final int LOWEST = 15_000;
  private static final int PAST_HIGHEST = 32_000;
  private static final int ATTEMPTS = 100;

  /** One after another, from a random one on: a server that needs several gets different ones. */
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(PAST_HIGHEST - LOWEST));

  private Ports() {}

  /** A port that was free a moment ago, and that was not given out before. */
  public static int free() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = LOWEST + Math.floorMod(NEXT.getAndIncrement(), PAST_HIGHEST - LOWEST);
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return probe.getLocalPort();
      } catch (IOException taken) {
        // Another one, then.
      }
    }
    throw new IllegalStateException("no free loopback port between " + LOWEST + " and 32000");
  }

  /** Whether something accepts connections there. */
  public static boolean accepts(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }
}
