package io.stanzahook.app.interop;

import io.stanzahook.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ejabberd from the Debian package, in the foreground. Erlang's port mapper is not used: each node
 * has a distribution port and a cookie of its own on loopback, so that several run side by side, no
 * daemon stays behind and no home folder is written to. Run by root the node changes to the user
 * ejabberd, as the package has it; run by anybody else it stays that user.
 */
final class EjabberdServer implements XmppServer {
  private static final Path CONTROL = Path.of("/usr/sbin/ejabberdctl");
  private static final String SERVICE_USER = "ejabberd";

  private final TestFolder folder = TestFolder.create("ejabberd");
  private final int clientPort = Ports.free();
  private final int componentPort = Ports.free();
  private final int apiPort = Ports.free();
  private final int distributionPort = Ports.free();
  private final boolean root = "root".equals(System.getProperty("user.name"));
  private final String logLevel;
  private final String more;
  private final StringBuilder earlierLogs = new StringBuilder();
  private final String componentTls;
  private final Path control;
  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable ChildProcess process;

  /**
   * One that is not started yet.
   *
   * @param certificate with its key as PEM, for TLS on the component port; empty for none
   * @param more lines of its configuration
   */
  private EjabberdServer(String certificate, String logLevel, String more) {
    this.logLevel = logLevel;
    this.more = more;
    ChildProcess.requireInstalled(CONTROL);
    componentTls = certificate.isEmpty() ? "" : tls(folder.write("component.pem", certificate));
    folder.write("ejabberd.yml", configuration());
    folder.write(
        "inetrc", "{lookup, [\"file\", \"native\"]}.\n{host, {127,0,0,1}, [\"localhost\"]}.\n");
    folder.write(
        "ejabberdctl.cfg",
        """
        ERLANG_NODE=stanzahook%1$d@localhost
        ERL_DIST_PORT=%1$d
        INET_DIST_INTERFACE=127.0.0.1
        ERL_OPTIONS="-env ERL_CRASH_DUMP_BYTES 0 -setcookie stanzahook%1$d"
        EJABBERD_PID_PATH=%2$s/ejabberd.pid
        """
            .formatted(distributionPort, folder.path()));
    folder.write("upload/README", "ejabberd keeps uploaded files here.\n");
    folder.write("db/README", "ejabberd keeps its tables here.\n");
    folder.write("log/README", "ejabberd keeps its logs here.\n");
    control = root ? CONTROL : controlWithoutServiceUser();
    if (root) {
      giveToServiceUser();
    }
  }

  static EjabberdServer create() {
    return new EjabberdServer("", "debug", "");
  }

  /**
   * One that logs less: laying out a hostile stanza for its debug log takes it longer than any test
   * would wait.
   */
  static EjabberdServer createQuiet() {
    return new EjabberdServer("", "info", "");
  }

  /** One whose component port speaks TLS from the first byte on. */
  static EjabberdServer createTls(String certificate) {
    return new EjabberdServer(certificate, "debug", "");
  }

  /** One that shares the stanzas for the component out over so many connections, by sender. */
  static EjabberdServer createBalanced(int connections) {
    return new EjabberdServer(
        "",
        "info",
        "domain_balancing:\n  \"%s\": { type: bare_source, component_number: %d }\n"
            .formatted(COMPONENT, connections));
  }

  private static String tls(Path certificate) {
    return "    tls: true\n    certfile: \"%s\"\n".formatted(certificate);
  }

