package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.stanzahook.SpooledGateway;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;
import reactor.core.publisher.Mono;

/** The console's page of a gateway with credentials and a spool, in a real browser. */
@Timeout(180)
class DeadLetterPageIT extends GatewayRunFixture {
  private static final String LETTERS = "#letters .row";

  private final Browser browser = new Browser();

  DeadLetterPageIT() throws Exception {}

  @AfterEach
  void closeBrowser() {
    browser.close();
  }

  private String tokens() throws Exception {
    return tokens("t0ken\nann:pässword\n");
  }

  private void startSpooled() throws Exception {
    start(tokens(), "--spool=" + folder.resolve("spool"), "--delivery-log-bodies");
  }

  private String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  private void logIn(String credential) {
    browser.open(url());
    browser.await("the login", () -> browser.find("#login").isDisplayed());
    browser.find("#credential").sendKeys(credential, Keys.ENTER);
  }

  private void bury(String... senders) throws Exception {
    bed.webhook(
        response ->
            response
                .status(500)
                .header("Content-Type", "text/html")
                .sendString(Mono.just("<img src=x onerror=\"document.title='owned'\">")));
    for (String sender : senders) {
      bed.say(sender, "message of " + sender);
      assertThat(bed.reply().type()).isEqualTo("error");
      bed.request();
    }
  }

  private void awaitLetters(int count) {
    browser.await(count + " dead letters", () -> browser.all(LETTERS).size() == count);
  }

  @Test
  void withoutCredentialsThereIsNothingToSee() throws Exception {
    start(tokens());
    bed.say("ann", "hello");
    bed.reply();
    browser.open(url());
    browser.await("the login", () -> browser.find("#login").isDisplayed());
    assertThat(browser.find("#view").isDisplayed()).isFalse();

    logIn("wrong");
    browser.awaitText("#state", "these credentials are not in the --api-token-file");
    assertThat(browser.find("#login").isDisplayed()).isTrue();
    assertThat(browser.find("#view").isDisplayed()).isFalse();
    assertThat(browser.script("return document.body.textContent").toString())
        .doesNotContain("ann@localhost");

    browser.find("#credential").sendKeys("ann:pässword", Keys.ENTER);
    browser.awaitText("#deliveries", "ann@localhost/r → bot@gw.localhost");
    assertThat(browser.find("#login").isDisplayed()).isFalse();
    assertThat(browser.find("#letters-section").isDisplayed()).as("no spool").isFalse();
    browser.find("#deliveries .row").click();
    browser.awaitText("#deliveries .detail", "start the gateway with --delivery-log-bodies");
  }

  @Test
  void whereNobodyMayUseItThePageIsOff() throws Exception {
    start();
    browser.open(url());
    assertThat(browser.text("body")).contains("the console is off").contains("--api-token-file");
  }

  @Test
  void deadLettersAreFoundLookedAtAndDeliveredAgain() throws Exception {
    startSpooled();
    logIn("t0ken");
    browser.awaitText("#letter-count", "None.");
    bury("ann", "ben", "cid");
    awaitLetters(3);
    browser.awaitText("[data-figure='Dead letters'] strong", "3");

    browser.find("#letter-filter [name=from]").sendKeys("ben@localhost");
    awaitLetters(1);
    browser.find(LETTERS).click();
    browser.awaitText("#letters .detail", "message of ben");
    assertThat(browser.text("#letters .detail"))
        .contains("status_500", "internal-server-error", "<img src=x onerror=");
    assertThat(browser.all("main img")).isEmpty();

    bed.webhook(SpooledGateway::hello);
    browser.find("#letters .detail button").click();
    assertThat(bed.request().body()).contains("message of ben");
    assertThat(bed.reply().to().toString()).isEqualTo("ben@localhost/r");
    browser.awaitText("#letter-done", "1 dead letter delivered again.");
    browser.find("#letter-filter [type=reset]").click();
    awaitLetters(2);

    browser.find("#letters-all").click();
    browser.find("#redeliver").click();
    awaitLetters(0);
    browser.awaitText("#letter-done", "2 dead letters delivered again.");
    assertThat(List.of(bed.reply().to().toString(), bed.reply().to().toString()))
        .containsExactlyInAnyOrder("ann@localhost/r", "cid@localhost/r");
    browser.await(
        "the list of deliveries", () -> browser.all("#deliveries .badge.good").size() == 3);
    assertThat(browser.driver().getTitle()).isEqualTo("Stanzahook");
  }

  @Test
  void discardingAsksFirstAndAllOfItWorksByKeyboard() throws Exception {
    startSpooled();
    bury("ann", "ben");
    logIn("t0ken");
    awaitLetters(2);
    browser.size(400, 800);
    browser.assertFits();
    browser.size(1200, 900);

    browser.tabTo("#letters input");
    browser.press(Keys.SPACE);
    browser.tabTo("#letters summary");
    browser.press(Keys.ENTER);
    browser.awaitText("#letters .detail", "message of ben");
    browser.script("document.getElementById('letters-all').focus()");
    browser.tabTo("#discard");
    browser.press(Keys.ENTER);
    browser.awaitText("#question", "Discard 1 dead letter for good?");
    browser.press(Keys.ESCAPE);
    browser.await("it is closed", () -> !browser.find("#question").isDisplayed());
    assertThat(browser.all(LETTERS)).hasSize(2);

    browser.press(Keys.ENTER);
    browser.await("the question", () -> browser.find("#question").isDisplayed());
    // The first button keeps: Enter pressed twice destroys nothing.
    browser.press(Keys.ENTER);
    browser.await("it is closed", () -> !browser.find("#question").isDisplayed());
    assertThat(browser.all(LETTERS)).hasSize(2);

    browser.press(Keys.ENTER);
    browser.tabTo("#question .danger");
    browser.press(Keys.ENTER);
    awaitLetters(1);
    browser.awaitText("#letter-done", "1 dead letter discarded.");
    assertThat(browser.text(LETTERS)).contains("ann@localhost/r");
  }

  @Test
  void anotherSitesPageCannotUseThePasswordThatTheBrowserRemembers() throws Exception {
    startSpooled();
    bury("ann");
    logIn("t0ken");
    awaitLetters(1);
    bed.webhook(SpooledGateway::hello);
    HttpServer evil =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    try {
      evil.createContext(
          "/",
          exchange -> {
            byte[] page =
                ("<form method=post action='" + url() + "admin/dead-letters/redeliver?all=true'>")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
          });
      evil.start();
      browser.addToEachRequest(
          "Authorization",
          "Basic "
              + Base64.getEncoder()
                  .encodeToString("ann:p\u00E4ssword".getBytes(StandardCharsets.UTF_8)));
      browser.open(url() + "admin/settings");
      browser.awaitText("body", "concurrency");
      browser.open("http://localhost:" + evil.getAddress().getPort() + "/");

      browser.script("document.forms[0].submit()");

      browser.awaitText("body", "another site's page may not use this");
    } finally {
      evil.stop(0);
    }
    browser.open(url());
    awaitLetters(1);
    assertThat(bed.requests).isEmpty();
  }
}
