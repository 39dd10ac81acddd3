package io.stanzahook.app;

import io.stanzahook.stream.ComponentSettings;
import io.stanzahook.stream.ServerKind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The lines of a server's configuration that settle why a component was not taken, for the servers
 * that most people run. They hold no secret.
 */
final class ServerHints {
  private static final int USUAL_PORT = 5347;

  private ServerHints() {}

  /**
   * What belongs into the configuration for that reason to go away; empty where nothing does.
   *
   * @param server the one that is faced: only its lines are given, if it is known
   */
  static List<String> of(String reason, ComponentSettings component, ServerKind server) {
    Map<ServerKind, List<String>> all = all(reason, component);
    if (!server.isKnown()) {
      return all.values().stream().flatMap(List::stream).toList();
    }
    return all.getOrDefault(server, List.of());
  }

  private static Map<ServerKind, List<String>> all(String reason, ComponentSettings component) {
    return switch (reason) {
      case "not-authorized" -> declaration(component, "the secret of --secret or --secret-file");
      case "host-unknown", "host-gone" -> declaration(component, "a secret");
      case "no_id" ->
          Map.of(
              ServerKind.OPENFIRE,
              List.of(
                  "Openfire  xmpp.component.socket.active = true, xmpp.component.socket.port = %d"
                      .formatted(component.port()),
                  "          xmpp.component.defaultSecret = (the secret of --secret or"
                      + " --secret-file)"));
      case "connect" -> listener(component.port());
      case "server_invalid-namespace",
          "invalid-namespace",
          "bad-namespace-prefix",
          "closed",
          "timeout",
          "undefined-condition" ->
          closed(component);
      case "tls" -> tls(component);
      case "conflict" -> conflict();
      default -> Map.of();
    };
  }

  /**
   * What lets a new connection end the old one.
   *
   * @param server the one that is faced: only its line is given, if it is known
   */
  static List<String> kickOld(ServerKind server) {
    Map<ServerKind, String> hints = new EnumMap<>(ServerKind.class);
    hints.put(
        ServerKind.PROSODY,
        "Prosody     component_conflict_resolve = \"kick_old\"   (in front of the first VirtualHost)");
    hints.put(
        ServerKind.MONGOOSEIM,
        "MongooseIM  conflict_behaviour = \"kick_old\"   (in [[listen.component]])");
    hints.put(
        ServerKind.OPENFIRE,
        "Openfire    has no such setting: the standby connects when the old connection is gone");
    String only = hints.get(server);
    return only == null ? List.copyOf(hints.values()) : List.of(only);
  }

  /** What to know of a server that accepts two. */
  static List<String> takesBoth() {
    return List.of(
        "ejabberd  has no setting that ends the old one: never run two gateways of one component"
            + " without --cluster",
        "jabberd2  has none either: each sender's stanzas go to one of the two");
  }

  /** What shares the stanzas of a domain out by sender. */
  static List<String> bySender(String domain, int streams) {
    return List.of(
        "ejabberd  domain_balancing:",
        "            \"%s\": { type: bare_source, component_number: %d }"
            .formatted(domain, streams),
        "Tigase    sender-bare-jid-lb");
  }

  /** Most likely not the component port; Tigase closes for a wrong secret, too. */
  private static Map<ServerKind, List<String>> closed(ComponentSettings component) {
    Map<ServerKind, List<String>> hints = new EnumMap<>(listener(USUAL_PORT));
    hints.put(
        ServerKind.TIGASE,
        List.of(
            "Tigase    ext component: add %s with (the secret of --secret or --secret-file)"
                .formatted(component.domain())));
    return hints;
  }

  private static Map<ServerKind, List<String>> conflict() {
    Map<ServerKind, List<String>> hints = new EnumMap<>(ServerKind.class);
    hints.put(
        ServerKind.PROSODY,
        List.of(
            "Prosody   component_conflict_resolve = \"kick_old\"   (a new connection then ends"
                + " the old one)"));
    hints.put(
        ServerKind.EJABBERD,
        List.of(
            "ejabberd  has no such setting: it accepts both, and gives each some of the "
                + "stanzas"));
    hints.put(
        ServerKind.MONGOOSEIM,
        List.of("MongooseIM  [[listen.component]] conflict_behaviour = \"kick_old\""));
    return hints;
  }

  private static Map<ServerKind, List<String>> declaration(
      ComponentSettings component, String secret) {
    Map<ServerKind, List<String>> hints = new EnumMap<>(ServerKind.class);
    hints.put(
        ServerKind.PROSODY,
        List.of(
            "Prosody   Component \"%s\"".formatted(component.domain()),
            "            component_secret = \"(%s)\"".formatted(secret)));
    hints.put(
        ServerKind.EJABBERD,
        List.of(
            "ejabberd  listen:",
            "            - port: %d".formatted(component.port()),
            "              module: ejabberd_service",
            "              hosts:",
            "                \"%s\": { password: \"(%s)\" }"
                .formatted(component.domain(), secret)));
    hints.put(
        ServerKind.JABBERD2,
        List.of(
            "jabberd2  router.xml: <local> <port>%d</port> <secret>(%s)</secret>   (one secret for every component)"
                .formatted(component.port(), secret)));
    hints.put(
        ServerKind.OPENFIRE,
        List.of(
            "Openfire  xmpp.component.socket.port = %d, xmpp.component.defaultSecret = (%s)"
                .formatted(component.port(), secret)));
    hints.put(
        ServerKind.MONGOOSEIM,
        List.of(
            "MongooseIM  [[listen.component]] port = %d, password = \"(%s)\""
                .formatted(component.port(), secret)));
    return hints;
  }

  private static Map<ServerKind, List<String>> listener(int port) {
    Map<ServerKind, List<String>> hints = new EnumMap<>(ServerKind.class);
    hints.put(
        ServerKind.PROSODY,
        List.of(
            "Prosody   component_ports = { %d }".formatted(port),
            "          component_interfaces = { \"127.0.0.1\", \"::1\" }   (\"*\" for other machines"
                + " too)"));
    hints.put(
        ServerKind.EJABBERD,
        List.of(
            "ejabberd  listen:",
            "            - port: %d".formatted(port),
            "              ip: \"::\"",
            "              module: ejabberd_service"));
    hints.put(
        ServerKind.JABBERD2,
        List.of("jabberd2  router.xml: <local> <ip>0.0.0.0</ip> <port>%d</port>".formatted(port)));
    hints.put(
        ServerKind.OPENFIRE,
        List.of(
            "Openfire  xmpp.component.socket.active = true, xmpp.component.socket.port = %d"
                .formatted(port)));
    hints.put(
        ServerKind.MONGOOSEIM,
        List.of("MongooseIM  [[listen.component]] port = %d".formatted(port)));
    return hints;
  }

  private static Map<ServerKind, List<String>> tls(ComponentSettings component) {
    Map<ServerKind, List<String>> hints = new EnumMap<>(ServerKind.class);
    hints.put(
        ServerKind.PROSODY,
        List.of(
            "Prosody   has no TLS on its component port: leave out --tls, or see"
                + " docs/operate/running.md"));
    hints.put(
        ServerKind.EJABBERD,
        List.of(
            "ejabberd  listen:",
            "            - port: %d".formatted(component.port()),
            "              module: ejabberd_service",
            "              tls: true",
            "              certfile: /etc/ejabberd/component.pem"));
    return hints;
  }
}
