package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;

/**
 * What mod_rest's documentation says of its callback: the two requests, the reply, and its two
 * bots, as they answer.
 */
class ModRestCallbackIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String XML = "application/xmpp+xml";
  private static final String BOT = "bot@" + XmppServer.COMPONENT;

  @RegisterExtension final Bed bed = new Bed();
  private final XmppServer server = ProsodyServer.create();

  @BeforeEach
  void start() {
    bed.use(server).start();
  }

  private ChatClient user() {
    server.register("user");
    return bed.use(ChatClient.login(server, "user"));
  }

  @Test
  void theXmlBotIsSentTheStanzaAndAnswersWithOne() {
    WebhookServer flask =
        bed.use(
            WebhookServer.answering(
                request ->
                    request.body().startsWith("<message")
                        ? new Answer(200, XML, "<message><body>Yes this is bot</body></message>")
                        : Answer.status(501)));
    bed.use(
            GatewayProcess.start(
                server, flask.url(), "--post-format=xml", "--post-stanzas=message,presence,iq"))
        .awaitReady();
    ChatClient user = user();
    user.send(BOT, "Hello");

    ChatStanza reply = user.takeMessage();
    assertThat(reply.body()).isEqualTo("Yes this is bot");
    assertThat(reply.from()).isEqualTo(BOT);
    WebhookServer.Request request = flask.requests().get(0);
    assertThat(request.headers()).containsEntry("content-type", XML);
    assertThat(request.body())
        .startsWith("<message ")
        .contains("to='" + BOT + "'", "<body>Hello</body>");

    flask.answer(
        any ->
            new Answer(
                200, XML, "<message type=\"chat\">\n<body>Yes, this is bot</body>\n</message>"));
    user.send(BOT, "Hello");
    assertThat(user.takeMessage().body()).isEqualTo("Yes, this is bot");

    flask.answer(any -> Answer.status(501));
    assertThat(user.iq(BOT, "get", "<query xmlns='urn:example:q'/>").error())
        .isEqualTo("cancel/feature-not-implemented");
  }

  @Test
  void theJsonBotIsSentTheMappingAndAnswersInIt() {
    WebhookServer flask =
        bed.use(
            WebhookServer.answering(
                request ->
                    request.property("kind").equals("message")
                        ? Answer.json("{\"body\":\"hello\"}")
                        : Answer.status(501)));
    bed.use(GatewayProcess.start(server, flask.url(), "--post-format=rest-json")).awaitReady();
    ChatClient user = user();
    String id = user.send(BOT, "Hello");

    ChatStanza reply = user.takeMessage();
    assertThat(reply.body()).isEqualTo("hello");
    assertThat(reply.type()).isEqualTo("chat");
    WebhookServer.Request request = flask.requests().get(0);
    assertThat(request.headers()).containsEntry("content-type", "application/json");
    var posted = (tools.jackson.databind.node.ObjectNode) JSON.readTree(request.body());
    posted.remove("lang");
    assertThat(posted)
        .isEqualTo(
            JSON.readTree(
                """
                {"body":"Hello","from":"user@localhost/test","kind":"message","to":"%s",
                 "type":"chat","id":"%s"}"""
                    .formatted(BOT, id)));

    // 202 and 204 mean no reply.
    flask.answer(
        silent ->
            silent.property("body").equals("again")
                ? Answer.json("{\"body\":\"again\"}")
                : Answer.status(silent.property("body").equals("a") ? 202 : 204));
    user.send(BOT, "a");
    user.send(BOT, "b");
    user.send(BOT, "again");
    assertThat(user.takeMessage().body()).isEqualTo("again");
  }
}
