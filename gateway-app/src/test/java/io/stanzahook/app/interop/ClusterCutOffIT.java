package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.cluster.Brokers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An edge that reaches the brokers, and the XMPP server no longer. */
class ClusterCutOffIT {
  private static final String TOKEN = "t0ken";
  private static final String RELAY = "127.0.0.2";

  @RegisterExtension final Bed bed = new Bed();
  @TempDir private Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  /** The server at another address, until it is closed. */
  private static final class Relay implements Fixture {
    private final ServerSocket listening;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final int port;

    Relay(int port) throws IOException {
      this.port = port;
      this.listening = new ServerSocket(port, 50, InetAddress.getByName(RELAY));
      begin("relay", this::accept);
    }

    private static void begin(String name, Runnable work) {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      try {
        while (true) {
          Socket from = listening.accept();
          open.add(from);
          Socket to = new Socket(InetAddress.getLoopbackAddress(), port);
          open.add(to);
          begin("relay-in", () -> pass(from, to));
          begin("relay-out", () -> pass(to, from));
        }
      } catch (IOException e) {
        // It is closed.
      }
    }

    private static void pass(Socket from, Socket to) {
      try (from;
          to) {
        from.getInputStream().transferTo(to.getOutputStream());
      } catch (IOException e) {
        // One of them has ended.
      }
    }

    @Override
    public String name() {
      return "relay";
    }

    @Override
    public String log() {
      return "";
    }

    @Override
    public void close() {
      try {
        listening.close();
        for (Socket each : open) {
          each.close();
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static boolean holdsTheStream(GatewayProcess gateway) {
    return gateway.readiness().contains("\"%s\":\"connected\"".formatted(XmppServer.COMPONENT));
  }

  private void theServerCanBeAskedAt(GatewayProcess by) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(by.httpUrl() + "/rest/ping/localhost"))
                .header("Authorization", "Bearer " + TOKEN)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void anotherEdgeTakesItsStreamOver() throws Exception {
    XmppServer server = bed.use(ProsodyServer.createKickOld());
    server.start();
    Relay relay = bed.use(new Relay(server.componentPort()));
    WebhookServer webhook = bed.use(WebhookServer.answering(request -> Answer.status(204)));
    try (Brokers brokers = Brokers.start(folder, 1);
        TestFolder tokens = TestFolder.create("cut-off")) {
      String[] flags = {
        "--cluster=kafka://" + brokers.addresses() + "/cutoff",
        "--cluster-partitions=4",
        "--api-token-file=" + tokens.write("token", TOKEN + "\n")
      };
      GatewayProcess cut =
          bed.use(
              GatewayProcess.startAt(
                  new GatewayProcess.Place(List.of(), RELAY, "127.0.0.1"),
                  server,
                  webhook.url(),
                  flags));
      Await.until("the first one has the stream", Patience.LONG, () -> holdsTheStream(cut));
      GatewayProcess other = bed.use(GatewayProcess.start(server, webhook.url(), flags));
      other.awaitReady();
      theServerCanBeAskedAt(cut);

      relay.close();
      Await.until("the other one has the stream", Patience.LONG, () -> holdsTheStream(other));
      assertThat(cut.log())
          .contains("this process owns the streams of " + XmppServer.COMPONENT, "another edge");
      Await.until(
          "the other one is known to have it",
          Patience.LONG,
          () -> cut.readiness().contains("\"%s\":\"standby\"".formatted(XmppServer.COMPONENT)));
      theServerCanBeAskedAt(other);
    }
  }
}
