package io.stanzahook.stream;

import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A name server that knows any name (RFC 1035, 4): it gives one address after the other, the last
 * one for good, and each is to be kept for an hour.
 */
final class NameServer implements AutoCloseable {
  private static final int TYPE_A = 1;
  private static final int CLASS_IN = 1;
  private static final short ANSWER_NO_ERROR = (short) 0x8180;
  private static final short POINTER_TO_QUESTION = (short) 0xC00C;
  private static final int HOUR = 3600;
  private static final int HEADER = 12;

  private final DatagramSocket socket;
  private final Deque<InetAddress> addresses;

  private NameServer(DatagramSocket socket, List<InetAddress> addresses) {
    this.socket = socket;
    this.addresses = new ArrayDeque<>(addresses);
  }

  static NameServer start(InetAddress... addresses) throws IOException {
    DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    NameServer server = new NameServer(socket, List.of(addresses));
    Thread thread = new Thread(server::serve, "name-server");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  /** A resolver that asks this server and no other. */
  DnsNameResolverBuilder ask(DnsNameResolverBuilder resolver) {
    return resolver.nameServerProvider(
        new SingletonDnsServerAddressStreamProvider(
            new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort())));
  }

  private void serve() {
    byte[] buffer = new byte[512];
    while (!socket.isClosed()) {
      try {
        DatagramPacket query = new DatagramPacket(buffer, buffer.length);
        socket.receive(query);
        byte[] answer = answer(ByteBuffer.wrap(buffer, 0, query.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
      } catch (IOException e) {
        // Closed: the test is over.
        return;
      }
    }
  }

  private byte[] answer(ByteBuffer query) {
    int end = HEADER;
    while (query.get(end) != 0) {
      end += 1 + query.get(end);
    }
    boolean asksForA = query.getShort(end + 1) == TYPE_A;
    int questionEnd = end + 5;
    ByteBuffer answer = ByteBuffer.allocate(questionEnd + 16);
    answer.putShort(query.getShort(0)).putShort(ANSWER_NO_ERROR);
    answer.putShort((short) 1).putShort((short) (asksForA ? 1 : 0)).putInt(0);
    answer.put(query.slice(HEADER, questionEnd - HEADER));
    if (asksForA) {
      InetAddress address = addresses.size() > 1 ? addresses.pop() : addresses.getFirst();
      answer.putShort(POINTER_TO_QUESTION).putShort((short) TYPE_A).putShort((short) CLASS_IN);
      answer.putInt(HOUR).putShort((short) 4).put(address.getAddress());
    }
    byte[] bytes = new byte[answer.position()];
    answer.flip().get(bytes);
    return bytes;
  }

  @Override
  public void close() {
    socket.close();
  }
}
