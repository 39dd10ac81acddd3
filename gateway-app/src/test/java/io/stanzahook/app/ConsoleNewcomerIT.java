package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;

/** The page of a sandbox that was just started, in a real browser: nothing is done elsewhere. */
@Timeout(180)
class ConsoleNewcomerIT {
  private static Browser browser;

  private ChildProcess sandbox;
  private HttpServer bot;

  @BeforeAll
  static void openBrowser() throws IOException {
    browser = new Browser();
  }

  @AfterAll
  static void closeBrowser() {
    browser.close();
  }

  @BeforeEach
  void open() throws Exception {
    sandbox = ChildProcess.jar(Map.of(), "sandbox");
    // Without a terminal it ends at once, unless somebody presses Enter.
    sandbox.type("\n");
    sandbox.awaitOut("Console: http://");
    Matcher line = Pattern.compile("Console: (http://[^\\s]+)").matcher(sandbox.out());
    assertThat(line.find()).isTrue();
    browser.complaints();
    browser.size(1200, 900);
    browser.dark(false);
    browser.open(line.group(1));
    browser.await("the bench", () -> browser.find("#say").isDisplayed());
  }

  @AfterEach
  void close() throws Exception {
    sandbox.close();
    if (bot != null) {
      bot.stop(0);
    }
  }

