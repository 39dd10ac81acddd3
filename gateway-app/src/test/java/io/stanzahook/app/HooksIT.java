package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Message;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code /hooks} of a running program, over real sockets. */
class HooksIT extends SendApiFixture {
  private static final String JSON = "application/json";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String ALERT =
      "{\"status\":\"firing\",\"groupLabels\":{\"alertname\":\"Down\"},\"alerts\":[]}";

  @Test
  void anAlertIsAMessage() throws Exception {
    start();
    assertThat(
            post(
                    basic("me@gw.localhost:mypassword"),
                    "/hooks/alertmanager/ann@example.com",
                    JSON,
                    ALERT)
                .statusCode())
        .isEqualTo(201);
    Message chat = (Message) received();
    assertThat(chat.from()).hasToString("me@gw.localhost");
    assertThat(chat.to()).hasToString("ann@example.com");
    assertThat(chat.type()).isEqualTo("chat");
    assertThat(chat.body()).isEqualTo("[FIRING] Down");
    assertThat(chat.subject()).isNull();

    assertThat(
            post(
                    BEARER,
                    "/hooks/alertmanager/ann@example.com/pc?type=headline&from=x%40gw.localhost",
                    JSON,
                    ALERT)
                .statusCode())
        .isEqualTo(201);
    Message headline = (Message) received();
    assertThat(headline.from()).hasToString("x@gw.localhost");
    assertThat(headline.to()).hasToString("ann@example.com/pc");
    assertThat(headline.type()).isEqualTo("headline");
    assertThat(headline.subject()).isEqualTo("[FIRING] Down");
  }

  @Test
  void slacksClientsGetSlacksAnswers() throws Exception {
    start();
    String url = "/hooks/slack/ann@example.com?token=t0ken";
    assertSlack(slack(url, JSON, "{\"text\":\"Gr\u00fc\u00dfe &amp; <http://x|y>\"}"), 200, "ok");
    Message sent = (Message) received();
    assertThat(sent.body()).isEqualTo("Gr\u00fc\u00dfe & y (http://x)");
    assertThat(sent.from()).hasToString("gw.localhost");
    String payload = URLEncoder.encode("{\"text\":\"1+1=2\"}", StandardCharsets.UTF_8);
    assertSlack(slack(url, FORM, "payload=" + payload), 200, "ok");
    assertThat(((Message) received()).body()).isEqualTo("1+1=2");
    // As curl -d sends it, without a word on its type.
    assertSlack(slack(url, FORM, "{\"text\":\"plain\"}"), 200, "ok");
    assertThat(((Message) received()).body()).isEqualTo("plain");

    assertSlack(slack(url, JSON, "{\"text\":\"\"}"), 400, "no_text");
    assertSlack(slack(url, JSON, "{"), 400, "invalid_payload");
    // Fields of a form count as those of the JSON, and text alone as the text.
    assertSlack(slack(url, FORM, "text=x+y"), 200, "ok");
    assertThat(((Message) received()).body()).isEqualTo("x y");
    assertSlack(slack(url, FORM, "Server is down"), 200, "ok");
    assertThat(((Message) received()).body()).isEqualTo("Server is down");
    assertSlack(slack(url, "text/plain", "{\"text\":\"a browser's\"}"), 200, "ok");
    assertThat(((Message) received()).body()).isEqualTo("a browser's");
    assertSlack(slack(url, JSON, "x".repeat(300_000)), 413, "invalid_payload");
    assertSlack(
        slack("/hooks/slack/@?token=t0ken", JSON, "{\"text\":\"x\"}"), 422, "invalid_payload");
    assertSlack(
        slack("/hooks/slack/romeo?token=t0ken", JSON, "{\"text\":\"x\"}"), 422, "invalid_payload");
    assertSlack(
        slack("/hooks/slack/a@b?token=wrong", JSON, "{\"text\":\"x\"}"), 401, "invalid_token");
    assertSlack(
        slack("/hooks/slack/a@b?token=scoped&from=x@gw.localhost", JSON, "{\"text\":\"x\"}"),
        403,
        "action_prohibited");
    assertThat(received).isEmpty();
  }

