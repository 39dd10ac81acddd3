package io.stanzahook.app;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyEventExecutorMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.EventLoopGroup;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.stanzahook.metrics.TraceScope;
import io.stanzahook.trace.Tracing;
import java.lang.management.ManagementFactory;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The program's registry, with the meters of the JVM, the process and Netty. */
final class ProcessMetrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry;
  private final TraceScope traces;
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /**
   * Binds them.
   *
   * @param loops the event loops that carry stanzas and webhook calls
   * @param tracing as requests have it: exemplars name their traces
   * @param version of the program
   */
  ProcessMetrics(EventLoopGroup loops, Tracing tracing, String version) {
    traces = new TraceScope(tracing);
    registry =
        new PrometheusMeterRegistry(
            new TextFormats(), new PrometheusRegistry(), Clock.SYSTEM, new ExemplarSpans(traces));
    registry.config().meterFilter(new ForeignMeters());
    collections.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new JvmInfoMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    bindCpuTime();
    bindBuild(version);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new NettyEventExecutorMetrics(loops).bindTo(registry);
    if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator) {
      new NettyAllocatorMetrics(allocator).bindTo(registry);
    }
    // Reactor Netty registers its connection pools with Micrometer's global registry, no other.
    Metrics.addRegistry(registry);
  }

  /** {@code process_cpu_seconds_total}, as every exporter for Prometheus calls it. */
  private void bindCpuTime() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean process) {
      FunctionCounter.builder(
              "process.cpu",
              process,
              of -> of.getProcessCpuTime() / (double) TimeUnit.SECONDS.toNanos(1))
          .baseUnit("seconds")
          .description("CPU time of the process.")
          .register(registry);
    }
  }

  /** {@code stanzahook_build_info}: 1, with the build in its labels. */
  private void bindBuild(String version) {
    Gauge.builder("stanzahook.build.info", () -> 1)
        .tags(
            "version",
            version,
            "commit",
            Build.current().commit(),
            "java_version",
            String.valueOf(System.getProperty("java.version")))
        .description("The version and the commit of the program, and the version of Java.")
        .strongReference(true)
        .register(registry);
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  /** Whom to tell which span a duration belongs to. */
  TraceScope traces() {
    return traces;
  }

  @Override
  public void close() {
    Metrics.removeRegistry(registry);
    collections.close();
    registry.close();
  }

  /**
   * As the library's default, but without exemplars of a histogram's count: Prometheus knows them
   * for buckets and counters only, and would refuse the whole scrape.
   */
  private static final class TextFormats implements PrometheusConfig {
    @Override
    public @Nullable String get(String key) {
      return null;
    }

    @Override
    public Properties prometheusProperties() {
      return new Properties();
    }
  }
}
