package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Debian's Chromium without a window, and with a profile of its own that ends with it. */
public final class Browser implements AutoCloseable {
  /** Bytes of a picture: the repository carries each for ever. */
  private static final int MAX_PICTURE = 200_000;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final List<Path> DRIVERS =
      List.of(Path.of("/usr/bin/chromedriver"), Path.of("/usr/lib/chromium/chromedriver"));

  private final Path profile;
  private final ChromeDriver driver;

  public Browser() throws IOException {
    profile = Files.createTempDirectory("stanzahook-chromium");
    ChromeOptions options = new ChromeOptions();
    options.setBinary("/usr/bin/chromium");
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--hide-scrollbars",
        "--lang=en-GB",
        "--user-data-dir=" + profile);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    // Named, so that Selenium neither looks for one nor downloads one.
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(installed().toFile())
            .usingAnyFreePort()
            .build();
    driver = new ChromeDriver(service, options);
    size(1200, 900);
  }

  private static Path installed() {
    return DRIVERS.stream()
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "there is no chromedriver: install chromium and chromium-driver, as"
                        + " scripts/test does"));
  }

  public ChromeDriver driver() {
    return driver;
  }

  public void open(String url) {
    driver.get(url);
  }

  /** The size of what is seen of a page, which may be less than a window's least width. */
  public void size(int width, int height) {
    Map<String, Object> metrics =
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false);
    driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", metrics);
  }

  /** As a browser adds a password that it remembers, whichever site's page makes the request. */
  public void addToEachRequest(String header, String value) {
    driver.executeCdpCommand("Network.enable", Map.of());
    driver.executeCdpCommand(
        "Network.setExtraHTTPHeaders", Map.of("headers", Map.of(header, value)));
  }

  /** Whether pages are told that dark colours are liked. */
  public void dark(boolean dark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
  }

  public WebElement find(String css) {
    return driver.findElement(By.cssSelector(css));
  }

  public List<WebElement> all(String css) {
    return driver.findElements(By.cssSelector(css));
  }

  /** What the first of them shows; empty where there is none. */
  public String text(String css) {
    List<WebElement> found = all(css);
    return found.isEmpty() ? "" : found.get(0).getText();
  }

  public Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Presses keys where the focus is. */
  public void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Goes on with Tab until the focus is on what matches. */
  public void tabTo(String css) {
    for (int i = 0; i < 200; i++) {
      if (Boolean.TRUE.equals(
          script("return Boolean(document.activeElement?.matches(arguments[0]))", css))) {
        return;
      }
      press(Keys.TAB);
    }
    throw new AssertionError("Tab does not lead to " + css);
  }

  /** Waits for it; the page goes on meanwhile. */
  public void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!holds(condition)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + PATIENCE + ": " + what + "\n" + text("body"));
      }
      driver.executeAsyncScript("setTimeout(arguments[0], 50)");
    }
  }

  private static boolean holds(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (StaleElementReferenceException e) {
      // The page has just changed it.
      return false;
    }
  }

  public void awaitText(String css, String part) {
    await(css + " shows " + part, () -> text(css).contains(part));
  }

  /** Nothing wider than what is seen: nobody has to scroll sideways. */
  public void assertFits() {
    assertThat(script("return document.documentElement.scrollWidth <= window.innerWidth"))
        .as(
            "%s > %s",
            script("return document.documentElement.scrollWidth"), script("return innerWidth"))
        .isEqualTo(true);
  }

  /** Nothing that axe finds fault with, as the page is now. */
  public void assertAccessible() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Browser.class.getResourceAsStream("/axe.min.js"))) {
      driver.executeScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    Object found =
        driver.executeAsyncScript(
            "const done = arguments[0]; axe.run({resultTypes: ['violations']}).then(all => done("
                + "all.violations.map(each => each.id + ': ' + each.help + ': '"
                + " + each.nodes.map(node => node.html + ' ' + node.failureSummary).join(' | ')).join('\\n')),"
                + " error => done(String(error)))");
    assertThat(found).isEqualTo("");
  }

  /** The same in light colours on a wide screen, and in dark ones on one of 400 pixels. */
  public void assertAccessibleInEachLook() throws IOException {
    dark(true);
    size(400, 900);
    assertFits();
    assertAccessible();
    dark(false);
    size(1200, 900);
    assertFits();
    assertAccessible();
  }

  /** What the browser complained of since the last time. */
  public List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /**
   * Takes a picture of what is in sight, into {@code target}, or with {@code -Ddocs.write=true} for
   * docs/operate/console.md.
   */
  public void take(String name) throws IOException {
    script("document.activeElement.blur()");
    assertFits();
    byte[] picture = driver.getScreenshotAs(OutputType.BYTES);
    assertThat(picture).hasSizeLessThan(MAX_PICTURE);
    Path target =
        Boolean.getBoolean("docs.write")
            ? Path.of("..", "docs", "operate", "images")
            : Path.of("target", "pictures");
    Files.write(Files.createDirectories(target).resolve(name + ".png"), picture);
  }

  @Override
  public void close() {
    driver.quit();
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).forEach(Browser::delete);
    } catch (IOException | UncheckedIOException e) {
      // Chromium may still be writing as it ends: temporary files are nobody's loss.
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
