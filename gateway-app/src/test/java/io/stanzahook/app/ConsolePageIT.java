package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The console's page of a real sandbox in a real browser, as a newcomer meets it. */
@Timeout(180)
class ConsolePageIT {
  private static final String MARKUP =
      "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
          + "<b id=evil>bold</b>";

  private static Browser browser;

  private HttpServer webhook;
  private ChildProcess sandbox;
  private String url;

  @BeforeAll
  static void openBrowser() throws IOException {
    browser = new Browser();
  }

  @AfterAll
  static void closeBrowser() {
    browser.close();
  }

  @BeforeEach
  void start() throws Exception {
    webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    webhook.createContext("/", new Bot());
    webhook.start();
    sandbox =
        ChildProcess.jar(
            Map.of(),
            "sandbox",
            "--post-url=http://127.0.0.1:" + webhook.getAddress().getPort() + "/bot",
            "--concurrency=256",
            "--post-header=Authorization: Bearer s3cr3t");
    say("first");
    sandbox.awaitOut("Console: http://");
    Matcher line =
        Pattern.compile("Console: (http://127\\.0\\.0\\.1:\\d+/)\\n").matcher(sandbox.out());
    assertThat(line.find()).isTrue();
    url = line.group(1);
    browser.complaints();
    browser.size(1200, 900);
    browser.dark(false);
    browser.open(url);
    browser.awaitText("#deliveries", "delivered");
  }

  @AfterEach
  void stop() throws Exception {
    sandbox.close();
    webhook.stop(0);
  }

  /** A message alone, without what clients send by themselves: so a line is a row. */
  private void say(String line) throws IOException {
    String text = line.replace("&", "&amp;").replace("<", "&lt;");
    sandbox.type("/xml <message type='chat'><body>" + text + "</body></message>\n");
  }

