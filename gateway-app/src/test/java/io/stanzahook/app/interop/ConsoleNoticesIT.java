package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.Browser;
import io.stanzahook.app.interop.WebhookServer.Answer;
import io.stanzahook.sandbox.TestCa;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the console says above all else, of a whole program with a Prosody. */
class ConsoleNoticesIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String ROOM = "den@" + XmppServer.ROOMS;

  @RegisterExtension final Bed bed = new Bed();

  private GatewayProcess gateway;

  @TempDir Path folder;

  private JsonNode ready() {
    return JSON.readTree(gateway.readiness());
  }

  /** The next event. */
  private JsonNode event() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(gateway.httpUrl() + "/admin/events"))
            .header("Authorization", "Bearer t0ken")
            .build();
    try (BufferedReader events =
        new BufferedReader(
            new InputStreamReader(
                CLIENT.send(request, BodyHandlers.ofInputStream()).body(),
                StandardCharsets.UTF_8))) {
      return JSON.readTree(events.readLine().substring("data: ".length()));
    }
  }

  private static void ban(ChatClient owner, String affiliation) {
    ChatStanza done =
        owner.iq(
            ROOM,
            "set",
            "<query xmlns='http://jabber.org/protocol/muc#admin'><item jid='%s' affiliation='%s'/></query>"
                .formatted(XmppServer.COMPONENT, affiliation));
    assertThat(done.type()).isEqualTo("result");
  }

  @Test
  void aRoomThatRefusesACertificateThatExpiresAndAConfigurationThatWaitsAreSaid() throws Exception {
    XmppServer server = ProsodyServer.create();
    bed.use(server).start();
    server.register("romeo");
    ChatClient romeo = bed.use(ChatClient.login(server, "romeo"));
    romeo.open(ROOM, "romeo");
    WebhookServer webhook = bed.use(WebhookServer.answering(request -> Answer.status(204)));
    TestCa ca = TestCa.create();
    Path certificate =
        Files.writeString(folder.resolve("ca.pem"), TestCa.pem(ca.issue(-1, 5, "hooks.example")));
    Path configuration = Files.writeString(folder.resolve("stanzahook.yaml"), "api_rate: 20\n");
    gateway =
        bed.use(
                GatewayProcess.start(
                    server,
                    webhook.url(),
                    "--config=" + configuration,
                    "--api-token-file=" + Files.writeString(folder.resolve("tokens"), "t0ken\n"),
                    "--post-ca=" + certificate,
                    "--room=" + ROOM + "/bot"))
            .awaitReady();
    romeo.takePresence("the bot in the room", p -> p.from().equals(ROOM + "/bot"));
    try (Browser browser = new Browser()) {
      browser.open(gateway.httpUrl() + "/");
      browser.await("the login", () -> browser.find("#login").isDisplayed());
      browser.find("#credential").sendKeys("t0ken", Keys.ENTER);
      browser.awaitText("#notices", "The certificate of --post-ca for bot.localhost expires: ");
      assertThat(browser.all("#notices .notice")).hasSize(1);

      ban(romeo, "outcast");
      browser.awaitText(
          "#notices",
          "bot.localhost is out of 1 chat room that it should be in: %s".formatted(ROOM));
      Files.writeString(configuration, "api_rate: 3000\n");
      browser.awaitText("#notices", "The configuration file was changed at ");
      assertThat(browser.all("#notices .notice")).hasSize(3);
      browser.assertAccessibleInEachLook();
      browser.size(1100, 560);
      browser.script("window.scrollTo(0, 0)");
      browser.take("console-notices");
      JsonNode ready = ready();
      for (JsonNode each : new JsonNode[] {ready, event()}) {
        assertThat(each.get("rooms_lost").get(XmppServer.COMPONENT).asInt()).isEqualTo(1);
        JsonNode expiring = each.get("certificates").get(0);
        assertThat(expiring.get("flag").asString()).isEqualTo("--post-ca");
        assertThat(Instant.parse(expiring.get("expires").asString()))
            .isBetween(
                Instant.now().plus(Duration.ofDays(4)), Instant.now().plus(Duration.ofDays(6)));
        assertThat(Instant.parse(each.get("config_changed").asString()))
            .isEqualTo(Files.getLastModifiedTime(configuration).toInstant());
        assertThat(each.has("needs_restart")).isFalse();
      }
      assertThat(ready.has("lost_rooms")).isFalse();

      gateway.hangup();
      browser.awaitText("#notices", "in use after the next restart: api_rate.");
      assertThat(browser.text("#notices")).doesNotContain("was changed at");
      assertThat(ready().get("needs_restart").get(0).asString()).isEqualTo("api_rate");
      assertThat(event().get("needs_restart").get(0).asString()).isEqualTo("api_rate");
      assertThat(ready().has("config_changed")).isFalse();
      browser.assertAccessible();

      // All of it is over once it is mended; the component starts anew, and so enters at once.
      Files.writeString(configuration, "api_rate: 20\nping_timeout: 61s\n");
      Files.writeString(certificate, TestCa.pem(ca.issue(-1, 50, "hooks.example")));
      ban(romeo, "none");
      gateway.hangup();
      browser.await("nothing is wrong", () -> browser.all("#notices .notice").isEmpty());
      assertThat(ready().has("rooms_lost")).isFalse();
    }
  }
}
