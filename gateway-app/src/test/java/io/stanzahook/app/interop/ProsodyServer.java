package io.stanzahook.app.interop;

import io.stanzahook.Ports;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prosody from the Debian package, in the foreground with a configuration of its own. */
final class ProsodyServer implements XmppServer {
  private static final Path PROGRAM = Path.of("/usr/bin/prosody");

  private final TestFolder folder = TestFolder.create("prosody");
  private final int clientPort = Ports.free();
  private final int componentPort = Ports.free();
  private final int httpPort = Ports.free();
  private final Path configuration;
  private final StringBuilder earlierLogs = new StringBuilder();
  private final String more;
  private @Nullable ChildProcess process;

  /**
   * One that is not started yet.
   *
   * @param more a line of its configuration, before its hosts
   */
  private ProsodyServer(String more) {
    this.more = more;
    ChildProcess.requireInstalled(PROGRAM);
    folder.write("certs/README", "Prosody wants the folder; it holds no certificate.\n");
    configuration = folder.write("prosody.cfg.lua", configuration());
  }

  static ProsodyServer create() {
    return new ProsodyServer("");
  }

  /** One where a new connection of a component ends the old one. */
  static ProsodyServer createKickOld() {
    return new ProsodyServer("component_conflict_resolve = \"kick_old\"");
  }

  private String configuration() {
    return """
        run_as_root = true
        data_path = "%1$s/data"
        pidfile = "%1$s/prosody.pid"
        certificates = "%1$s/certs"
        log = { { levels = { min = "debug" }, to = "console" } }
        interfaces = { "127.0.0.1" }
        component_interfaces = { "127.0.0.1" }
        c2s_ports = { %2$d }
        component_ports = { %3$d }
        c2s_direct_tls_ports = {}
        legacy_ssl_ports = {}
        http_ports = { %9$d }
        http_interfaces = { "127.0.0.1" }
        http_external_url = "http://127.0.0.1:%9$d/"
        https_ports = {}
        modules_enabled = { "roster", "saslauth", "disco", "ping", "version", "posix" }
        modules_disabled = { "s2s", "tls" }
        authentication = "internal_plain"
        allow_unencrypted_plain_auth = true
        c2s_require_encryption = false
        c2s_stanza_size_limit = 4 * 1024 * 1024
        %10$s
        VirtualHost "%4$s"
        Component "%5$s" "muc"
        Component "upload.%4$s" "http_file_share"
          http_host = "127.0.0.1"
          http_file_share_size_limit = 6000000
          http_file_share_access = { "%6$s" }
        Component "%6$s"
          component_secret = "%8$s"
        Component "%7$s"
          component_secret = "%8$s"
        """
        .formatted(
            folder.path(),
            clientPort,
            componentPort,
            HOST,
            ROOMS,
            COMPONENT,
            OTHER_COMPONENT,
            SECRET,
            httpPort,
            more);
  }

  @Override
  public String name() {
    return "prosody";
  }

  @Override
  public int clientPort() {
    return clientPort;
  }

  @Override
  public int componentPort() {
    return componentPort;
  }

  @Override
  public void start() {
    ChildProcess started =
        ChildProcess.start(
            name(),
            folder.path(),
            List.of(PROGRAM.toString(), "--config", configuration.toString(), "-F"));
    process = started;
    started.awaitReady(
        START_LIMIT, () -> Ports.accepts(clientPort) && Ports.accepts(componentPort));
  }

  @Override
  public void stop() {
    end(ChildProcess::terminate);
  }

  @Override
  public void kill() {
    end(ChildProcess::kill);
  }

  private void end(java.util.function.Consumer<ChildProcess> how) {
    ChildProcess running = process;
    if (running != null) {
      how.accept(running);
      running.awaitExit(STOP_LIMIT);
      earlierLogs.append(running.log());
      process = null;
    }
  }

  /** Writes the account's file, as prosodyctl would. */
  @Override
  public void register(String user) {
    folder.write(
        "data/" + HOST + "/accounts/" + user + ".dat",
        "return {\n\t[\"password\"] = \"" + PASSWORD + "\";\n};\n");
  }

  @Override
  public String log() {
    ChildProcess running = process;
    return earlierLogs + (running == null ? "" : running.log());
  }

  @Override
  public void close() {
    try {
      ChildProcess running = process;
      if (running != null) {
        running.close();
      }
    } finally {
      folder.close();
    }
  }
}
