package io.stanzahook.app;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** {@code stanzahook_config_last_reload_successful}: 1, and 0 after a reload that failed. */
final class ReloadMeter implements ReloadProgress {
  static final String METER = "stanzahook.config.last.reload.successful";

  private volatile boolean successful = true;

  ReloadMeter(MeterRegistry registry) {
    Gauge.builder(METER, this, meter -> meter.successful ? 1 : 0)
        .description("1 if the configuration was read without problems the last time, else 0.")
        .strongReference(true)
        .register(registry);
  }

  @Override
  public void ended(boolean successful) {
    this.successful = successful;
  }
}
