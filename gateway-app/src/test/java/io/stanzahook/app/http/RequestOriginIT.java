package io.stanzahook.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages of other sites may do where nobody needs credentials: nothing. */
class RequestOriginIT {
  private final OpenHttpService service = new OpenHttpService();

  RequestOriginIT() throws ListenException {}

  @AfterEach
  void close() {
    service.close();
  }

  /** The status of the answer; headers as they are, Host among them. */
  private int status(String requestLine, String... headers) throws IOException {
    try (Socket socket = service.connect()) {
      String request =
          requestLine
              + " HTTP/1.1\r\n"
              + String.join("\r\n", headers)
              + "\r\nConnection: close\r\n";
      socket
          .getOutputStream()
          .write((request + "Content-Length: 0\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      return Integer.parseInt(in.readLine().split(" ", -1)[1]);
    }
  }

  private String own() {
    return "Host: 127.0.0.1:" + service.port();
  }

  /** 503 is the answer of what it is asked for: there is no gateway behind this server. */
  private static final int ADMITTED = 503;

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "LOCALHOST:80", "[::1]:9090", "127.9.9.9:1"})
  void namesOfThisMachineAreAdmitted(String host) throws Exception {
    assertThat(status("GET /admin/settings", "Host: " + host)).isEqualTo(ADMITTED);
    assertThat(status("GET /", "Host: " + host)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:9090",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.0.2.1",
        "0.0.0.0",
        "127.0.0.1:80:evil.example",
        "x@127.0.0.1",
        ""
      })
  void namesThatMayBeMadeToLeadHereAreNot(String host) throws Exception {
    for (String path : new String[] {"/", "/admin/settings", "/metrics", "/console.js"}) {
      // Netty itself refuses some of them with 400.
      assertThat(status("GET " + path, "Host: " + host)).as(path).isIn(400, 403);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site", "something-new"})
  void pagesOfOtherSitesAreRefused(String site) throws Exception {
    String header = "Sec-Fetch-Site: " + site;
    assertThat(status("GET /admin/settings", own(), header)).isEqualTo(403);
    assertThat(status("PATCH /admin/settings", own(), header)).isEqualTo(403);
    assertThat(status("POST /admin/dead-letters/redeliver?all=true", own(), header)).isEqualTo(403);
    assertThat(status("DELETE /admin/dead-letters?all=true", own(), header)).isEqualTo(403);
    assertThat(status("GET /admin/events", own(), header)).isEqualTo(403);
    assertThat(status("POST /msg/a@b", own(), header)).isEqualTo(403);
    assertThat(status("GET /rest/ping/a@b", own(), header)).isEqualTo(403);
  }

  @Test
  void whatBrowsersSayOfTheirOwnPageIsAdmitted() throws Exception {
    for (String site : new String[] {"same-origin", "none"}) {
      assertThat(status("PATCH /admin/settings", own(), "Sec-Fetch-Site: " + site))
          .isEqualTo(ADMITTED);
    }
    // A proxy in front may have changed the port: the browser knows better.
    assertThat(
            status(
                "PATCH /admin/settings",
                own(),
                "Sec-Fetch-Site: same-origin",
                "Origin: https://gateway.example"))
        .isEqualTo(ADMITTED);
  }

  @Test
  void olderBrowsersAreKnownByTheOrigin() throws Exception {
    String settings = "PATCH /admin/settings";
    int port = service.port();
    assertThat(status(settings, own(), "Origin: http://127.0.0.1:" + port)).isEqualTo(ADMITTED);
    for (String origin :
        new String[] {
          "null",
          "http://127.0.0.1:" + (port + 1),
          "http://evil.example",
          "http://localhost:" + port
        }) {
      assertThat(status(settings, own(), "Origin: " + origin)).as(origin).isEqualTo(403);
    }
  }
}
