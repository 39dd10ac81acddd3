package io.stanzahook.app.admin;

import io.stanzahook.cluster.ClusterFigures;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** What the process does in its cluster, as JSON. */
final class ClusterState {
  private ClusterState() {}

  /**
   * Writes the property {@code cluster}.
   *
   * @param cluster null without one: then there is no property
   */
  static void write(JsonGenerator json, Readiness.@Nullable Cluster cluster) {
    if (cluster == null) {
      return;
    }
    ClusterFigures figures = cluster.figures();
    json.writeObjectPropertyStart("cluster");
    json.writeStringProperty("role", cluster.role().name().toLowerCase(Locale.ROOT));
    json.writeBooleanProperty("connected", figures.connected());
    json.writeNumberProperty("partitions", figures.partitions());
    json.writeNumberProperty("lag", figures.lag());
    json.writeNumberProperty("slots", figures.slotsOwned());
    json.writeNumberProperty("slots_unowned", figures.slotsUnowned());
    json.writeNumberProperty("late", figures.late());
    json.writeArrayPropertyStart("streams");
    cluster.streams().forEach(json::writeString);
    json.writeEndArray();
    json.writeEndObject();
  }
}
