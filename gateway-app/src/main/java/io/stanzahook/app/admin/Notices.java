package io.stanzahook.app.admin;

import io.stanzahook.Gateway;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.rooms.RoomState;
import io.stanzahook.webhook.EndpointOutage;
import io.stanzahook.webhook.WebhookEndpoint;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * /** What an operator should know: endpoints that are down, chat rooms that were lost,
 * certificates that expire, a configuration that was changed and is not in use. Properties of
 * things that are well are left out.
 */
public final class Notices {
  /** The maximum number of lost rooms that are named, for each component. */
  private static final int MAX_ROOMS = 10;

  private final Gateways gateways;
  private final Workbench workbench;
  private final InstantSource clock;

  public Notices(Gateways gateways, Workbench workbench, InstantSource clock) {
    this.gateways = gateways;
    this.workbench = workbench;
    this.clock = clock;
  }

  /**
   * Writes properties.
   *
   * @param only the component that is asked for; null for all
   * @param errors whether to say what went wrong, which is not for everybody
   */
  void write(JsonGenerator json, @Nullable String only, boolean errors) {
    List<String> domains = only == null ? gateways.domains() : List.of(only);
    writeDown(json, domains, errors);
    writeLost(json, domains);
    if (errors) {
      writeLostRooms(json, domains);
    }
    List<Workbench.Expiring> expiring =
        workbench.certificates().get().stream()
            .filter(
                each -> only == null || each.component().isEmpty() || each.component().equals(only))
            .toList();
    if (!expiring.isEmpty()) {
      json.writeArrayPropertyStart("certificates");
      for (Workbench.Expiring each : expiring) {
        json.writeStartObject();
        json.writeStringProperty("component", each.component());
        json.writeStringProperty("flag", each.flag());
        json.writeStringProperty("expires", each.at().toString());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    List<String> restart = workbench.needRestart().get();
    if (!restart.isEmpty()) {
      json.writeArrayPropertyStart("needs_restart");
      restart.forEach(json::writeString);
      json.writeEndArray();
    }
    Instant unread = workbench.unread().get();
    if (unread != null) {
      json.writeStringProperty("config_changed", unread.toString());
    }
  }

  private void writeDown(JsonGenerator json, List<String> domains, boolean errors) {
    boolean any = false;
    for (String domain : domains) {
      Gateway gateway = gateways.find(domain);
      if (gateway == null) {
        continue;
      }
      for (WebhookEndpoint endpoint : gateway.endpoints()) {
        EndpointOutage outage = endpoint.outage();
        if (outage != null) {
          if (!any) {
            any = true;
            json.writeArrayPropertyStart("down");
          }
          write(json, domain, endpoint.name(), outage, errors);
        }
      }
    }
    if (any) {
      json.writeEndArray();
    }
  }

  private void write(
      JsonGenerator json, String domain, String endpoint, EndpointOutage outage, boolean errors) {
    Instant now = clock.instant();
    Duration next = outage.nextTry();
    json.writeStartObject();
    json.writeStringProperty("component", domain);
    json.writeStringProperty("endpoint", endpoint);
    json.writeStringProperty("url", workbench.shown().apply(endpoint));
    json.writeStringProperty("since", now.minus(outage.lasting()).toString());
    if (errors) {
      json.writeStringProperty("error", workbench.shown().apply(outage.error()));
    }
    if (next != null) {
      json.writeStringProperty("next_try", now.plus(next).toString());
    }
    json.writeEndObject();
  }

  private void writeLost(JsonGenerator json, List<String> domains) {
    boolean any = false;
    for (String domain : domains) {
      Gateway gateway = gateways.find(domain);
      int lost = gateway == null ? 0 : gateway.rooms(RoomState.LOST);
      if (lost > 0) {
        if (!any) {
          any = true;
          json.writeObjectPropertyStart("rooms_lost");
        }
        json.writeNumberProperty(domain, lost);
      }
    }
    if (any) {
      json.writeEndObject();
    }
  }

  /** Their names, as far as they are rooms of the configuration or of invitations. */
  private void writeLostRooms(JsonGenerator json, List<String> domains) {
    Map<String, List<String>> lost = new LinkedHashMap<>();
    for (String domain : domains) {
      Gateway gateway = gateways.find(domain);
      Map<String, RoomState> rooms = gateway == null ? Map.of() : gateway.ownRooms();
      List<String> names =
          rooms.entrySet().stream()
              .filter(room -> room.getValue() == RoomState.LOST)
              .map(Map.Entry::getKey)
              .sorted()
              .limit(MAX_ROOMS)
              .toList();
      if (!names.isEmpty()) {
        lost.put(domain, names);
      }
    }
    if (lost.isEmpty()) {
      return;
    }
    json.writeObjectPropertyStart("lost_rooms");
    lost.forEach(
        (domain, names) -> {
          json.writeArrayPropertyStart(domain);
          names.forEach(json::writeString);
          json.writeEndArray();
        });
    json.writeEndObject();
  }
}
