package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.config.Configuration;
import io.stanzahook.app.config.RunFlags;
import io.stanzahook.sandbox.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import reactor.test.scheduler.VirtualTimeScheduler;

/** When certificates expire: in metrics, and in the log before. */
class CertificateExpiryTest {
  private final TestCa ca = TestCa.create();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final Logger logger = (Logger) LoggerFactory.getLogger("stanzahook");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private Instant now = Instant.now();
  private final CertificateExpiry expiry = new CertificateExpiry(registry, () -> now, time);

  @TempDir Path folder;

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
    expiry.close();
  }

  private AppSettings settings(String... flags) throws Exception {
    List<String> all = new ArrayList<>(List.of(flags));
    all.addAll(List.of("--component=gw.example", "--secret=s", "--post-url=https://h/"));
    return Configuration.read(RunFlags.parse(all), Map.of(), "1");
  }

  private String file(String name, int days) throws Exception {
    return Files.writeString(folder.resolve(name), TestCa.pem(ca.issue(-1, days, "x.example")))
        .toString();
  }

  private List<Gauge> gauges() {
    return List.copyOf(registry.find(CertificateExpiry.METER).gauges());
  }

  private List<String> told() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void isAMeterForEachFile_andFollowsAReload() throws Exception {
    expiry.follow(
        settings(
            "--http-tls-cert=" + file("http.pem", 30),
            "--tls",
            "--tls-ca=" + file("ca.pem", 40),
            "--post-client-cert=" + file("own.pem", 20)));
    assertThat(gauges()).hasSize(3);
    Gauge own = registry.get(CertificateExpiry.METER).tag("flag", "--post-client-cert").gauge();
    assertThat(own.getId().getTag("component")).isEqualTo("gw.example");
    double day = Duration.ofDays(1).toSeconds();
    assertThat(own.value()).isBetween(19.9 * day, 20.1 * day);
    assertThat(told()).isEmpty();
    expiry.follow(settings());
    assertThat(gauges()).isEmpty();
  }

  @Test
  void isToldTwoWeeksBefore_onceADay_andAfterwards() throws Exception {
    String file = file("own.pem", 15);
    expiry.follow(settings("--post-client-cert=" + file));
    assertThat(told()).isEmpty();
    assertThat(expiry.expiring()).isEmpty();
    now = now.plus(Duration.ofDays(2));
    time.advanceTimeBy(Duration.ofDays(1));
    assertThat(told())
        .singleElement()
        .asString()
        .startsWith("gw.example: the certificate of CN=Test certificate in " + file)
        .contains("(--post-client-cert) expires at", "days; put a new one there and reload");
    assertThat(expiry.expiring())
        .singleElement()
        .extracting(each -> each.component() + " " + each.flag())
        .isEqualTo("gw.example --post-client-cert");
    now = now.plus(Duration.ofDays(20));
    time.advanceTimeBy(Duration.ofDays(1));
    assertThat(told()).hasSize(2);
    assertThat(told().get(1)).contains("has expired at");
    assertThat(gauges().get(0).value()).isNegative();
  }
}
