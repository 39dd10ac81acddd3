package io.stanzahook.stream;

/** What an operator can do about the way a stream ended, at that server if it is known. */
final class Advice {
  /** For a server that does not answer our start tag as XMPP servers do. */
  static final String TLS_MISSING =
      "If that port wants TLS (ejabberd: tls: true), give ‹tls›; else check that it is the"
          + " component port.";

  /** For a server that takes our start tag for another protocol's. */
  static final String PORT =
      "Check that ‹server› names the component port (often 5347 or 5275), not that for clients or"
          + " servers.";

  /** For a server that says nothing to a handshake that it does not like. */
  static final String TIGASE =
      "Tigase says nothing more if the secret is wrong, or if it has no such component: add this"
          + " component to its ext component, with the secret of ‹secret›.";

  private static final String OPENFIRE =
      "Openfire refuses so. Either another connection holds this domain: is a gateway running"
          + " already? Or Openfire has no secret for it: set xmpp.component.defaultSecret, or"
          + " allow the component under Server Settings > External Components, with the secret"
          + " of ‹secret›.";

  private Advice() {}

  /** One or two sentences, or the empty string. */
  static String of(StreamEnd end) {
    if (!end.advice().isEmpty()) {
      return end.advice();
    }
    ServerKind server = end.server();
    return switch (end.reason()) {
      case "not-authorized" -> secret(server);
      case "host-unknown" -> declaration(server);
      case "conflict" -> conflict(server);
      case "no_id" -> OPENFIRE;
      case "ping_timeout" -> silence(server);
      case "server_invalid-namespace", "invalid-namespace", "bad-namespace-prefix" -> PORT;
      default -> "";
    };
  }

  private static String secret(ServerKind server) {
    String where =
        switch (server) {
          case PROSODY -> "the component_secret of this component in Prosody's configuration";
          case EJABBERD -> "the password of this component under hosts: in ejabberd.yml";
          case JABBERD2 -> "the <secret> under <local> in jabberd2's router.xml";
          case OPENFIRE ->
              "Openfire's xmpp.component.defaultSecret, or the secret of this component under Server"
                  + " Settings > External Components";
          case MONGOOSEIM -> "the password of MongooseIM's [[listen.component]]";
          case TIGASE -> "the password of this component in Tigase's component repository";
          case UNKNOWN -> "the component_secret (Prosody) or password (ejabberd) of this component";
        };
    return "Check that ‹secret› or ‹secret-file› holds " + where + ".";
  }

  private static String declaration(ServerKind server) {
    String port =
        "that ‹server› names the component port (often 5347 or 5275): one for clients says the"
            + " same.";
    String has = "Check that the server's configuration has this component";
    return switch (server) {
      case JABBERD2, MONGOOSEIM ->
          server.label() + " takes any domain on its component port. Check " + port;
      case PROSODY -> has + ", Component \"…\"; and " + port;
      case EJABBERD -> has + ", hosts: under an ejabberd_service listener; and " + port;
      case OPENFIRE -> has + ", under Server Settings > External Components; and " + port;
      case TIGASE -> has + "; and " + port;
      case UNKNOWN ->
          has
              + ": Component \"…\" in Prosody, hosts: under an ejabberd_service listener in ejabberd;"
              + " and "
              + port;
    };
  }

  private static String conflict(ServerKind server) {
    String held = "Another connection holds this component";
    String dead = held + ". If it is a dead one of ours, ";
    String prosody = "component_conflict_resolve = \"kick_old\"";
    String mongoose = "conflict_behaviour = \"kick_old\"";
    return switch (server) {
      case PROSODY -> dead + "Prosody's " + prosody + " settles it.";
      case MONGOOSEIM -> dead + "MongooseIM's " + mongoose + " settles it.";
      case UNKNOWN ->
          dead + "Prosody's " + prosody + " or MongooseIM's " + mongoose + " settles it.";
      case EJABBERD ->
          "This domain is one of ejabberd's own hosts: give ‹component› another one, such as a"
              + " name below it.";
      case OPENFIRE, JABBERD2, TIGASE -> held + ": is a gateway running already?";
    };
  }

  private static String silence(ServerKind server) {
    String still = "The server or the way to it stands still";
    return switch (server) {
      case JABBERD2, UNKNOWN ->
          still
              + "; or another connection has taken this domain over without a word, as jabberd2"
              + " lets the newest: is a second gateway running?";
      case EJABBERD ->
          still
              + "; or another connection has this domain too, and ejabberd gives each some of the"
              + " stanzas: is a second gateway running?";
      case PROSODY, OPENFIRE, MONGOOSEIM, TIGASE -> still + ".";
    };
  }
}
