package io.stanzahook.app.interop;

import io.stanzahook.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * nginx from the Debian package, as a proxy before webhooks: {@code /xmpp/} leads to one, {@code
 * /internal/} to another that no stanza is meant to reach. {@code /twice/} leads to the same by way
 * of nginx itself, which decodes the path a second time then.
 */
final class NginxServer implements Fixture {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final TestFolder folder = TestFolder.create("nginx");
  private final int port = Ports.free();
  private final ChildProcess process;

  private NginxServer(String webhookUrl, String internalUrl) {
    Path configuration =
        folder.write(
            "nginx.conf",
            """
            daemon off;
            master_process off;
            pid %1$s/nginx.pid;
            error_log stderr;
            events {}
            http {
              access_log off;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              server {
                listen 127.0.0.1:%2$d;
                location /xmpp/ { proxy_pass %3$s/; }
                location /internal/ { proxy_pass %4$s/; }
                location ~ ^/twice/(.*)$ { proxy_pass http://127.0.0.1:%2$d/xmpp/$1; }
              }
            }
            """
                .formatted(folder.path(), port, webhookUrl, internalUrl));
    process =
        ChildProcess.start(
            name(),
            folder.path(),
            List.of(
                ChildProcess.onPath("nginx"),
                "-e",
                "stderr",
                "-p",
                folder.path().toString(),
                "-c",
                configuration.toString()));
    Await.until(
        "nginx listens",
        START_LIMIT,
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("nginx ended at its start:\n" + log());
          }
          return Ports.accepts(port);
        });
  }

  /** Starts it before two webhooks, whose URLs have no slash at their end. */
  static NginxServer before(String webhookUrl, String internalUrl) {
    return new NginxServer(webhookUrl, internalUrl);
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public String name() {
    return "nginx";
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
