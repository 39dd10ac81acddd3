package io.stanzahook.app.admin;

import io.stanzahook.Gateway;
import io.stanzahook.app.http.Gateways;
import io.stanzahook.rooms.RoomState;
import io.stanzahook.webhook.EndpointOutage;
import io.stanzahook.webhook.WebhookEndpoint;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * What an operator should know: endpoints that are down, chat rooms that were lost, certificates
 * that expire, settings that need a restart. Properties of things that are well are left out.
 */
public final class Notices {
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
}
