package io.stanzahook.bench;

import com.sun.net.httpserver.HttpServer;
import io.stanzahook.ComponentGateway;
import io.stanzahook.Gateway;
import io.stanzahook.GatewaySettings;
import io.stanzahook.TestSettings;
import io.stanzahook.delivery.DeliveryListener;
import io.stanzahook.delivery.FlowSettings;
import io.stanzahook.delivery.RetrySettings;
import io.stanzahook.local.LocalSettings;
import io.stanzahook.order.Concurrency;
import io.stanzahook.rooms.RoomSettings;
import io.stanzahook.sandbox.Bomb;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.StreamListener;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import reactor.netty.resources.LoopResources;

/**
 * How long a bomb holds up a component's stream: from its first byte written by the server until
 * the POST of an ordinary message right behind it. Server and webhook are in the same process.
 *
 * <p>Argument: {@code rounds}; the median and the most of them are printed, by bomb, beside those
 * of the ordinary message alone and of the largest stanzas that are within the limits.
 */
public final class BombCost {
  private static final String DOMAIN = "gw.localhost";
  private static final String ROOT =
      "message from='m@localhost/x' to='bot@gw.localhost' type='chat' id='1'";
  private static final byte[] NEXT =
      "<message from='a@localhost/x' to='bot@gw.localhost' id='next'><body>x</body></message>"
          .getBytes(StandardCharsets.UTF_8);

  private final BlockingQueue<Long> posts = new LinkedBlockingQueue<>();

  private BombCost() {}

  private static Map<String, String> stanzas() {
    Map<String, String> stanzas = new LinkedHashMap<>();
    stanzas.put("nothing", "");
    for (Bomb bomb : Bomb.values()) {
      stanzas.put(bomb.name().toLowerCase(Locale.ROOT), bomb.relayed(ROOT));
    }
    stanzas.put("80,000 references, within the limits", body("&apos;".repeat(80_000)));
    stanzas.put("40,000 references and letters, within the limits", body("x&apos;".repeat(40_000)));
    stanzas.put("500 KB of text, within the limits", body("x".repeat(500_000)));
    stanzas.put(
        "25,000 CDATA sections, within the limits", body("<![CDATA[xxxxx]]>".repeat(25_000)));
    StringBuilder tag = new StringBuilder("<a");
    for (int i = 0; i < 128; i++) {
      tag.append(" xmlns:n")
          .append(i)
          .append("='u")
          .append(i)
          .append("' n")
          .append(i)
          .append(":x=''");
    }
    stanzas.put(
        "160 elements of 128 namespaces each, within the limits",
        element(tag.append("/>").toString().repeat(160)));
    stanzas.put("9,999 elements, within the limits", element("<a b='c'/>".repeat(9_999)));
    return stanzas;
  }

  private static String body(String text) {
    return element("<body>" + text + "</body>");
  }

  private static String element(String content) {
    return "<" + ROOT.replace("type='chat'", "type='error'") + ">" + content + "</message>";
  }

  private void run(int rounds) throws IOException, InterruptedException {
    HttpServer webhook =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    webhook.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          if (new String(body, StandardCharsets.UTF_8).contains("\"next\"")) {
            posts.add(System.nanoTime());
          }
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    webhook.start();
    LoopResources loops = LoopResources.create("cost", 1, true);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Gateway gateway =
          ComponentGateway.start(
              settings(server.getLocalPort(), webhook.getAddress().getPort()),
              loops,
              DeliveryListener.NONE,
              StreamListener.NONE);
      try (Socket stream = server.accept()) {
        measure(stream, rounds);
      }
      gateway.stop(Duration.ZERO).block(Duration.ofSeconds(5));
    }
    webhook.stop(0);
  }

  private static GatewaySettings settings(int port, int webhookPort) {
    return new GatewaySettings(
        TestSettings.component(port, DOMAIN, "secret"),
        TestSettings.webhook(
            UrlTemplate.parse("http://127.0.0.1:" + webhookPort + "/"),
            List.of(),
            Duration.ofSeconds(30),
            262_144,
            WebhookSettings.DEFAULT_MAX_REPLIES,
            16,
            "stanzahook/bench"),
        TestSettings.dispatch(
            Set.of(StanzaKind.MESSAGE),
            new FlowSettings(Concurrency.of(16), 1000, FlowSettings.Overload.BACKPRESSURE),
            RetrySettings.DEFAULT),
        TestSettings.local(LocalSettings.DEFAULT_NAME, "0"),
        null,
        RoomSettings.NONE);
  }

  private void measure(Socket stream, int rounds) throws IOException, InterruptedException {
    stream.setTcpNoDelay(true);
    Thread reader =
        new Thread(
            () -> {
              try {
                stream.getInputStream().transferTo(OutputStream.nullOutputStream());
              } catch (IOException ended) {
                // The measurement is over.
              }
            });
    reader.setDaemon(true);
    reader.start();
    write(
        stream,
        ("<stream:stream xmlns:stream='http://etherx.jabber.org/streams'"
                + " xmlns='jabber:component:accept' id='x' from='gw.localhost'><handshake/>")
            .getBytes(StandardCharsets.UTF_8));
    for (Map.Entry<String, String> stanza : stanzas().entrySet()) {
      byte[] bytes = stanza.getValue().getBytes(StandardCharsets.UTF_8);
      double[] millis = new double[rounds];
      for (int i = -3; i < rounds; i++) {
        long start = System.nanoTime();
        write(stream, bytes);
        write(stream, NEXT);
        double taken = (posts.take() - start) / 1e6;
        if (i >= 0) {
          millis[i] = taken;
        }
      }
      Arrays.sort(millis);
      System.out.printf(
          "| %s | %,d | %.1f | %.1f |%n",
          stanza.getKey(), bytes.length, millis[rounds / 2], millis[rounds - 1]);
    }
  }

  private static void write(Socket stream, byte[] bytes) throws IOException {
    stream.getOutputStream().write(bytes);
  }

  /** Runs it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    new BombCost().run(new Arguments(args).number("rounds", 11));
    System.exit(0);
  }
}
