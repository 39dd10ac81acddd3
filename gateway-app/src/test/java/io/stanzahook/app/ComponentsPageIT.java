package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.Ports;
import io.stanzahook.SpooledGateway;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import reactor.core.publisher.Mono;

/** The console's page of a gateway with several components, one of them without its server. */
@Timeout(180)
class ComponentsPageIT {
  /** How often the page has begun to follow the events. */
  private static final String COUNT_FOLLOWED =
      "const known = window.fetch; window.followed = 0;"
          + "window.fetch = (url, ...more) => {"
          + " if (url.startsWith('/admin/events')) window.followed++;"
          + " return known(url, ...more); }";

  private static final String COLOUR_OF_STATE =
      "return getComputedStyle(document.getElementById('state')).color";

  /** One for each event. */
  private static final String POINTS =
      "(document.querySelector('.line')?.getAttribute('points') || '').split(' ')";

  @TempDir Path folder;

  @Test
  void eachIsShownAndOneIsChosenForWhatEachHasOfItsOwn() throws Exception {
    try (SpooledGateway bed = new SpooledGateway();
        ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = Ports.free();
      Files.writeString(folder.resolve("tokens"), "t0ken\n");
      Path config =
          Files.writeString(
              folder.resolve("stanzahook.yaml"),
              """
              http_listen: 127.0.0.1:%d
              api_token_file: %s
              secret: %s
              post_url: %s
              spool: %s
              retry_for: 0s
              concurrency: 256
              components:
                - component: %s
                  server: 127.0.0.1:%d
                - component: refused.localhost
                  server: 127.0.0.1:%d
                - component: lost.localhost
                  server: 127.0.0.1:%d
                  concurrency: 7
              """
                  .formatted(
                      port,
                      folder.resolve("tokens"),
                      SpooledGateway.SECRET,
                      bed.url(),
                      folder.resolve("spool"),
                      SpooledGateway.DOMAIN,
                      bed.serverPort(),
                      bed.serverPort(),
                      nobody.getLocalPort()));
      try (ChildProcess gateway = ChildProcess.jar(Map.of(), "run", "--config=" + config);
          Browser browser = new Browser()) {
        bed.awaitConnection();
        gateway.awaitError("lost.localhost");
        gateway.awaitError("; the other components continue");
        bed.webhook(response -> response.status(500).sendString(Mono.empty()));
        bed.say("ann", "hello");
        bed.reply();
        browser.open("http://127.0.0.1:" + port + "/");
        browser.await("the login", () -> browser.find("#login").isDisplayed());
        browser.script(COUNT_FOLLOWED);
        browser.find("#credential").sendKeys("wrong", Keys.ENTER);
        browser.awaitText("#state", "not in the --api-token-file");
        assertThat(browser.script(COLOUR_OF_STATE)).isEqualTo("rgb(168, 31, 24)");
        browser.find("#credential").sendKeys("t0ken", Keys.ENTER);
        browser.awaitText("#components", "gw.localhost connected");
        assertThat(browser.script(COLOUR_OF_STATE)).isEqualTo("rgb(91, 102, 117)");
        assertThat(browser.text("#components")).contains("lost.localhost connecting");
        browser.awaitText("#deliveries", "ann@localhost/r → bot@gw.localhost");
        browser.awaitText("#settings-hint", "choose one");
        // By now what was waited for since the wrong token would have come.
        browser.await(
            "some events", () -> (Long) browser.script("return " + POINTS + ".length") >= 4);
        assertThat(browser.script("return window.followed")).isEqualTo(1L);
        assertThat(browser.find("#letters-section").isDisplayed()).isFalse();
        assertThat(browser.find("#chooser").isDisplayed()).isTrue();

        choose(browser, SpooledGateway.DOMAIN);
        browser.awaitText("#letters", "ann@localhost/r → bot@gw.localhost");
        browser.awaitText("[data-figure='In flight'] strong", "0 of 256");
        browser.find("#slide-concurrency").sendKeys(Keys.ARROW_LEFT);
        browser.awaitText("[data-figure='In flight'] strong", "0 of 128");
        bed.webhook(SpooledGateway::hello);
        browser.find("#letters-all").click();
        browser.find("#redeliver").click();
        browser.awaitText("#letter-done", "1 dead letter delivered again.");
        assertThat(bed.reply().to().toString()).isEqualTo("ann@localhost/r");

        choose(browser, "refused.localhost");
        browser.awaitText("#settings-hint", "refused.localhost does not run now");
        browser.awaitText("#count", "None yet.");
        browser.awaitText("[data-figure='In flight'] strong", "0 of 0");
        assertThat(browser.text("#components")).contains("refused.localhost ended");
        assertThat(browser.find("#settings").isDisplayed()).isFalse();

        choose(browser, "lost.localhost");
        browser.awaitText("[data-figure='In flight'] strong", "0 of 7");
        browser.await(
            "its settings",
            () -> "7".equals(browser.find("#set-concurrency").getDomProperty("value")));
        browser.awaitText("#count", "None yet.");
        assertThat(browser.text("#components")).contains("gw.localhost connected");

        browser.size(400, 800);
        browser.assertFits();
        choose(browser, "all components");
        browser.awaitText("[data-figure='In flight'] strong", "0 of 135");
        browser.awaitText("#deliveries", "ann@localhost/r");
      }
    }
  }

  private static void choose(Browser browser, String component) {
    List<WebElement> options = browser.all("#component option");
    options.stream()
        .filter(option -> option.getText().equals(component))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + component))
        .click();
  }
}
