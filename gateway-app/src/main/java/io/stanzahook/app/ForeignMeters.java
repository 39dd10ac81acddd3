package io.stanzahook.app;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import org.jspecify.annotations.Nullable;

/**
 * Makes meters that others declare fit Prometheus' conventions: a help text for each, base units,
 * no suffix that means something else.
 */
final class ForeignMeters implements MeterFilter {

  private static final String POOL = "reactor.netty.connection.provider.";

  @Override
  public MeterFilterReply accept(Meter.Id id) {
    // In nanoseconds; its place is taken by process.cpu, in seconds.
    return id.getName().equals("process.cpu.time")
        ? MeterFilterReply.DENY
        : MeterFilterReply.NEUTRAL;
  }

  @Override
  public Meter.Id map(Meter.Id id) {
    return switch (id.getName()) {
      // The suffix _count is a histogram's.
      case "system.cpu.count" -> id.withName("system.cpus");
      case "netty.allocator.memory.used" -> with(id, "bytes");
      default -> id.getDescription() == null ? with(id, id.getBaseUnit()) : id;
    };
  }

  private static Meter.Id with(Meter.Id id, @Nullable String unit) {
    return new Meter.Id(
        id.getName(), Tags.of(id.getTagsAsIterable()), unit, help(id.getName()), id.getType());
  }

  private static @Nullable String help(String name) {
    return switch (name) {
      case "netty.allocator.memory.used" -> "Memory that Netty's buffer allocator holds.";
      case "netty.eventexecutor.tasks.pending" -> "Tasks that wait for an event loop.";
      case POOL + "total.connections" ->
          "Connections to the webhook: in use, idle, or being opened.";
      case POOL + "active.connections" -> "Connections to the webhook that a call uses.";
      case POOL + "idle.connections" -> "Connections to the webhook that no call uses.";
      case POOL + "max.connections" -> "Maximum number of connections to the webhook.";
      case POOL + "pending.connections" -> "Webhook calls that wait for a connection.";
      case POOL + "max.pending.connections" ->
          "Maximum number of webhook calls that may wait for a connection. Not limited "
              + "here, but by --concurrency.";
      case POOL + "pending.connections.time" -> "How long webhook calls waited for a connection.";
      default -> null;
    };
  }
}
