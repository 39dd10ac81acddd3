package io.stanzahook.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Gateway;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.app.http.Reply;
import io.stanzahook.rooms.RoomState;
import io.stanzahook.webhook.BreakerState;
import io.stanzahook.webhook.EndpointOutage;
import io.stanzahook.webhook.WebhookEndpoint;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is wrong, as JSON; what is well is left out. */
class NoticesTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private @Nullable EndpointOutage outage;
  private int lost;
  private List<Workbench.Expiring> certificates = List.of();
  private List<String> restart = List.of();
  private Map<String, RoomState> rooms = Map.of();
  private @Nullable Instant unread;

  private final WebhookEndpoint endpoint =
      new WebhookEndpoint() {
        @Override
        public String name() {
          return "http://proxy:1";
        }

        @Override
        public BreakerState breakerState() {
          return BreakerState.OPEN;
        }

        @Override
        public @Nullable EndpointOutage outage() {
          return outage;
        }

        @Override
        public int inFlight() {
          return 0;
        }

        @Override
        public long calls(String outcome) {
          return 0;
        }
      };

  /** Knows endpoints and rooms, and nothing else. */
  private final Gateway gateway =
      (Gateway)
          Proxy.newProxyInstance(
              Gateway.class.getClassLoader(),
              new Class<?>[] {Gateway.class},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "endpoints" -> List.of(endpoint);
                    case "rooms" -> lost;
                    case "ownRooms" -> rooms;
                    default -> throw new UnsupportedOperationException(method.getName());
                  });

  private String notices(@Nullable String only, boolean errors) {
    Gateways gateways =
        new Gateways() {
          @Override
          public List<String> domains() {
            return List.of("a.example", "b.example");
          }

          @Override
          public @Nullable Gateway find(String domain) {
            return domain.equals("a.example") ? gateway : null;
          }
        };
    Workbench workbench =
        new Workbench(
            () -> certificates,
            () -> restart,
            () -> unread,
            text -> text.replace("proxy:1", "bot:2"),
            null);
    Notices notices = new Notices(gateways, workbench, InstantSource.fixed(NOW));
    return Reply.json(200, json -> notices.write(json, only, errors)).body().strip();
  }

  @Test
  void nothingIsSaidWhereAllIsWell() {
    assertThat(notices(null, true)).isEqualTo("{}");
  }

  @Test
  void anEndpointThatIsDownIsSaidWithItsErrorToThoseWhoMayKnow() {
    outage =
        new EndpointOutage(
            Duration.ofSeconds(65), "http://proxy:1: refused", Duration.ofMillis(500));
    assertThat(notices(null, true))
        .isEqualTo(
            "{\"down\":[{\"component\":\"a.example\",\"endpoint\":\"http://proxy:1\","
                + "\"url\":\"http://bot:2\",\"since\":\"2026-01-02T03:03:00Z\","
                + "\"error\":\"http://bot:2: refused\","
                + "\"next_try\":\"2026-01-02T03:04:05.500Z\"}]}");
    assertThat(notices(null, false)).contains("since").doesNotContain("refused");
    assertThat(notices("b.example", true)).isEqualTo("{}");
    outage = new EndpointOutage(Duration.ZERO, "status 410", null);
    assertThat(notices(null, true)).doesNotContain("next_try");
  }

  @Test
  void roomsCertificatesAndSettingsAreSaidToo() {
    lost = 2;
    certificates =
        List.of(
            new Workbench.Expiring("", "--http-tls-cert", NOW),
            new Workbench.Expiring("b.example", "--post-ca", NOW));
    restart = List.of("http_listen");
    unread = NOW;
    rooms = Map.of("den@r", RoomState.LOST, "in@r", RoomState.JOINED);
    assertThat(notices("a.example", true))
        .isEqualTo(
            "{\"rooms_lost\":{\"a.example\":2},\"lost_rooms\":{\"a.example\":[\"den@r\"]},"
                + "\"certificates\":[{\"component\":\"\","
                + "\"flag\":\"--http-tls-cert\",\"expires\":\"2026-01-02T03:04:05Z\"}],"
                + "\"needs_restart\":[\"http_listen\"],"
                + "\"config_changed\":\"2026-01-02T03:04:05Z\"}");
    assertThat(notices(null, false)).contains("rooms_lost").doesNotContain("den@r");
    assertThat(notices(null, true)).contains("--post-ca");
  }
}
