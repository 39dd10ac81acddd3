package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The send API with a real server and a real client, the same on every XMPP server. */
abstract class SendApiContract {
  @RegisterExtension final Bed bed = new Bed();
  @TempDir Path folder;

  private final XmppServer server;
  private final String software;

  /**
   * With a server.
   *
   * @param software what it says that it is (XEP-0092)
   */
  SendApiContract(XmppServer server, String software) {
    this.server = server;
    this.software = software;
  }

  @Test
  void messagesReachUsersAndQueriesAreAnswered() throws Exception {
    bed.use(server).start();
    WebhookServer webhook =
        bed.use(WebhookServer.answering(request -> WebhookServer.Answer.status(204)));
    Path tokens = Files.writeString(folder.resolve("tokens"), "t0ken\n");
    GatewayProcess gateway =
        bed.use(GatewayProcess.start(server, webhook.url(), "--api-token-file", tokens.toString()))
            .awaitReady();
    server.register("romeo");
    ChatClient romeo = bed.use(ChatClient.login(server, "romeo"));

    assertThat(send(gateway, "/msg/romeo@localhost", "Gr\u00fc\u00dfe \ud83d\ude00").statusCode())
        .isEqualTo(201);
    ChatStanza message = romeo.takeMessage();
    assertThat(message.body()).isEqualTo("Gr\u00fc\u00dfe \ud83d\ude00");
    assertThat(message.from()).isEqualTo(XmppServer.COMPONENT);

    assertThat(send(gateway, "/rest/version/localhost", null).body())
        .contains("\"name\":\"" + software + "\"", "\"type\":\"result\"");
    assertThat(send(gateway, "/rest/disco/localhost", null).body())
        .contains("\"identities\":[", "urn:xmpp:ping");
    assertThat(send(gateway, "/rest/ping/localhost", null).body()).contains("\"type\":\"result\"");
    assertThat(send(gateway, "/rest/ping/romeo@localhost/test", null).body())
        .contains("\"from\":\"romeo@localhost/test\"", "\"type\":\"result\"");
    assertThat(send(gateway, "/rest/ping/nobody@localhost/phone", null).body())
        .contains("\"condition\":\"service-unavailable\"");
    // The server answers in the name of whom it makes of the address.
    for (String jid :
        new String[] {
          "strau%C3%9F@localhost/x", "STRAUSS@LocalHost/%C2%A0y", "e%CC%81@localhost/e%CC%81"
        }) {
      assertThat(send(gateway, "/rest/version/" + jid, null).body())
          .as(jid)
          .contains("\"condition\":\"service-unavailable\"");
    }
    assertThat(send(gateway, "/rest/presence/available/romeo@localhost", "dnd").statusCode())
        .isEqualTo(202);
    romeo.takePresence("the component", p -> p.from().equals(XmppServer.COMPONENT));
    assertThat(send(gateway, "/msg/romeo@localhost", "the last").statusCode()).isEqualTo(201);
    assertThat(romeo.takeMessage().body()).isEqualTo("the last");
    filesAreStoredAndTheirLinksSent(gateway, romeo);
    GatewayProcess other =
        bed.use(
                GatewayProcess.startAs(
                    XmppServer.OTHER_COMPONENT,
                    server,
                    webhook.url(),
                    "--api-token-file=" + tokens))
            .awaitReady();
    // The upload service does not know this component.
    HttpResponse<String> refused = upload(other, "/upload/romeo@localhost?name=b", new byte[] {1});
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
    assertThat(refused.body()).contains("upload.localhost refuses the file: ");
  }

  private static void filesAreStoredAndTheirLinksSent(GatewayProcess gateway, ChatClient romeo)
      throws Exception {
    // More than any other request may have, and not text.
    byte[] file = new byte[5_000_000];
    new Random(1).nextBytes(file);
    HttpResponse<String> stored = upload(gateway, "/upload/romeo@localhost?name=a%20cat.png", file);
    assertThat(stored.statusCode()).as(stored.body()).isEqualTo(201);
    ChatStanza link = romeo.takeMessage();
    String url = link.body();
    assertThat(stored.body()).contains("\"url\":\"" + url + "\"");
    assertThat(link.xml()).contains("jabber:x:oob", "url>" + url + "</");
    HttpResponse<byte[]> got =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray());
    assertThat(got.statusCode()).isEqualTo(200);
    assertThat(got.body()).isEqualTo(file);

    assertThat(onlyHeaders(gateway, "/upload/romeo@localhost?name=b", 6_000_001))
        .startsWith("HTTP/1.1 413 ")
        .contains("upload.localhost takes 6000000 at most");
    byte[] small = {1};
    assertThat(upload(gateway, "/upload/romeo@localhost", small).statusCode()).isEqualTo(422);
    assertThat(upload(gateway, "/upload/romeo@localhost?name=b&service=localhost", small))
        .satisfies(
            refused -> {
              assertThat(refused.statusCode()).isEqualTo(404);
              assertThat(refused.body()).contains("no upload service");
            });
    assertThat(gateway.log()).contains("uploaded a cat.png, 5000000 bytes in ");
  }

  /** What is answered before a byte of the file was sent. */
  private static String onlyHeaders(GatewayProcess gateway, String path, int length)
      throws IOException {
    URI url = URI.create(gateway.httpUrl());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket
          .getOutputStream()
          .write(
              "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t0ken\r\nContent-Length: %d\r\n\r\n"
                  .formatted(path, length)
                  .getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      byte[] part = new byte[4096];
      while (!answer.toString().contains("}")) {
        int read = socket.getInputStream().read(part);
        if (read < 0) {
          break;
        }
        answer.append(new String(part, 0, read, StandardCharsets.UTF_8));
      }
      return answer.toString();
    }
  }

  private static HttpResponse<String> upload(GatewayProcess gateway, String path, byte[] file)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(gateway.httpUrl() + path))
                .header("Authorization", "Bearer t0ken")
                .header("Content-Type", "image/png")
                .POST(BodyPublishers.ofByteArray(file))
                .build(),
            BodyHandlers.ofString());
  }

  private static HttpResponse<String> send(GatewayProcess gateway, String path, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(gateway.httpUrl() + path))
            .header("Authorization", "Bearer t0ken")
            .header("Accept", "application/json");
    if (body != null) {
      request.header("Content-Type", "text/plain").POST(BodyPublishers.ofString(body));
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }
}
