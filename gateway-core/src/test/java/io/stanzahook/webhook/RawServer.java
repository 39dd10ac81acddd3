package io.stanzahook.webhook;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An HTTP server on loopback that a test scripts byte by byte: for what a proper server would never
 * do. One thread a connection.
 */
final class RawServer implements AutoCloseable {

  /** What happens on one connection; returning or throwing closes it. */
  interface Script {
    void run(Peer peer) throws Exception;
  }

  /** A request as it came. */
  record Request(String line, Map<String, String> headers, String body) {
    String id() {
      return String.valueOf(headers.get("webhook-id"));
    }
  }

  private final ServerSocket listener;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final BlockingQueue<Request> requests = new LinkedTransferQueue<>();
  private final BlockingQueue<Integer> ended = new LinkedTransferQueue<>();

  RawServer(Script script) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
  }

  RawServer(ServerSocket listener, Script script) {
    this.listener = listener;
    thread("raw-server", () -> accept(script));
  }

  /** Answers every request with these bytes, and keeps the connection. */
  static Script always(String... response) {
    return peer -> {
      while (true) {
        peer.read();
        peer.write(response);
      }
    };
  }

  /** A whole response with a body. */
  static String response(int status, String contentType, String body, String... headers) {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    String more = Stream.of(headers).map(h -> h + "\r\n").collect(Collectors.joining());
    return "HTTP/1.1 %d Status\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n%s"
        .formatted(status, contentType, length, more, body);
  }

  int port() {
    return listener.getLocalPort();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  /** Connections so far. */
  int accepted() {
    return accepted.get();
  }

  /** The next request that was read. */
  Request next() throws InterruptedException {
    Request request = requests.poll(120, TimeUnit.SECONDS);
    if (request == null) {
      throw new AssertionError("no request came");
    }
    return request;
  }

  /** Requests read and not yet taken by {@link #next}. */
  BlockingQueue<Request> requests() {
    return requests;
  }

  /** Waits until a connection's script has ended. */
  void awaitEnd() throws InterruptedException {
    if (ended.poll(120, TimeUnit.SECONDS) == null) {
      throw new AssertionError("the connection still stands");
    }
  }

  private void accept(Script script) {
    try {
      while (true) {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        sockets.add(socket);
        int number = accepted.incrementAndGet();
        thread(
            "raw-connection-" + number,
            () -> {
              try (socket) {
                script.run(new Peer(number, socket, requests));
              } catch (Exception e) {
                // The client went away, or the test is over: what the test sees of it, it asserts.
              } finally {
                ended.add(number);
              }
            });
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private static void thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** The server's end of one connection. */
  static final class Peer {
    private final int number;
    private final Socket socket;
    private final InputStream in;
    private final BlockingQueue<Request> requests;

    private Peer(int number, Socket socket, BlockingQueue<Request> requests) throws IOException {
      this.number = number;
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.requests = requests;
    }

    /** The how manieth connection this is, from 1. */
    int number() {
      return number;
    }

    /** The next request; throws where the client closed. */
    Request read() throws IOException {
      String line = line();
      Map<String, String> headers = new TreeMap<>();
      for (String header = line(); !header.isEmpty(); header = line()) {
        int colon = header.indexOf(':');
        headers.merge(
            header.substring(0, colon).toLowerCase(Locale.ROOT),
            header.substring(colon + 1).strip(),
            (one, other) -> one + " | " + other);
      }
      int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
      byte[] body = in.readNBytes(length);
      if (body.length < length) {
        throw new EOFException();
      }
      Request request = new Request(line, headers, new String(body, StandardCharsets.UTF_8));
      requests.add(request);
      return request;
    }

    /** Waits for request bytes without taking the whole of it. */
    void readByte() throws IOException {
      if (in.read() < 0) {
        throw new EOFException();
      }
    }

    void write(String... pieces) throws IOException {
      for (String piece : pieces) {
        socket.getOutputStream().write(piece.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
      }
    }

    void writeBytes(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }

    /** Ends our direction, then waits for the client to have noticed and closed too. */
    void closeAndAwaitPeer() throws IOException {
      socket.shutdownOutput();
      in.readAllBytes();
    }

    /** Waits for the client to close, whatever it sends until then. */
    void awaitPeerClose() throws IOException {
      in.readAllBytes();
    }

    /** Closes with a TCP reset. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    private String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int b = in.read();
      while (b >= 0 && b != '\n') {
        if (b != '\r') {
          line.write(b);
        }
        b = in.read();
      }
      if (b < 0) {
        throw new EOFException();
      }
      return line.toString(StandardCharsets.UTF_8);
    }
  }
}
