package io.stanzahook.net;

import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * A name server that knows any name (RFC 1035, 4): it gives one list of addresses after the other,
 * the last one for good, and each is to be kept for an hour.
 */
public final class NameServer implements AutoCloseable {
  private static final int TYPE_A = 1;
  private static final int TYPE_AAAA = 28;
  private static final int LONGEST_RECORD = 28;
  private static final int CLASS_IN = 1;
  private static final short ANSWER_NO_ERROR = (short) 0x8180;
  private static final short POINTER_TO_QUESTION = (short) 0xC00C;
  private static final int HOUR = 3600;
  private static final int HEADER = 12;

  private final DatagramSocket socket;
  private final Deque<List<InetAddress>> answers = new ConcurrentLinkedDeque<>();

  private NameServer(DatagramSocket socket) {
    this.socket = socket;
  }

  /** One that gives these, one after the other. */
  public static NameServer start(InetAddress... addresses) throws IOException {
    return start(new DatagramSocket(0, InetAddress.getLoopbackAddress()), addresses);
  }

  /** The same, at the usual port of that address of this machine. */
  public static NameServer startAt(InetAddress here, InetAddress... addresses) throws IOException {
    return start(new DatagramSocket(53, here), addresses);
  }

  private static NameServer start(DatagramSocket socket, InetAddress... addresses) {
    NameServer server = new NameServer(socket);
    for (InetAddress address : addresses) {
      server.answers.add(List.of(address));
    }
    Thread thread = new Thread(server::serve, "name-server");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  /** From now on it gives all of these; none for a name that there is not. */
  public void answer(InetAddress... addresses) {
    answers.clear();
    answers.add(List.of(addresses));
  }

  /** A resolver that asks this server and no other. */
  public DnsNameResolverBuilder ask(DnsNameResolverBuilder resolver) {
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
    int type = query.getShort(end + 1);
    int questionEnd = end + 5;
    List<InetAddress> now = answers.isEmpty() ? List.of() : answers.getFirst();
    List<InetAddress> asked =
        now.stream()
            .filter(address -> type == (address instanceof Inet4Address ? TYPE_A : TYPE_AAAA))
            .toList();
    if (!asked.isEmpty() && answers.size() > 1) {
      answers.pop();
    }
    ByteBuffer answer = ByteBuffer.allocate(questionEnd + LONGEST_RECORD * asked.size());
    answer.putShort(query.getShort(0)).putShort(ANSWER_NO_ERROR);
    answer.putShort((short) 1).putShort((short) asked.size()).putInt(0);
    answer.put(query.slice(HEADER, questionEnd - HEADER));
    for (InetAddress address : asked) {
      byte[] bytes = address.getAddress();
      answer.putShort(POINTER_TO_QUESTION).putShort((short) type).putShort((short) CLASS_IN);
      answer.putInt(HOUR).putShort((short) bytes.length).put(bytes);
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
