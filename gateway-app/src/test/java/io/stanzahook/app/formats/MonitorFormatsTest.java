package io.stanzahook.app.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What people see of Uptime Kuma, Healthchecks, and of text under its usual names. */
class MonitorFormatsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Formats FORMATS = Formats.builtIn();

  // ------------------------------------------------------------ Uptime Kuma

  @Test
  void uptimeKumasMessageWithWhereAndWhen() {
    String down =
        """
        {"heartbeat": {"monitorID": 1, "status": 0, "time": "2026-11-22 12:00:00.123",
          "msg": "connect ECONNREFUSED", "ping": null, "important": true, "duration": 60,
          "timezone": "Europe/Berlin", "timezoneOffset": "+01:00",
          "localDateTime": "2026-11-22 13:00:00"},
         "monitor": {"id": 1, "name": "Shop", "description": "Where we sell", "type": "http",
          "url": "https://shop.example", "hostname": null, "port": null, "interval": 60,
          "tags": [{"tag_id": 1, "name": "team", "value": "web", "color": "#fff"},
                   {"name": "prod", "value": ""}]},
         "msg": "[Shop] [\ud83d\udd34 Down] connect ECONNREFUSED"}
        """;
    assertThat(body("uptime-kuma", down))
        .isEqualTo(
            """
            [Shop] [\ud83d\udd34 Down] connect ECONNREFUSED
            Where we sell
            https://shop.example
            tags: team=web prod
            2026-11-22 13:00:00 Europe/Berlin\
            """);
    assertThat(subject("uptime-kuma", down))
        .isEqualTo("[Shop] [\ud83d\udd34 Down] connect ECONNREFUSED");
    assertThat(
            body(
                "uptime-kuma",
                """
                {"heartbeat": {"status": 1, "time": "2026-11-22 12:00:00", "msg": "", "ping": 23},
                 "monitor": {"name": "DB", "type": "port", "url": "https://",
                  "hostname": "db.example", "port": 5432, "tags": []},
                 "msg": "[DB] [\u2705 Up] "}
                """))
        .isEqualTo("[DB] [\u2705 Up]\ndb.example:5432\n2026-11-22 12:00:00, 23 ms");
  }

  @Test
  void uptimeKumasTestHasNoMonitor() {
    assertThat(body("uptime-kuma", "{\"heartbeat\":null,\"monitor\":null,\"msg\":\"Testing\"}"))
        .isEqualTo("Testing");
    assertThat(
            body(
                "uptime-kuma",
                "{\"heartbeat\":{\"status\":0,\"msg\":\"gone\"},\"monitor\":{\"name\":\"Shop\"}}"))
        .isEqualTo("[Shop] [Down] gone");
  }

  // ------------------------------------------------------------ Healthchecks

  @Test
  void healthchecksJson() {
    String check =
        """
        {"name": "Nightly backup", "slug": "nightly-backup", "tags": "prod db",
         "desc": "All databases", "grace": 3600, "n_pings": 17, "status": "down",
         "started": false, "last_ping": "2026-11-21T03:00:00+00:00", "next_ping": null,
         "manual_resume": false, "methods": "", "unique_key": "a6c7", "schedule": "0 3 * * *",
         "tz": "Europe/Riga"}
        """;
    assertThat(body("healthchecks", check))
        .isEqualTo(
            """
            [DOWN] Nightly backup
            All databases
            tags: prod db
            schedule: 0 3 * * * Europe/Riga
            last ping: 2026-11-21T03:00:00+00:00\
            """);
    assertThat(subject("healthchecks", check)).isEqualTo("[DOWN] Nightly backup");
    assertThat(
            body(
                "healthchecks",
                """
                {"name": "Heater", "status": "up", "timeout": 60, "grace": 30, "last_duration": 4,
                 "exitstatus": 0, "body": "all is well\\nindeed"}
                """))
        .isEqualTo(
            """
            [UP] Heater
            every 60 s, 30 s of grace
            it took 4 s

            all is well
            indeed\
            """);
    assertThat(body("healthchecks", "{\"text\":\"Heater is DOWN\"}")).isEqualTo("Heater is DOWN");
  }

  // ------------------------------------------------------------ generic

  @Test
  void textIsTextUnderAnyOfItsNames() {
    for (String name : new String[] {"text", "message", "content", "body"}) {
      assertThat(body("generic", "{\"" + name + "\":\"Gr\u00fc\u00dfe\"}"))
          .as(name)
          .isEqualTo("Gr\u00fc\u00dfe");
    }
    assertThat(body("generic", "{\"title\":\"T\",\"message\":\"m\",\"body\":\"b\",\"text\":\"m\"}"))
        .isEqualTo("T\nm\nb");
    assertThat(body("generic", "{\"text\":\"\"}")).isEmpty();
    assertThat(body("generic", "{}")).isEmpty();
    assertThat(body("generic", "{\"text\":17}")).isEqualTo("17");
    assertThat(subject("generic", "{\"title\":\"T\",\"text\":\"x\"}")).isEqualTo("T");
  }

  @Test
  void discordsEmbedsAreShown() {
    assertThat(
            body(
                "generic",
                """
                {"content": "New build", "username": "ci", "avatar_url": "https://a", "tts": false,
                 "embeds": [{"title": "door 1.2", "description": "It *opens*.",
                   "url": "https://ci/42", "color": 5814783, "timestamp": "2026-11-22T12:00:00Z",
                   "author": {"name": "Ann", "url": "https://ann"},
                   "fields": [{"name": "Branch", "value": "main", "inline": true}],
                   "image": {"url": "https://i.png"}, "thumbnail": {"url": "https://t.png"},
                   "footer": {"text": "built by hand"}}],
                 "allowed_mentions": {"parse": []}}
                """))
        .isEqualTo(
            """
            New build
            Ann https://ann
            *door 1.2*
            https://ci/42
            It *opens*.
            *Branch*: main
            https://i.png
            https://t.png
            built by hand\
            """);
    assertThat(body("generic", "{\"content\":\"\",\"embeds\":[{\"description\":\"only this\"}]}"))
        .isEqualTo("only this");
  }

  @Test
  void ntfysMessageInJsonAndWithHeaders() {
    assertThat(
            body(
                "generic",
                """
                {"topic": "door", "message": "It is open", "title": "Door", "priority": 4,
                 "tags": ["warning", "door"], "click": "https://door", "attach": "https://d.jpg",
                 "filename": "door.jpg",
                 "actions": [{"action": "view", "label": "Look", "url": "https://cam"}]}
                """))
        .isEqualTo(
            """
            Door
            It is open
            tags: warning, door
            Look https://cam
            https://door
            https://d.jpg
            door.jpg\
            """);
    ObjectNode text = (ObjectNode) JSON.readTree("{\"text\":\"It is open\"}");
    assertThat(
            FORMATS
                .find("generic")
                .body(
                    text,
                    RequestHeaders.of(
                        Map.of("Title", "Door", "Tags", "warning", "Click", "https://door")
                            .entrySet())))
        .isEqualTo("Door\nIt is open\ntags: warning\nhttps://door");
  }

  @Test
  void whatHasNoTextUnderThoseNamesShowsAll() {
    assertThat(
            body(
                "generic",
                """
                {"state": "failed", "job": {"name": "api", "tests": ["a", "b"]}, "count": 3,
                 "none": null}
                """))
        .isEqualTo(
            """
            state: failed
            job:
            name: api
            tests:
            - a
            - b
            count: 3\
            """);
    assertThat(body("generic", "{\"blocks\":[{\"type\":\"header\",\"text\":{\"text\":\"H\"}}]}"))
        .isEqualTo("*H*");
    assertThat(body("generic", "{\"a\":" + "[".repeat(60) + "1" + "]".repeat(60) + "}")).isEmpty();
  }

  private static String body(String format, String json) {
    return FORMATS.find(format).body((ObjectNode) JSON.readTree(json), RequestHeaders.NONE);
  }

  private static String subject(String format, String json) {
    return FORMATS.find(format).subject((ObjectNode) JSON.readTree(json), RequestHeaders.NONE);
  }
}
