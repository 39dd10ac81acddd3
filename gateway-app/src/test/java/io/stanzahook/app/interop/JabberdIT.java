package io.stanzahook.app.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.app.interop.WebhookServer.Answer;
import org.junit.jupiter.api.Test;

/** The interoperability contract against jabberd2, and what it does unlike the others. */
class JabberdIT extends InteropContract {
  private static final int REFUSED = 3;

  JabberdIT() {
    super(JabberdServer.create());
  }

  /** No test here: jabberd2 has no rooms. */
  @Override
  void theWebhookJoinsARoomAndAnswersThereOnceAMessage() {}

  @Test
  void aWrongSecretIsRefusedForGood() {
    WebhookServer webhook = bed.use(WebhookServer.answering(request -> Answer.status(204)));

    GatewayProcess gateway =
        bed.use(GatewayProcess.startWithSecret(server, "a-wrong-one", webhook.url()));

    assertThat(gateway.awaitExit()).isEqualTo(REFUSED);
    assertThat(gateway.log()).contains("not-authorized");
  }

  @Test
  void theNewestOfTwoConnectionsTakesAllWithoutAWord_andTheOlderOneSaysSo() {
    WebhookServer webhook = bed.use(WebhookServer.answering(request -> Answer.status(204)));
    GatewayProcess older =
        bed.use(GatewayProcess.start(server, webhook.url(), "--ping-timeout=2s")).awaitReady();
    GatewayProcess newer = bed.use(GatewayProcess.start(server, webhook.url())).awaitReady();

    Await.until(
        "the older one says that another connection took its domain",
        Patience.LONG,
        () -> older.log().contains("another connection has taken this domain over"));

    assertThat(newer.isAlive()).isTrue();
  }
}
