package io.stanzahook.app;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A request and the status it is answered with: one at least of each status that the program's
 * OpenAPI document lists.
 *
 * @param path as the document has it
 */
record OpenApiCase(
    String method,
    String path,
    String target,
    @Nullable String credentials,
    @Nullable String type,
    String body,
    int status) {
  static final String SCOPED = "Bearer scoped";
  static final String TEXT = "text/plain";
  static final String JSON = "application/json";

  static final String MSG = "/msg/{jid}";
  static final String HOOKS = "/hooks/{format}/{jid}";
  static final String REST = "/rest";
  static final String KIND = "/rest/{kind}/{type}/{jid}";
  static final String QUERY = "/rest/{query}/{jid}";
  static final String SETTINGS = "/admin/settings";

  static final String RELOAD = "/admin/reload";

  static final String TO = "{\"to\":\"a@b\",\"body\":\"x\"}";
  static final String PING = "{\"ping\":true,\"to\":\"a@b\"}";
  static final String FOREIGN = "{\"to\":\"a@b\",\"body\":\"x\",\"from\":\"x@gw.localhost\"}";
  static final String LARGE = "x".repeat(300_000);

  /** One each that is in order, of all that send. */
  static final List<OpenApiCase> SENDING =
      List.of(
          OpenApiCase.post(MSG, "/msg/a@b", TEXT, "x", 201),
          OpenApiCase.post(HOOKS, "/hooks/slack/a@b", JSON, "{\"text\":\"x\"}", 200),
          OpenApiCase.post(REST, REST, JSON, TO, 202),
          OpenApiCase.post(KIND, "/rest/message/chat/a@b", TEXT, "x", 202),
          OpenApiCase.get(QUERY, "/rest/ping/a@b", 504));

  static final List<OpenApiCase> ADMIN =
      List.of(
          OpenApiCase.get(SETTINGS, SETTINGS, 200),
          OpenApiCase.patch("{\"queue\":5}", 200),
          OpenApiCase.send("post", RELOAD, RELOAD, 200));

  static final List<OpenApiCase> OPEN =
      Stream.of("/metrics", "/healthz", "/readyz", "/openapi.json")
          .map(path -> OpenApiCase.get(path, path, 200).as(null))
          .toList();

  /** What is wrong with the request itself, and what nobody answers. */
  static final List<OpenApiCase> WRONG =
      List.of(
          OpenApiCase.get(SETTINGS, SETTINGS + "?component=x", 404),
          OpenApiCase.send("patch", SETTINGS, SETTINGS + "?component=x", 404),
          OpenApiCase.patch("{}", 400),
          OpenApiCase.patch("{\"queue\":\"" + "5".repeat(5000) + "\"}", 413),
          OpenApiCase.post(MSG, "/msg/a@b", JSON, "{", 400),
          OpenApiCase.post(MSG, "/msg/a@b", TEXT, LARGE, 413),
          OpenApiCase.post(MSG, "/msg/a@b", "text/html", "x", 415),
          OpenApiCase.post(MSG, "/msg/@", TEXT, "x", 422),
          OpenApiCase.post(HOOKS, "/hooks/grafana/a@b", JSON, "{}", 201),
          OpenApiCase.post(HOOKS, "/hooks/slack/a@b", JSON, "{}", 400),
          OpenApiCase.post(HOOKS, "/hooks/grafana/a@b", JSON, "[]", 400),
          OpenApiCase.post(HOOKS, "/hooks/nagios/a@b", JSON, "{}", 404),
          OpenApiCase.post(HOOKS, "/hooks/grafana/a@b", JSON, LARGE, 413),
          OpenApiCase.post(HOOKS, "/hooks/grafana/a@b", "text/html", "{}", 415),
          OpenApiCase.post(HOOKS, "/hooks/grafana/@", JSON, "{}", 422),
          OpenApiCase.post(REST, REST, JSON, "{", 400),
          OpenApiCase.post(REST, REST, JSON, FOREIGN, 403).as(SCOPED),
          OpenApiCase.post(REST, "/rest/x", TEXT, "x", 404),
          OpenApiCase.post(REST, REST, TEXT, LARGE, 413),
          OpenApiCase.post(REST, REST, "text/html", "x", 415),
          OpenApiCase.post(REST, REST, TEXT, "x", 422),
          OpenApiCase.post(REST, REST, JSON, PING, 504),
          OpenApiCase.post(KIND, "/rest/message/chat/a@b", JSON, "{", 400),
          OpenApiCase.post(KIND, "/rest/mesage/chat/a@b", TEXT, "x", 404),
          OpenApiCase.post(KIND, "/rest/message/chat/a@b", TEXT, LARGE, 413),
          OpenApiCase.post(KIND, "/rest/message/chat/a@b", "text/html", "x", 415),
          OpenApiCase.post(KIND, "/rest/message/chat/@", TEXT, "x", 422),
          OpenApiCase.post(KIND, "/rest/iq/get/a@b", JSON, "{\"ping\":true}", 504),
          OpenApiCase.get(QUERY, "/rest/ping/a@b?x=%zz", 400),
          OpenApiCase.get(QUERY, "/rest/pong/a@b", 404),
          OpenApiCase.get(QUERY, "/rest/command/a@b", 405),
          OpenApiCase.get(QUERY, "/rest/ping/@", 422));

  static final List<OpenApiCase> ASKING =
      List.of(
          OpenApiCase.post(REST, REST, JSON, PING, 200),
          OpenApiCase.post(KIND, "/rest/iq/get/a@b", JSON, "{\"ping\":true}", 200),
          OpenApiCase.get(QUERY, "/rest/ping/a@b", 200));

  static final String DELIVERIES = "/admin/deliveries";
  static final String LETTERS = "/admin/dead-letters";

  /** Of what the console shows, without a spool; with one, DeadLettersIT has the rest. */
  static final List<OpenApiCase> SHOWN =
      List.of(
          OpenApiCase.get(DELIVERIES, DELIVERIES, 200),
          OpenApiCase.get(DELIVERIES, DELIVERIES + "?x=1", 400),
          OpenApiCase.get(DELIVERIES, DELIVERIES, 401).as(null),
          OpenApiCase.get(LETTERS, LETTERS, 401).as(null),
          OpenApiCase.get(LETTERS, LETTERS, 409),
          OpenApiCase.get(LETTERS + "/{id}", LETTERS + "/x", 409),
          OpenApiCase.send("delete", LETTERS, LETTERS + "?all=true", 409),
          OpenApiCase.send("delete", LETTERS + "/{id}", LETTERS + "/x", 409),
          OpenApiCase.send("post", LETTERS + "/redeliver", LETTERS + "/redeliver?all=true", 409),
          OpenApiCase.send("post", LETTERS + "/{id}/redeliver", LETTERS + "/x/redeliver", 409));

  static final List<OpenApiCase> UNKNOWN =
      all(each -> each.as(null).with(401), List.of(SENDING, ADMIN));
  static final List<OpenApiCase> FORBIDDEN = all(each -> each.with(403), List.of(SENDING, ADMIN));
  static final List<OpenApiCase> TOO_OFTEN = all(each -> each.with(429), List.of(SENDING));
  static final List<OpenApiCase> AWAY =
      all(
          each -> each.with(503),
          List.of(SENDING, List.of(OpenApiCase.get("/readyz", "/readyz", 503).as(null))));
  static final List<OpenApiCase> NOT_YET =
      ADMIN.stream()
          .filter(each -> !each.path().equals(RELOAD))
          .map(each -> each.with(503))
          .toList();

  static List<OpenApiCase> all(UnaryOperator<OpenApiCase> change, List<List<OpenApiCase>> lists) {
    return lists.stream().flatMap(List::stream).map(change).toList();
  }

  static OpenApiCase get(String path, String target, int status) {
    return new OpenApiCase("get", path, target, SendApiFixture.BEARER, null, "", status);
  }

  static OpenApiCase send(String method, String path, String target, int status) {
    return new OpenApiCase(method, path, target, SendApiFixture.BEARER, null, "", status);
  }

  static OpenApiCase post(String path, String target, String type, String body, int status) {
    return new OpenApiCase("post", path, target, SendApiFixture.BEARER, type, body, status);
  }

  static OpenApiCase patch(String body, int status) {
    return new OpenApiCase("patch", SETTINGS, SETTINGS, SendApiFixture.BEARER, JSON, body, status);
  }

  OpenApiCase as(@Nullable String who) {
    return new OpenApiCase(method, path, target, who, type, body, status);
  }

  String name() {
    return method + " " + path + " " + status;
  }

  OpenApiCase with(int other) {
    return new OpenApiCase(method, path, target, credentials, type, body, other);
  }
}