  /** Debian's control script refuses everybody but root and ejabberd; its variable says so. */
  private Path controlWithoutServiceUser() {
    try {
      String script = Files.readString(CONTROL);
      Path copy =
          folder.write(
              "ejabberdctl", script.replace("INSTALLUSER=" + SERVICE_USER, "INSTALLUSER="));
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwx------"));
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void giveToServiceUser() {
    try {
      UserPrincipal owner =
          FileSystems.getDefault()
              .getUserPrincipalLookupService()
              .lookupPrincipalByName(SERVICE_USER);
      for (Path file : folder.all()) {
        Files.setAttribute(file, "posix:owner", owner, LinkOption.NOFOLLOW_LINKS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the folder cannot be given to " + SERVICE_USER, e);
    }
  }

  private String configuration() {
    return """
        hosts: [%1$s]
        loglevel: %10$s
        log_rotate_size: infinity
        auth_method: internal
        auth_password_format: plain
        listen:
          - port: %5$d
            ip: "127.0.0.1"
            module: ejabberd_c2s
            max_stanza_size: 4194304
            shaper: none
            access: all
          - port: %6$d
            ip: "127.0.0.1"
            module: ejabberd_service
            access: all
            shaper: none
            global_routes: false
        %9$s    hosts:
              "%3$s": { password: "%8$s" }
              "%4$s": { password: "%8$s" }
          - port: %7$d
            ip: "127.0.0.1"
            module: ejabberd_http
            request_handlers: { /api: mod_http_api, /upload: mod_http_upload }
        acl:
          files: { server: %3$s }
        access_rules:
          files: { allow: files }
        api_permissions:
          "accounts of the tests":
            who: { access: { allow: { ip: 127.0.0.1/8 } } }
            what: [register]
        modules:
          mod_disco: {}
          mod_ping: {}
          mod_roster: {}
          mod_version: {}
          mod_muc: { host: %2$s }
          mod_http_upload:
            host: upload.%1$s
            put_url: "http://127.0.0.1:%7$d/upload"
            docroot: "%11$s/upload"
            max_size: 6000000
            access: files
        %12$s"""
        .formatted(
            HOST,
            ROOMS,
            COMPONENT,
            OTHER_COMPONENT,
            clientPort,
            componentPort,
            apiPort,
            SECRET,
            componentTls,
            logLevel,
            folder.path(),
            more);
  }

  @Override
  public String name() {
    return "ejabberd";
  }

  @Override
  public int clientPort() {
    return clientPort;
  }

  @Override
  public int componentPort() {
    return componentPort;
  }

  private List<String> control(String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                control.toString(),
                "--config-dir",
                folder.path().toString(),
                "--spool",
                folder.path() + "/db",
                "--logs",
                folder.path() + "/log"));
    command.addAll(List.of(words));
    return command;
  }

  @Override
  public void start() {
    ChildProcess started = ChildProcess.start(name(), folder.path(), control("foreground"));
    process = started;
    started.awaitReady(
        START_LIMIT,
        () -> Ports.accepts(clientPort) && Ports.accepts(componentPort) && Ports.accepts(apiPort));
  }

  @Override
  public void stop() {
    ChildProcess running = process;
    if (running != null) {
      ChildProcess.run("ejabberdctl", folder.path(), control("stop"), STOP_LIMIT);
      ended(running);
    }
  }

  @Override
  public void kill() {
    ChildProcess running = process;
    if (running != null) {
      running.family().forEach(ProcessHandle::destroyForcibly);
      ended(running);
    }
  }

  private void ended(ChildProcess running) {
    running.awaitExit(STOP_LIMIT);
    earlierLogs.append(running.log());
    process = null;
  }

  @Override
  public void register(String user) {
    String account =
        "{\"user\":\"%s\",\"host\":\"%s\",\"password\":\"%s\"}".formatted(user, HOST, PASSWORD);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + apiPort + "/api/register"))
            .POST(HttpRequest.BodyPublishers.ofString(account))
            .build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException("ejabberd refused the account: " + response.body());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("ejabberd's account API", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public String log() {
    ChildProcess running = process;
    return earlierLogs + (running == null ? "" : running.log());
  }

  @Override
  public void close() {
    // Its data go with it: a stop in order, which takes seconds, would be for nothing.
    kill();
    folder.close();
  }
}
