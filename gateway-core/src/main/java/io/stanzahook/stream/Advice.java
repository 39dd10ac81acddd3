package io.stanzahook.stream;

/** What an operator can do about the way a stream ended. */
final class Advice {
  /** For a server that does not answer our start tag as XMPP servers do. */
  static final String TLS_MISSING =
      "If that port wants TLS (ejabberd: tls: true), give ‹tls›; else check that it is the"
          + " component port.";

  /** For a server that takes our start tag for another protocol's. */
  static final String PORT =
      "Check that ‹server› names the component port (often 5347 or 5275), not that for clients or"
          + " servers.";

  private Advice() {}

  /** One or two sentences, or the empty string. */
  static String of(StreamEnd end) {
    if (!end.advice().isEmpty()) {
      return end.advice();
    }
    return switch (end.reason()) {
      case "not-authorized" ->
          "Check that ‹secret› or ‹secret-file› holds the component_secret (Prosody) or password"
              + " (ejabberd) of this component.";
      case "host-unknown" ->
          "Check that the server's configuration has this component: Component \"…\" in Prosody,"
              + " hosts: under an ejabberd_service listener in ejabberd; and that ‹server› names"
              + " the component port (often 5347 or 5275): one for clients says the same.";
      case "conflict" ->
          "Another connection holds this component. If it is a dead one of ours, Prosody's"
              + " component_conflict_resolve = \"kick_old\" or MongooseIM's conflict_behaviour ="
              + " \"kick_old\" settles it.";
      case "no_id" ->
          "Openfire refuses so. Either another connection holds this domain: is a gateway running"
              + " already? Or Openfire has no secret for it: set xmpp.component.defaultSecret, or"
              + " allow the component under Server Settings > External Components, with the secret"
              + " of ‹secret›.";
      case "ping_timeout" ->
          "The server or the way to it stands still; or another connection has taken this domain"
              + " over without a word, as jabberd2 lets the newest: is a second gateway running?";
      case "server_invalid-namespace", "invalid-namespace", "bad-namespace-prefix" -> PORT;
      default -> "";
    };
  }
}