  /** Starts a bot; on the port of the one before, if there was one. */
  private void startBot(int status, String answer) throws IOException {
    int port = bot == null ? 0 : bot.getAddress().getPort();
    if (bot != null) {
      bot.stop(0);
    }
    bot = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
    bot.createContext(
        "/",
        exchange -> {
          String request =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          if (!request.contains("\"body\"")) {
            exchange.sendResponseHeaders(204, -1);
          } else {
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
          exchange.close();
        });
    bot.start();
  }

  private String botUrl() {
    return "http://127.0.0.1:%d/weather".formatted(bot.getAddress().getPort());
  }

  private static void say(String kind, String text) {
    browser.script(
        "const kind = document.querySelector('#say [name=kind]'); kind.value = arguments[0];"
            + "kind.dispatchEvent(new Event('change', {bubbles: true}))",
        kind);
    WebElement field = browser.find("#say [name=text]");
    if (field.isDisplayed()) {
      field.clear();
      field.sendKeys(text);
    }
    browser.script("document.getElementById('say-status').textContent = ''");
    browser.find("#say button").click();
  }

  private static void call(String url) {
    WebElement field = browser.find("#webhook [name=url]");
    field.clear();
    field.sendKeys(url, Keys.ENTER);
  }

  /** What somebody said, once it is there. */
  private static WebElement said(String text) {
    browser.await(text, () -> browser.text("#chat").contains(text));
    return browser.all("#chat .line").stream()
        .filter(line -> line.getText().contains(text))
        .findFirst()
        .orElseThrow();
  }

  /** But of what was refused with a word on the page. */
  private static void assertNoComplaints() {
    assertThat(browser.complaints()).allMatch(line -> line.contains("a status of 400"));
  }

  private static String copied(WebElement within, String button) {
    browser.script("window.copied = undefined");
    browser.script("navigator.clipboard.writeText = async text => { window.copied = text; }");
    within.findElement(By.xpath(".//button[.='" + button + "']")).click();
    browser.await("the copy", () -> browser.script("return window.copied") != null);
    return String.valueOf(browser.script("return window.copied"));
  }

  @Test
  void triesAWebhookSeesItFailMendsItSendsAgainAndCopiesTheCurl() throws Exception {
    assertThat(browser.text("#count")).contains("None yet.");
    assertThat(browser.all("#chat .line")).isEmpty();
    browser.await(
        "the echo's address",
        () ->
            String.valueOf(browser.find("#webhook [name=url]").getDomProperty("value"))
                .startsWith("http://127.0.0.1:"));
    browser.assertAccessible();

    assertThat(browser.text("#echo")).startsWith("This is an echo");
    // The echo answers: this is how it looks where all is well.
    browser.find("#say [name=user]").clear();
    browser.find("#say [name=user]").sendKeys("ann");
    browser.find("#say [name=text]").sendKeys("Hello!", Keys.ENTER);
    said("Did you say Hello!?");

    // Their own bot, which has a fault.
    startBot(500, "KeyError: 'city'");
    call("my bot");
    browser.awaitText("#webhook-status", "does not begin with http://");
    call("http://127.0.0.1/{from}");
    browser.awaitText("#webhook-status", "placeholder");
    call(botUrl());
    browser.awaitText("#webhook-status", "From now on, messages go there.");
    browser.find("#say [name=text]").sendKeys("Weather in Oslo?", Keys.ENTER);
    WebElement asked = said("Weather in Oslo?");
    assertThat(browser.find("#echo").isDisplayed()).isFalse();
    browser.await("its state", () -> asked.getText().contains("failed"));
    said("internal-server-error");
    asked.findElement(By.cssSelector("button")).click();
    browser.await("why", () -> asked.getText().contains("KeyError: 'city'"));
    assertThat(asked.getText())
        .contains("POST " + botUrl(), "answered with status 500", "\"body\": \"Weather in Oslo?\"");

    // They mend it, and start it again.
    startBot(200, "{\"body\":\"It will rain.\"}");
    asked.findElement(By.xpath(".//button[.='Send again']")).click();
    said("It will rain.");
    browser.await("marked", () -> newest().contains("sent again"));
    browser.await("delivered", () -> newest().contains("delivered"));

    browser.find("#deliveries .row").click();
    browser.awaitText("#deliveries .detail", "sent again");
    WebElement tools = browser.find("#deliveries .tools");
    String command = copied(tools, "Copy as curl");
    assertThat(command)
        .startsWith("curl -i '" + botUrl() + "'")
        .contains("webhook-id: again_msg_", "Weather in Oslo?");
    Process curl = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
    assertThat(new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("200 OK", "It will rain.");
    String link = copied(tools, "Copy link");
    browser.open(link);
    browser.awaitText("#deliveries .detail", "again_msg_");
    browser.awaitText("#count", "1 shown, filtered.");

    // And back to the echo.
    browser.await("the bench", () -> browser.find("#say").isDisplayed());
    call("");
    browser.awaitText("#webhook-status", "From now on");
    browser.find("#say [name=text]").sendKeys("and now?", Keys.ENTER);
    said("Did you say and now??");
    assertThat(browser.find("#echo").isDisplayed()).isTrue();
    assertNoComplaints();
  }

  private static String newest() {
    try {
      return browser.find("#deliveries .row").getText();
    } catch (StaleElementReferenceException e) {
      return "";
    }
  }

  @Test
  void everyKindOfMessageCanBeWrittenAndReadByAll() throws Exception {
    startBot(200, "{\"body\":\"It will rain.\"}");
    call(botUrl());
    browser.awaitText("#webhook-status", "From now on, messages go there.");
    say("text", "Weather in Oslo?");
    said("It will rain.");
    say("read", "");
    said("has read the message");
    say("typing", "");
    said("is typing");
    say("room", "Weather in Rome?");
    said("Weather in Rome?");
    say("iq", "<query xmlns='urn:example:question'/>");
    said("iq get: query urn:example:question");
    say("xml", "<message type='chat'><body>as XML</body></message>");
    said("as XML");
    say("xml", "<message type='chat'><body>");
    browser.awaitText("#say-status", "that is no stanza");
    browser.await(
        "all are done",
        () ->
            browser.all("#chat .badge").stream()
                .allMatch(badge -> badge.getText().matches("delivered|failed")));
    for (WebElement line : browser.all("#chat .line > button")) {
      browser.script("arguments[0].click()", line);
    }
    browser.await(
        "all are open",
        () ->
            browser.all("#chat .line > .detail").stream()
                .noneMatch(detail -> detail.getText().isEmpty()));
    browser.assertAccessibleInEachLook();
    assertNoComplaints();
  }

  private static void set(String name, String value) {
    browser.find("#set-" + name).sendKeys(Keys.chord(Keys.CONTROL, "a"), value, Keys.TAB);
    browser.awaitText("#changed", " is now " + value + ".");
  }

  @Test
  void aBatchIsShownWithEachOfItsMessagesAndCopiedWhole() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    bot = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    bot.createContext(
        "/",
        exchange -> {
          try {
            assertThat(open.await(2, TimeUnit.MINUTES)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    bot.start();
    call(botUrl());
    browser.awaitText("#webhook-status", "From now on, messages go there.");
    set("concurrency", "1");
    set("batch", "10");
    for (String place : List.of("Oslo", "Rome", "Lima", "Kyoto")) {
      say("text", "Weather in " + place + "?");
      browser.awaitText("#say-status", "Sent.");
      said(place);
    }
    browser.await("three wait", () -> browser.all("#deliveries .state-waiting").size() == 3);
    open.countDown();
    browser.await("all are done", () -> browser.all("#deliveries .state-settled").size() == 4);
    assertThat(browser.text("#deliveries")).contains("1 of 3 in a batch", "2 of 3", "3 of 3");

    browser.find("#deliveries .row").click();
    browser.awaitText("#deliveries .detail", "number 3 of 3 in one call: bat_");
    assertThat(browser.text("#deliveries .detail")).contains("webhook-batch: 3");
    String command = copied(browser.find("#deliveries .tools"), "Copy as curl");
    assertThat(command)
        .contains("webhook-batch: 3", "webhook-id: bat_", "in Rome?", "in Lima?", "in Kyoto?");
    browser.awaitText("#deliveries .tools", "The command has the whole batch: 3 stanzas.");
    browser.find("#deliveries .detail a").click();
    browser.awaitText("#count", "3 shown, filtered.");
    assertThat(browser.driver().getCurrentUrl()).contains("?batch=bat_");
    assertThat(browser.find("#together").isDisplayed()).isTrue();
    browser.assertAccessibleInEachLook();
    assertNoComplaints();
  }
}
