package io.stanzahook.app;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.stanzahook.GatewaySettings;
import io.stanzahook.app.admin.Workbench;
import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.logging.LogText;
import io.stanzahook.stream.TlsSettings;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.TrustedCertificates;
import io.stanzahook.webhook.Connecting;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * When the certificates that the configuration names expire: as a meter, and in the log two weeks
 * before, once a day. Any thread may call.
 */
final class CertificateExpiry implements AutoCloseable {
  /** From so long before on it is told. */
  static final Duration NOTICE = Duration.ofDays(14);

  static final String METER = "stanzahook.tls.certificate.expiry";

  private static final Logger log = LoggerFactory.getLogger("stanzahook");

  private final MeterRegistry registry;
  private final InstantSource clock;
  private final Disposable daily;

  /** Guarded by this. */
  private List<Named> all = List.of();

  /** Guarded by this. */
  private final List<Meter> meters = new ArrayList<>();

  /**
   * A file of certificates.
   *
   * @param component whose; empty for the process's
   * @param certificate the one of the file that expires first
   */
  private record Named(String component, String flag, String file, X509Certificate certificate) {}

  /** Knows none yet. */
  CertificateExpiry(MeterRegistry registry, InstantSource clock, Scheduler scheduler) {
    this.registry = registry;
    this.clock = clock;
    this.daily = scheduler.schedulePeriodically(this::tell, 1, 1, TimeUnit.DAYS);
  }

  /** Follows those of a configuration, which was just read, in place of those before. */
  void follow(AppSettings settings) {
    List<Named> next = new ArrayList<>();
    add("", "--http-tls-cert", settings.httpTlsCert(), next);
    for (GatewaySettings gateway : settings.gateways()) {
      String domain = gateway.component().domain();
      TlsSettings tls = gateway.component().tls();
      if (tls != null) {
        add(domain, "--tls-ca", tls.ca(), next);
        add(domain, "--tls-client-cert", tls.own(), next);
      }
      Connecting connecting = gateway.webhook().connecting();
      add(domain, "--post-ca", connecting.ca(), next);
      add(domain, "--post-client-cert", connecting.own(), next);
    }
    take(next);
    tell();
  }

  private synchronized void take(List<Named> next) {
    meters.forEach(registry::remove);
    meters.clear();
    all = List.copyOf(next);
    for (Named each : all) {
      meters.add(
          Gauge.builder(METER, each, this::secondsLeft)
              .description("Time until the first certificate of a file expires.")
              .baseUnit("seconds")
              .tags("component", each.component(), "flag", each.flag())
              .strongReference(true)
              .register(registry));
    }
  }

  private double secondsLeft(Named each) {
    return Duration.between(clock.instant(), each.certificate().getNotAfter().toInstant())
            .toMillis()
        / 1000.0;
  }

  private static void add(
      String component, String flag, @Nullable TrustedCertificates given, List<Named> to) {
    if (given != null) {
      to.add(new Named(component, flag, given.file(), first(given.certificates())));
    }
  }

  private static void add(
      String component, String flag, @Nullable ClientCertificate given, List<Named> to) {
    if (given != null) {
      to.add(new Named(component, flag, given.file(), first(given.chain())));
    }
  }

  private static X509Certificate first(List<X509Certificate> certificates) {
    return certificates.stream()
        .min(Comparator.comparing(X509Certificate::getNotAfter))
        .orElseThrow();
  }

  /** Those that expire soon, or have expired. */
  synchronized List<Workbench.Expiring> expiring() {
    Instant now = clock.instant();
    return all.stream()
        .map(
            each ->
                new Workbench.Expiring(
                    each.component(), each.flag(), each.certificate().getNotAfter().toInstant()))
        .filter(each -> now.plus(NOTICE).isAfter(each.at()))
        .toList();
  }

  private synchronized void tell() {
    Instant now = clock.instant();
    for (Named each : all) {
      Instant end = each.certificate().getNotAfter().toInstant();
      if (now.plus(NOTICE).isAfter(end)) {
        log.warn(
            "{}the certificate of {} in {} ({}) {} at {}{}; put a new one there and reload",
            each.component().isEmpty() ? "" : each.component() + ": ",
            LogText.of(each.certificate().getSubjectX500Principal().getName()),
            each.file(),
            each.flag(),
            now.isAfter(end) ? "has expired" : "expires",
            end,
            now.isAfter(end) ? "" : ", in %d days".formatted(Duration.between(now, end).toDays()));
      }
    }
  }

  @Override
  public void close() {
    daily.dispose();
  }
}
