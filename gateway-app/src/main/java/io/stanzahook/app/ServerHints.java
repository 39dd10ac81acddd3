package io.stanzahook.app;

import io.stanzahook.stream.ComponentSettings;
import java.util.List;

/**
 * The lines of a server's configuration that settle why a component was not taken, for the servers
 * that most people run. They hold no secret.
 */
final class ServerHints {
  private static final int USUAL_PORT = 5347;

  private ServerHints() {}

  /** What belongs into the configuration for that reason to go away; empty where nothing does. */
  static List<String> of(String reason, ComponentSettings component) {
    return switch (reason) {
      case "not-authorized" -> declaration(component, "the secret of --secret or --secret-file");
      case "host-unknown", "host-gone" -> declaration(component, "a secret");
      case "no_id" ->
          List.of(
              "Openfire  xmpp.component.socket.active = true, xmpp.component.socket.port = %d"
                  .formatted(component.port()),
              "          xmpp.component.defaultSecret = (the secret of --secret or --secret-file)");
      case "connect" -> listener(component.port());
      case "server_invalid-namespace",
          "invalid-namespace",
          "bad-namespace-prefix",
          "closed",
          "timeout",
          "undefined-condition" ->
          listener(USUAL_PORT);
      case "tls" -> tls(component);
      case "conflict" ->
          List.of(
              "Prosody   component_conflict_resolve = \"kick_old\"   (a new connection then ends"
                  + " the old one)",
              "ejabberd  has no such setting: it accepts both, and gives each some of the "
                  + "stanzas");
      default -> List.of();
    };
  }

  /** What lets a new connection end the old one. */
  static List<String> kickOld() {
    return List.of(
        "Prosody     component_conflict_resolve = \"kick_old\"   (in front of the first VirtualHost)",
        "MongooseIM  conflict_behaviour = \"kick_old\"   (in [[listen.component]])",
        "Openfire    has no such setting: the standby connects when the old connection is gone");
  }

  /** What to know of a server that accepts two. */
  static List<String> takesBoth() {
    return List.of(
        "ejabberd  has no setting that ends the old one: never run two gateways of one component"
            + " without --cluster");
  }

  private static List<String> declaration(ComponentSettings component, String secret) {
    return List.of(
        "Prosody   Component \"%s\"".formatted(component.domain()),
        "            component_secret = \"(%s)\"".formatted(secret),
        "ejabberd  listen:",
        "            - port: %d".formatted(component.port()),
        "              module: ejabberd_service",
        "              hosts:",
        "                \"%s\": { password: \"(%s)\" }".formatted(component.domain(), secret),
        "jabberd2  router.xml: <local> <port>%d</port> <secret>(%s)</secret>   (one secret for every component)"
            .formatted(component.port(), secret),
        "Openfire  xmpp.component.socket.port = %d, xmpp.component.defaultSecret = (%s)"
            .formatted(component.port(), secret));
  }

  private static List<String> listener(int port) {
    return List.of(
        "Prosody   component_ports = { %d }".formatted(port),
        "          component_interfaces = { \"127.0.0.1\", \"::1\" }   (\"*\" for other machines"
            + " too)",
        "ejabberd  listen:",
        "            - port: %d".formatted(port),
        "              ip: \"::\"",
        "              module: ejabberd_service",
        "jabberd2  router.xml: <local> <ip>0.0.0.0</ip> <port>%d</port>".formatted(port),
        "Openfire  xmpp.component.socket.active = true, xmpp.component.socket.port = %d"
            .formatted(port));
  }

  private static List<String> tls(ComponentSettings component) {
    return List.of(
        "Prosody   has no TLS on its component port: leave out --tls, or see docs/operate/running.md",
        "ejabberd  listen:",
        "            - port: %d".formatted(component.port()),
        "              module: ejabberd_service",
        "              tls: true",
        "              certfile: /etc/ejabberd/component.pem");
  }
}
