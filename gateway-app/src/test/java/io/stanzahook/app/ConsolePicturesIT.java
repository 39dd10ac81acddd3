package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.stanzahook.SpooledGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import reactor.core.publisher.Mono;

/**
 * The pictures of docs/operate/console.md, taken of real deliveries. They are written to {@code
 * target}, and with {@code -Ddocs.write=true} to {@code docs/operate/images}.
 */
@Timeout(180)
class ConsolePicturesIT extends GatewayRunFixture {
  private static final int WIDE = 1100;
  private static final int NARROW = 400;
  private static final List<String> SENDERS = List.of("ann", "ben", "cid", "dora", "eve");

  private final Browser browser = new Browser();

  ConsolePicturesIT() throws Exception {}

  @AfterEach
  void closeBrowser() {
    browser.close();
  }

  private void take(String name, int width, int height, boolean dark) throws IOException {
    browser.dark(dark);
    browser.size(width, height);
    browser.script("window.scrollTo(0, 0)");
    browser.take(name);
  }

  /** Lets time pass on the page, so that its charts have something to show. */
  private void pass(Duration time) {
    browser.driver().executeAsyncScript("setTimeout(arguments[1], arguments[0])", time.toMillis());
  }

  @Test
  void ofTheSandbox() throws Exception {
    HttpServer bot =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    AtomicBoolean first = new AtomicBoolean(true);
    bot.createContext(
        "/",
        exchange -> {
          String request =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          // The first call about Kyoto finds a database that is away.
          boolean away =
              request.contains("Kyoto") && request.contains("\"body\"") && first.getAndSet(false);
          boolean understood = !request.contains("Atlantis");
          byte[] answer =
              (away
                      ? "{\"error\":\"the database is away\"}"
                      : understood
                          ? "{\"body\":\"It will rain, 14 degrees.\",\"thread\":\"weather\"}"
                          : "{\"error\":\"no such place\"}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(away ? 503 : understood ? 200 : 404, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    bot.start();
    try (ChildProcess sandbox =
        ChildProcess.jar(
            Map.of(),
            "sandbox",
            "--retry-for=1m",
            "--post-url=http://127.0.0.1:" + bot.getAddress().getPort() + "/weather")) {
      sandbox.type("/xml <message type='chat'><body>Hello!</body></message>\n");
      sandbox.awaitOut("Console: http://");
      Matcher line = Pattern.compile("Console: (http://[^\\s]+)").matcher(sandbox.out());
      assertThat(line.find()).isTrue();
      browser.open(line.group(1));
      browser.await("the bench", () -> browser.find("#say").isDisplayed());
      int rows = 1;
      for (String place : List.of("Oslo", "Rome", "Lima", "Atlantis", "Kyoto")) {
        browser.find("#say [name=user]").clear();
        browser.find("#say [name=user]").sendKeys(SENDERS.get(rows % SENDERS.size()));
        browser.find("#say [name=text]").sendKeys("Weather in " + place + "?", Keys.ENTER);
        rows++;
        int all = rows;
        browser.await("row " + all, () -> browser.all("#deliveries .row").size() == all);
        pass(Duration.ofSeconds(2));
      }
      browser.await(
          "all are done",
          () ->
              browser.all("#chat .badge").stream()
                  .allMatch(badge -> badge.getText().matches("delivered|failed")));
      browser.assertAccessibleInEachLook();
      take("console", WIDE, 1180, false);
      take("console-narrow", NARROW, 1600, false);
      take("console-narrow-dark", NARROW, 1600, true);
      browser.dark(false);
      browser.size(WIDE, 1180);
      browser.find("#filter [name=text]").sendKeys("Kyoto");
      browser.awaitText("#count", "1 shown, filtered.");
      browser.find("#deliveries .row").click();
      browser.awaitText("#deliveries [open] .detail", "What differs between two calls");
      browser.find("#deliveries .compare summary").click();
      browser.awaitText("#deliveries .compare", "webhook-attempt: 1");
      assertThat(browser.text("#deliveries .compare"))
          .contains(
              "webhook-attempt: 2", "503 Service Unavailable", "the database is away", "200 OK")
          .doesNotContain("Weather in Kyoto?");
      browser.assertAccessibleInEachLook();
      browser.size(WIDE, 1180);
      browser.script(
          "document.querySelector('#deliveries').style.minHeight = '100vh';"
              + "document.querySelector('#last').scrollIntoView()");
      browser.take("console-delivery");
    } finally {
      bot.stop(0);
    }
  }

  @Test
  void ofAGatewayWithDeadLetters() throws Exception {
    startWithToken("--spool=" + folder.resolve("spool"), "--delivery-log-bodies");
    browser.open("http://127.0.0.1:" + port + "/");
    browser.await("the login", () -> browser.find("#login").isDisplayed());
    browser.assertAccessibleInEachLook();
    browser.find("#credential").sendKeys("wrong", Keys.ENTER);
    browser.awaitText("#state", "not in the --api-token-file");
    browser.assertAccessible();
    browser.find("#credential").sendKeys("t0ken", Keys.ENTER);
    browser.awaitText("#letter-count", "None.");
    for (int second = 0; second < 15; second++) {
      boolean fails = second % 7 == 3;
      bed.webhook(
          response ->
              fails
                  ? response.status(500).sendString(Mono.just("KeyError: 'order'"))
                  : SpooledGateway.hello(response));
      for (int i = 0; i < (fails ? 1 : 3 + second * 5 % 11); i++) {
        bed.say(SENDERS.get((second + i) % SENDERS.size()), "Where is my order " + (200 + i) + "?");
        bed.reply();
      }
      pass(Duration.ofSeconds(1));
    }
    browser.await("the dead letters", () -> browser.all("#letters .row").size() == 2);
    browser.find("#filter [name=status]").sendKeys("500");
    browser.awaitText("#count", "2 shown, filtered.");
    browser.find("#letters .row").click();
    browser.awaitText("#letters [open] .detail", "KeyError");
    take("console-dead-letters", WIDE, 1250, false);
    take("console-dead-letters-dark", WIDE, 1250, true);
    browser.assertAccessibleInEachLook();
    browser.find("#letters [open] .danger").click();
    browser.await("the question", () -> browser.find("#question").isDisplayed());
    browser.assertAccessibleInEachLook();
    browser.find("#question [value=no]").click();
    assertThat(browser.all("#letters .row")).hasSize(2);
  }

  @Test
  void ofAWebhookThatIsDown() throws Exception {
    launch("--retry-for=5m", tokens("t0ken\n"), "--delivery-log-bodies");
    bed.say("eve", "Are you there?");
    assertThat(bed.reply()).isNotNull();
    bed.webhook(response -> response.status(503).sendString(Mono.just("the database is away")));
    for (int i = 0; i < 24; i++) {
      bed.say(SENDERS.get(i % SENDERS.size()) + i, "Where is my order " + (200 + i) + "?");
    }
    browser.open("http://127.0.0.1:" + port + "/");
    browser.await("the login", () -> browser.find("#login").isDisplayed());
    browser.find("#credential").sendKeys("t0ken", Keys.ENTER);
    browser.awaitText("#notices", " has been down since ");
    browser.awaitText("#notices", "status 503");
    browser.awaitText("#deliveries", "held back");
    browser.await("countdowns", () -> !browser.all("#deliveries .countdown").isEmpty());
    pass(Duration.ofSeconds(4));
    browser.find("#deliveries .row").click();
    browser.awaitText("#deliveries [open] .detail", "held back: the endpoint is down");
    browser.assertAccessibleInEachLook();
    take("console-down", WIDE, 1180, false);

    bed.webhook(SpooledGateway::hello);
    // The next try may have come first, and then there is nothing to press any more.
    browser.script("document.querySelector('#notices button')?.click()");
    browser.await("it is over", () -> browser.all("#notices .notice").isEmpty());
    browser.await(
        "all are delivered",
        () ->
            browser.all("#deliveries .badge").stream()
                .allMatch(badge -> badge.getText().equals("delivered")));
  }

  @Test
  void ofSomebodyWhoMayLookThereAreNoButtons() throws Exception {
    start(tokens("r3ader read\n"), "--spool=" + folder.resolve("spool"), "--delivery-log-bodies");
    bed.webhook(response -> response.status(410).send());
    bed.say("ann", "hello");
    browser.open("http://127.0.0.1:" + port + "/");
    browser.await("the login", () -> browser.find("#login").isDisplayed());
    browser.find("#credential").sendKeys("r3ader", Keys.ENTER);
    browser.awaitText("#notices", "It answered 410");
    browser.awaitText("#settings-hint", "You may look, and change nothing.");
    browser.find("#deliveries .row").click();
    browser.awaitText("#deliveries [open] .detail", "hello");
    browser.await("the letter", () -> browser.all("#letters .row").size() == 1);
    browser.find("#letters .row").click();
    browser.awaitText("#letters [open] .detail", "hello");
    assertThat(browser.all(".acts")).isNotEmpty().noneMatch(each -> each.isDisplayed());
    // What is left changes nothing but the page.
    assertThat(
            browser.all("button").stream().filter(WebElement::isDisplayed).map(WebElement::getText))
        .isNotEmpty()
        .allMatch(text -> text.matches("Pause|Show all|Copy.*"));
    assertThat(browser.all("input[type=checkbox]")).noneMatch(WebElement::isDisplayed);
    assertThat(browser.all("#settings input, #settings select"))
        .isNotEmpty()
        .noneMatch(each -> each.isEnabled());
    browser.assertAccessibleInEachLook();
    // Nor were there any before the gateway said what this token may.
    browser.script("sessionStorage.clear()");
    browser.open("http://127.0.0.1:" + port + "/");
    browser.await("the login", () -> browser.find("#login").isDisplayed());
    assertThat(browser.all(".acts")).isNotEmpty().noneMatch(each -> each.isDisplayed());
    browser.script(
        "window.seen = 0; new MutationObserver(() => { window.seen +="
            + " [...document.querySelectorAll('.acts')].filter(each => each.offsetParent).length;"
            + " }).observe(document.body, {subtree: true, childList: true, attributes: true})");
    browser.find("#credential").sendKeys("r3ader", Keys.ENTER);
    browser.await("the letter", () -> browser.all("#letters .row").size() == 1);
    browser.awaitText("#state", "Live");
    assertThat(browser.script("return window.seen")).isEqualTo(0L);
  }
}