  private String settings() throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "admin/settings")).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  private static WebElement newest() {
    return browser.find("#deliveries .row");
  }

  private static void awaitRows(int count) {
    browser.await(count + " rows", () -> browser.all("#deliveries .row").size() == count);
  }

  @Test
  void aMessageAppearsWithoutReloadAndTellsWhatTheWebhookGotAndAnswered() throws Exception {
    browser.script("window.sameDocument = true");
    browser.awaitText("#components", "component.localhost connected");

    say("good morning");
    awaitRows(2);

    assertThat(browser.script("return window.sameDocument")).isEqualTo(true);
    browser.await("it is delivered", () -> newest().getText().contains("delivered"));
    assertThat(newest().getText())
        .contains("you@localhost/sandbox → bot@component.localhost", "message 200", " ms");
    newest().click();
    browser.awaitText("#deliveries .detail", "What it answered");
    assertThat(browser.text("#deliveries .detail"))
        .contains(
            "POST http://127.0.0.1:" + webhook.getAddress().getPort() + "/bot",
            "webhook-id: msg_",
            "webhook-attempt: 1",
            "content-type: application/json",
            "\"body\": \"good morning\",",
            "200 OK",
            "\"body\": \"You said: good morning\"",
            "<body>You said: good morning</body>",
            "sandbox-2")
        .contains("Authorization: (hidden, 13 characters)")
        .doesNotContain("s3cr3t")
        .containsPattern("1 \\d\\d:\\d\\d:\\d\\d\\.\\d{3} ok 200 [0-9.]+ ms");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void anOpenedDeliveryStaysOpenWhileOthersCome() throws Exception {
    newest().click();
    browser.awaitText("#deliveries .detail", "\"body\": \"first\"");
    browser.find("#deliveries .detail pre").sendKeys(Keys.ARROW_DOWN);

    say("another one");
    awaitRows(2);

    WebElement opened = browser.all("#deliveries .row").get(1);
    assertThat(opened.getDomProperty("open")).isEqualTo("true");
    assertThat(opened.getText()).contains("\"body\": \"first\"");
    assertThat(browser.script("return document.activeElement.tagName")).isEqualTo("PRE");
  }

  @Test
  void filtersByJidStatusAndText() throws Exception {
    say("fail");
    sandbox.type(
        "/xml <message from='ann@localhost/phone' type='chat'><body>hi</body></message>\n");
    awaitRows(3);

    browser.find("#filter [name=jid]").sendKeys("ANN@");
    awaitRows(1);
    assertThat(newest().getText()).contains("ann@localhost/phone");
    browser.find("#filter [type=reset]").click();
    awaitRows(3);
    browser.find("#filter [name=status]").sendKeys("500");
    awaitRows(1);
    assertThat(newest().getText()).contains("failed").contains("500");
    browser.find("#filter [name=text]").sendKeys("no such table");
    browser.awaitText("#count", "1 shown, filtered.");
    browser.find("#filter [name=text]").sendKeys("s at all");
    browser.awaitText("#count", "None match.");
    awaitRows(0);
    browser.find("#filter [type=reset]").click();
    awaitRows(3);
    browser.find("#filter [name=status]").sendKeys("failed");
    awaitRows(1);
    browser.find("#filter [type=reset]").click();
    awaitRows(3);
  }

  @Test
  void aReloadKeepsTheFilter() throws Exception {
    say("second");
    awaitRows(2);
    browser.find("#filter [name=text]").sendKeys("second");
    browser.awaitText("#count", "1 shown, filtered.");
    assertThat(browser.driver().getCurrentUrl()).isEqualTo(url + "?text=second");
    browser.open(browser.driver().getCurrentUrl());
    browser.awaitText("#count", "1 shown, filtered.");
    assertThat(browser.find("#filter [name=text]").getDomProperty("value")).isEqualTo("second");
    browser.script("document.getElementById('filter').reset()");
    awaitRows(2);
    assertThat(browser.driver().getCurrentUrl()).isEqualTo(url);
  }

  @Test
  void marksThatTurnALineAroundAreShown() throws Exception {
    say("safe \u202Egnp.exe");
    awaitRows(2);
    browser.await("it is delivered", () -> newest().getText().contains("delivered"));
    assertThat(newest().getText()).contains("safe \\u202Egnp.exe");
  }

  @Test
  void durationsAreSaidAsPeopleSayThem() {
    assertThat(
            browser
                .driver()
                .executeAsyncScript(
                    "const done = arguments[0]; import('/console-page.js').then(page =>"
                        + " done([0, 0.25, 23.44, 999.4, 999.6, 52356, 59960, 185000, 7445000]"
                        + ".map(page.millis).join('|')))"))
        .isEqualTo("|0.3 ms|23.4 ms|999 ms|1.0 s|52.4 s|1 min 0 s|3 min 5 s|2 h 4 min");
  }

  @Test
  void markupOfStanzasAndResponsesStaysText() throws Exception {
    say(MARKUP);
    say("fail " + MARKUP);
    say("html");
    awaitRows(4);
    for (WebElement row : browser.all("#deliveries .row")) {
      row.click();
    }
    browser.await(
        "all are open",
        () ->
            browser.all("#deliveries .detail").stream()
                .allMatch(detail -> detail.getText().contains("What it answered")));

    assertThat(browser.text("#deliveries"))
        .contains("<b id=evil>bold</b>", "<script>document.title='owned'</script>");
    assertThat(browser.all("#evil, main img, main script, iframe, [onerror]")).isEmpty();
    assertThat(browser.driver().getTitle()).isEqualTo("Stanzahook");
    assertThat(browser.complaints()).isEmpty();
    // That the browser would have told.
    browser.script(
        "const made = document.createElement('script');"
            + "made.textContent = \"document.title = 'owned'\"; document.body.append(made);");
    assertThat(browser.driver().getTitle()).isEqualTo("Stanzahook");
    assertThat(browser.complaints()).singleElement().asString().contains("Content Security Policy");
  }

  @Test
  void theSliderChangesTheRunningValue() throws Exception {
    assertThat(settings()).contains("\"concurrency\":256");

    browser.find("#slide-concurrency").sendKeys(Keys.ARROW_LEFT);

    browser.awaitText("#changed", "Concurrency is now 128.");
    assertThat(settings()).contains("\"concurrency\":128");
    assertThat(browser.find("#set-concurrency").getDomProperty("value")).isEqualTo("128");
    browser.awaitText("[data-figure='In flight']", "0 of 128");
    WebElement timeout = browser.find("#set-timeout");
    timeout.sendKeys(Keys.chord(Keys.CONTROL, "a"), "soon", Keys.TAB);
    browser.awaitText("#changed", "'soon' is not a duration");
    browser.await("the old value", () -> "30s".equals(timeout.getDomProperty("value")));
    assertThat(settings()).contains("\"timeout\":\"30s\"");
  }

  @Test
  void aListThatIsPausedStandsStillUntilItGoesOn() throws Exception {
    browser.find("#pause").click();
    say("second");
    browser.awaitText("#pause", "Go on (there is something new)");
    assertThat(browser.all("#deliveries .row")).hasSize(1);
    browser.find("#pause").click();
    awaitRows(2);
    browser.find("#numbers summary").click();
    browser.awaitText("#numbers-body", "Deliveries / s");
    browser.dark(true);
    browser.assertAccessible();
  }

  @Test
  void aWebhookThatIsDownIsSaidAboveAllAndTriedNow() throws Exception {
    int port = webhook.getAddress().getPort();
    webhook.stop(0);
    for (int i = 0; i < 25; i++) {
      sandbox.type(
          "/xml <message from='u%d@localhost/r' type='chat'><body>%d</body></message>%n"
              .formatted(i, i));
    }
    browser.awaitText("#notices", "http://127.0.0.1:" + port + " has been down since ");
    browser.awaitText("#notices", "Last error: ");
    browser.awaitText("#notices", "Next try: ");
    assertThat(browser.text("#notices")).contains("Connection refused");
    browser.assertAccessible();

    webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
    webhook.createContext("/", new Bot());
    webhook.start();
    browser.find("#notices button").click();
    browser.awaitText("#notices", "The next delivery goes there at once.");
    say("back");
    browser.await("it is over", () -> browser.all("#notices .notice").isEmpty());
    browser.awaitText("#deliveries", "delivered");
  }

  @Test
  void everythingIsReachedByKeyboard() throws Exception {
    browser.script("document.activeElement.blur(); window.scrollTo(0, 0)");
    for (String field : List.of("jid", "state", "kind", "status", "text")) {
      browser.tabTo("#filter [name=" + field + "]");
    }
    browser.tabTo("#times summary");
    browser.press(Keys.ENTER);
    browser.tabTo("#filter [name=since]");
    browser.tabTo("#filter [name=until]");
    browser.tabTo("#deliveries summary");
    browser.press(Keys.ENTER);
    browser.awaitText("#deliveries .detail", "What it answered");
    browser.tabTo("#deliveries pre");
    for (String field :
        List.of("#set-concurrency", "#slide-concurrency", "#set-timeout", "#set-overload")) {
      browser.tabTo(field);
    }
    browser.press(Keys.ARROW_DOWN);
    browser.awaitText("#changed", "Overload is now reject.");
    assertThat(settings()).contains("\"overload\":\"reject\"");
    // What can be clicked and cannot be reached would not be in that order.
    assertThat(
            browser.script(
                "return [...document.querySelectorAll('[onclick], [tabindex=\"-1\"]')].length"))
        .isEqualTo(0L);
  }

  @Test
  void fitsANarrowScreen() throws Exception {
    browser.size(400, 800);
    say("x".repeat(500) + " " + MARKUP);
    awaitRows(2);
    newest().click();
    browser.awaitText("#deliveries .detail", "What it answered");

    browser.assertFits();
    // At once: the page may change while they are looked at one by one.
    assertThat(
            browser.script(
                "return [...document.querySelectorAll('input, select, button, summary, pre, .figure')]"
                    + ".map(each => [each.tagName, each.getBoundingClientRect()])"
                    + ".filter(([tag, box]) => box.width > 0 && (box.left < 0 || box.right > 400))"
                    + ".map(([tag, box]) => tag + ' ' + box.left + ' ' + box.right).join(', ')"))
        .isEqualTo("");
  }

  @Test
  void aPageOfAnotherSiteGetsNothingDone() throws Exception {
    String target = url + "msg/you@localhost";
    webhook.createContext(
        "/evil",
        exchange ->
            Bot.answer(
                exchange,
                200,
                "text/html",
                ("<form method=post enctype=text/plain action='%s'><input name=a value=b></form>"
                        + "<script>fetch('%sadmin/settings').then(() => document.title = 'read',"
                        + " () => document.title = 'kept out')</script>")
                    .formatted(target, url)));
    browser.open("http://localhost:" + webhook.getAddress().getPort() + "/evil");
    browser.await("its script has run", () -> !browser.driver().getTitle().isEmpty());
    assertThat(browser.driver().getTitle()).isEqualTo("kept out");

    browser.script("document.forms[0].submit()");

    browser.awaitText("body", "another site's page may not use this");
    assertThat(browser.driver().getCurrentUrl()).isEqualTo(target);
  }

  @Test
  void saysThatTheGatewayIsGone() throws Exception {
    sandbox.signal("KILL");
    browser.awaitText("#state", "The gateway does not answer.");
    assertThat(newest().isDisplayed()).isTrue();
  }

  /** A bot that repeats, fails where it is told to, and answers with markup. */
  private static final class Bot implements HttpHandler {
    private static final Pattern BODY = Pattern.compile("\"body\":\"((?:[^\"\\\\]|\\\\.)*)\"");

    @Override
    public void handle(HttpExchange exchange) throws IOException {
      String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Matcher body = BODY.matcher(request);
      String said = body.find() ? body.group(1) : "";
      if (said.startsWith("fail")) {
        answer(exchange, 500, "text/html", "no such table" + MARKUP);
      } else if (said.equals("html")) {
        answer(exchange, 200, "text/html", MARKUP);
      } else {
        answer(exchange, 200, "application/json", "{\"body\":\"You said: " + said + "\"}");
      }
    }

    static void answer(HttpExchange exchange, int status, String type, String text)
        throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    }
  }
}
