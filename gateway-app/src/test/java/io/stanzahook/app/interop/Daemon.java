package io.stanzahook.app.interop;

import io.stanzahook.Ports;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A program from a Debian package that listens, with a configuration of the test's own. */
final class Daemon implements Fixture {
  private final String program;
  private final TestFolder folder;
  private final int port;
  private final ChildProcess process;

  private Daemon(String program, TestFolder folder, int port, List<String> command) {
    this(program, folder, port, command, () -> Ports.accepts(port));
  }

  private Daemon(
      String program, TestFolder folder, int port, List<String> command, BooleanSupplier listens) {
    this.program = program;
    this.folder = folder;
    this.port = port;
    process = ChildProcess.start(program, folder.path(), command);
    process.awaitReady(Patience.LONG, listens);
  }

  /** nginx, with these servers. */
  static Daemon nginx(TestFolder folder, int port, String servers) {
    return new Daemon("nginx", folder, port, nginxCommand(folder, servers));
  }

  /**
   * nginx before two webhooks, whose URLs have no slash at their end: {@code /xmpp/} leads to one,
   * {@code /internal/} to another that no stanza is meant to reach. {@code /twice/} leads to the
   * first by way of nginx itself, which decodes the path a second time then.
   */
  static Daemon nginxBefore(String webhookUrl, String internalUrl) {
    int port = Ports.free();
    String server =
        """
        server {
          listen 127.0.0.1:%1$d;
          location /xmpp/ { proxy_pass %2$s/; }
          location /internal/ { proxy_pass %3$s/; }
          location ~ ^/twice/(.*)$ { proxy_pass http://127.0.0.1:%1$d/xmpp/$1; }
        }
        """;
    return nginx(TestFolder.create("nginx"), port, server.formatted(port, webhookUrl, internalUrl));
  }

  /** nginx on a host of its own, at port 8080, which replies with {@code from HOST}. */
  static Daemon nginxOn(Hosts hosts, String host) {
    TestFolder folder = TestFolder.create("nginx-" + host);
    List<String> command = new ArrayList<>(hosts.on(host));
    command.addAll(
        nginxCommand(
            folder,
            """
            server {
              listen 8080;
              listen [::]:8080;
              location / { default_type application/json; return 200 '{"body":"from %s"}'; }
            }
            """
                .formatted(host)));
    // It has its file once it listens.
    return new Daemon(
        "nginx-" + host,
        folder,
        8080,
        command,
        () -> Files.exists(folder.path().resolve("nginx.pid")));
  }

  private static List<String> nginxCommand(TestFolder folder, String servers) {
    String configuration =
        """
        daemon off;
        master_process off;
        pid %1$s/nginx.pid;
        error_log stderr;
        events {}
        http {
          access_log off;
          default_type text/plain;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          %2$s
        }
        """
            .formatted(folder.path(), servers);
    return List.of(
        ChildProcess.onPath("nginx"),
        "-e",
        "stderr",
        "-p",
        folder.path().toString(),
        "-c",
        folder.write("nginx.conf", configuration).toString());
  }

  /** haproxy, as a balancer of connections. */
  static Daemon haproxy(TestFolder folder, int port, String more) {
    String configuration =
        """
        global
          maxconn 1000
          %2$s
        defaults
          mode tcp
          timeout connect 30s
          timeout client 300s
          timeout server 300s
        frontend in
          bind 127.0.0.1:%1$d
          default_backend out
        """
                .formatted(port, more.lines().findFirst().orElse(""))
            + more.lines().skip(1).reduce("", (all, line) -> all + line + "\n");
    return new Daemon(
        "haproxy",
        folder,
        port,
        List.of(
            ChildProcess.onPath("haproxy"),
            "-db",
            "-f",
            folder.write("haproxy.cfg", configuration).toString()));
  }

  /** tinyproxy, which asks for credentials. */
  static Daemon tinyproxy(TestFolder folder, String user, String password) {
    int port = Ports.free();
    String configuration =
        """
        Listen 127.0.0.1
        Port %d
        Timeout 600
        BasicAuth %s %s
        """
            .formatted(port, user, password);
    return new Daemon(
        "tinyproxy",
        folder,
        port,
        List.of(
            ChildProcess.onPath("tinyproxy"),
            "-d",
            "-c",
            folder.write("tinyproxy.conf", configuration).toString()));
  }

  /** microsocks, which asks for credentials. */
  static Daemon microsocks(TestFolder folder, String user, String password) {
    int port = Ports.free();
    return new Daemon(
        "microsocks",
        folder,
        port,
        List.of(
            ChildProcess.onPath("microsocks"),
            "-i",
            "127.0.0.1",
            "-p",
            Integer.toString(port),
            "-u",
            user,
            "-P",
            password));
  }

  int port() {
    return port;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public String name() {
    return program;
  }

  @Override
  public String log() {
    return process.log();
  }

  @Override
  public void close() {
    try (folder) {
      process.close();
    }
  }
}