  private String shown(String method, String path, String type, byte[] body) throws Exception {
    HttpResponse<String> response =
        send(
            request(path)
                .header("Authorization", BEARER)
                .header("Content-Type", type)
                .method(method, BodyPublishers.ofByteArray(body)));
    assertThat(response.statusCode()).as("%s %s: %s", path, type, response.body()).isLessThan(300);
    return String.valueOf(((Message) received()).body());
  }

  @Test
  void textIsReadInTheCharsetThatItSaysItIsIn() throws Exception {
    start();
    String slack = "/hooks/slack/a@b";
    Charset latin = StandardCharsets.ISO_8859_1;
    byte[] json = "{\"text\":\"Gr\u00fc\u00dfe\"}".getBytes(latin);
    assertThat(shown("POST", slack, "application/json; charset=iso-8859-1", json))
        .isEqualTo("Gr\u00fc\u00dfe");
    assertThat(shown("POST", slack, "application/json; charset=\"ISO-8859-1\"", json))
        .isEqualTo("Gr\u00fc\u00dfe");
    assertThat(
            shown("POST", "/msg/a@b", "text/plain; charset=windows-1252", new byte[] {(byte) 0x80}))
        .isEqualTo("\u20ac");
    String marked = "\uFEFF{\"text\":\"\u20ac\"}";
    assertThat(shown("POST", slack, JSON, marked.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("\u20ac");
    assertThat(shown("POST", slack, JSON, marked.getBytes(StandardCharsets.UTF_16LE)))
        .isEqualTo("\u20ac");
    assertThat(shown("POST", "/msg/a@b", "text/plain", "\uFEFFhi".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("hi");

    byte[] field = "body=Gr%FC%DFe".getBytes(latin);
    assertThat(shown("POST", "/msg/a@b", FORM + "; charset=iso-8859-1", field))
        .isEqualTo("Gr\u00fc\u00dfe");
    assertThat(shown("POST", "/msg/a@b", FORM, field)).isEqualTo("Gr\u00fc\u00dfe");
    assertThat(shown("POST", "/msg/a@b", FORM, "_charset_=iso-8859-2&body=%B1".getBytes(latin)))
        .isEqualTo("\u0105");
    assertThat(shown("POST", "/msg/a@b", FORM, "body=%E2%82%AC".getBytes(latin)))
        .isEqualTo("\u20ac");
    // As curl -d sends it.
    assertThat(shown("POST", "/msg/a@b", FORM, "Server is down".getBytes(latin)))
        .isEqualTo("Server is down");
    assertThat(post(BEARER, slack, JSON + "; charset=none-such", "{}").body())
        .isEqualTo("invalid_payload");
    assertThat(received).isEmpty();
  }

  @Test
  void aListIsOneMessageWithAllThatIsInIt() throws Exception {
    start();
    byte[] list =
        "[{\"text\":\"one\"},\"two\",{},{\"text\":\"three\"}]".getBytes(StandardCharsets.UTF_8);
    assertThat(shown("POST", "/hooks/slack/a@b", JSON, list)).isEqualTo("one\n\ntwo\n\nthree");
    String many = "[" + "{\"text\":\"x\"},".repeat(1000) + "1]";
    assertThat(post(BEARER, "/hooks/slack/a@b", JSON, many).statusCode()).isEqualTo(400);
    assertThat(
            shown(
                "POST",
                "/hooks/slack/a@b",
                JSON,
                many.replace("1]", "{}]").getBytes(StandardCharsets.UTF_8)))
        .endsWith("x\n[cut off]");
    assertThat(received).isEmpty();
  }

  @Test
  void textAloneIsAMessageWhereItsFormatIsText() throws Exception {
    start();
    byte[] text = "Server is down".getBytes(StandardCharsets.UTF_8);
    for (String format : new String[] {"generic", "healthchecks", "slack"}) {
      assertThat(shown("PUT", "/hooks/" + format + "/a@b", "text/plain", text))
          .as(format)
          .isEqualTo("Server is down");
    }
    HttpResponse<String> untyped =
        send(
            request("/hooks/generic/a@b")
                .header("Authorization", BEARER)
                .header("Title", "Shop")
                .POST(BodyPublishers.ofString("is down")));
    assertThat(untyped.statusCode()).isEqualTo(201);
    assertThat(((Message) received()).body()).isEqualTo("Shop\nis down");
    assertThat(post(BEARER, "/hooks/github/a@b", "text/plain", "x").statusCode()).isEqualTo(400);
    assertThat(post(BEARER, "/hooks/generic/a@b", JSON, "x").statusCode()).isEqualTo(400);
    assertThat(received).isEmpty();
  }

  private static byte[] parts(String... namesAndValues) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      all.append("--cut\r\nContent-Disposition: form-data; name=")
          .append(namesAndValues[i])
          .append("\r\n\r\n")
          .append(namesAndValues[i + 1])
          .append("\r\n");
    }
    return all.append("--cut--\r\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aFormInPartsIsAForm() throws Exception {
    start();
    String type = "multipart/form-data; boundary=cut";
    assertThat(
            shown(
                "POST",
                "/hooks/uptime-kuma/a@b",
                type,
                parts("data", "{\"msg\":\"Gr\u00fc\u00dfe\"}")))
        .isEqualTo("Gr\u00fc\u00dfe");
    assertThat(
            shown(
                "POST",
                "/hooks/generic/a@b",
                type,
                parts("payload_json", "{\"content\":\"hi\"}", "files[0]\"; filename=\"a.txt", "x")))
        .isEqualTo("hi");
    assertThat(shown("POST", "/hooks/generic/a@b", type, parts("title", "T", "text", "\u20ac")))
        .isEqualTo("T\n\u20ac");
    assertThat(post(BEARER, "/hooks/generic/a@b", "multipart/form-data", "x").statusCode())
        .isEqualTo(400);
    for (String broken :
        new String[] {
          "--cut\r\nno",
          "x",
          "--cut\r\nContent-Disposition: form-data\r\n\r\nx\r\n--cut--\r\n",
          "--cut\r\nContent-Disposition: form-data; name=\r\n\r\nx\r\n--cut--\r\n",
          "--cut\r\nContent-Disposition: form-data; name=a\r\nContent-Type: text/plain;"
              + " charset=none\r\n\r\nx\r\n--cut--\r\n"
        }) {
      assertThat(post(BEARER, "/hooks/generic/a@b", type, broken).statusCode())
          .as(broken)
          .isEqualTo(400);
    }
    assertThat(received).isEmpty();
  }

  @Test
  void grafanaMayPutWhatItPosts() throws Exception {
    start();
    assertThat(
            shown(
                "PUT",
                "/hooks/grafana/a@b",
                JSON,
                "{\"title\":\"T\"}".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("T");
  }

  @Test
  void aTokenInTheUrlOpensNothingElse() throws Exception {
    start();
    for (String path : new String[] {"/msg/a@b?token=t0ken", "/rest?token=t0ken"}) {
      assertThat(slack(path, "text/plain", "x").statusCode()).as(path).isEqualTo(401);
    }
    for (String query :
        new String[] {
          "", "?token=", "?token=me%40gw.localhost%3Amypassword", "?token=t0ken&token=t0ken"
        }) {
      assertThat(slack("/hooks/grafana/a@b" + query, JSON, "{}").statusCode())
          .as(query)
          .isEqualTo(401);
    }
    assertThat(raw("/hooks/grafana/a@b?token=%zz", "")).startsWith("HTTP/1.1 401 ");
    assertThat(post("Bearer wrong", "/hooks/grafana/a@b?token=t0ken", JSON, "{}").statusCode())
        .isEqualTo(401);
  }

  @Test
  void theRequestMayNameTheWholeUrl() throws Exception {
    start();
    assertThat(raw("http://x/hooks/grafana/a@b?type=normal", BEARER)).startsWith("HTTP/1.1 201 ");
    assertThat(received().to()).hasToString("a@b");
    assertThat(raw("http://x:1/msg/c@d", BEARER + "\r\nContent-Type: text/plain"))
        .startsWith("HTTP/1.1 201 ");
    assertThat(received().to()).hasToString("c@d");
  }

  @Test
  void templatesOfOnesOwnComeFromAFolder() throws Exception {
    Path templates = Files.createDirectory(folder.resolve("templates"));
    Files.writeString(
        templates.resolve("build.mustache"), "{{#state=failed}}{{name}} failed{{/state=failed}}\n");
    Files.writeString(templates.resolve("build.subject.mustache"), "Builds");
    Files.writeString(templates.resolve("grafana.mustache"), "mine: {{title}}");
    Files.writeString(templates.resolve("README"), "{{#");
    start("--templates=" + templates);
    String path = "/hooks/build/a@b?type=normal";
    assertThat(post(BEARER, path, JSON, "{\"state\":\"failed\",\"name\":\"api\"}").statusCode())
        .isEqualTo(201);
    Message message = (Message) received();
    assertThat(message.body()).isEqualTo("api failed");
    assertThat(message.subject()).isEqualTo("Builds");
    assertThat(post(BEARER, path, JSON, "{\"state\":\"passed\"}").statusCode()).isEqualTo(204);
    assertThat(
            post(BEARER, "/hooks/grafana/a@b?type=normal", JSON, "{\"title\":\"x\"}").statusCode())
        .isEqualTo(201);
    Message grafana = (Message) received();
    assertThat(grafana.body()).isEqualTo("mine: x");
    assertThat(grafana.subject()).isNull();
    HttpResponse<String> unknown = post(BEARER, "/hooks/nagios/a@b", JSON, "{}");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("there are alertmanager, build, generic, gitea,");
    assertThat(received).isEmpty();
  }

  @Test
  void refusesWhatMsgRefuses() throws Exception {
    start("--api-rate=6");
    String path = "/hooks/grafana/a@b";
    assertThat(post("Bearer scoped", path, "text/html", "x").statusCode()).isEqualTo(415);
    assertThat(post("Bearer scoped", path, JSON, "[]").statusCode()).isEqualTo(400);
    assertThat(post("Bearer scoped", path + "?type=error", JSON, "{}").statusCode()).isEqualTo(422);
    assertThat(post("Bearer scoped", "/hooks/grafana", JSON, "{}").statusCode()).isEqualTo(422);
    assertThat(raw(path + "?x=%zz", "Bearer scoped")).startsWith("HTTP/1.1 400 ");
    int status = 0;
    for (int i = 0; i < 1_000 && status != 429; i++) {
      status = post(BEARER, path, JSON, "{}").statusCode();
    }
    assertThat(status).isEqualTo(429);
  }

  private static void assertSlack(HttpResponse<String> response, int status, String word) {
    assertThat(response.body()).isEqualTo(word);
    assertThat(response.statusCode()).as(word).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).hasValue("text/plain; charset=utf-8");
  }

  private HttpResponse<String> slack(String path, String type, String body) throws Exception {
    return send(request(path).header("Content-Type", type).POST(BodyPublishers.ofString(body)));
  }

  /** What no URI of Java's can hold. */
  private String raw(String path, String authorization) throws Exception {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), request("/").build().uri().getPort())) {
      socket.setSoTimeout(20_000);
      String request =
          "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n%s\r\n{}"
              .formatted(
                  path, authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n");
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
