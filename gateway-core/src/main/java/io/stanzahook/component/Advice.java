package io.stanzahook.component;

/** What an operator can do about the way a stream ended. */
final class Advice {
  /** For a server that does not answer our start tag as XMPP servers do. */
  static final String TLS_MISSING =
      "If that port wants TLS (ejabberd: tls: true), give --tls; else check that it is the"
          + " component port.";

  private Advice() {}

  /** One or two sentences, or the empty string. */
  static String of(StreamEnd end) {
    if (!end.advice().isEmpty()) {
      return end.advice();
    }
    return switch (end.reason()) {
      case "not-authorized" ->
          "Check that --secret or --secret-file holds the component_secret (Prosody) or password"
              + " (ejabberd) of this component.";
      case "host-unknown" ->
          "Check that the server's configuration has this component: Component \"…\" in Prosody,"
              + " hosts: under an ejabberd_service listener in ejabberd.";
      case "conflict" ->
          "Another connection holds this component. If it is a dead one of ours, Prosody's"
              + " component_conflict_resolve = \"kick_old\", MongooseIM's conflict_behaviour ="
              + " \"kick_old\" or Openfire's xmpp.component.allowMultiple settles it.";
      case "server_invalid-namespace" ->
          "Check that --server names the component port (often 5347 or 5275), not that for clients"
              + " or servers.";
      default -> "";
    };
  }
}
