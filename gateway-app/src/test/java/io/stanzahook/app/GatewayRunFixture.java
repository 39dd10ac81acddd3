package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.ComponentGateway;
import io.stanzahook.SpooledGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} with a real gateway, between a server and a webhook that the test controls. */
abstract class GatewayRunFixture extends RunFixture {
  final SpooledGateway bed = new SpooledGateway();
  private @Nullable CompletableFuture<ExitCode> exit;

  @TempDir Path folder;

  @Override
  GatewayStarter starter() {
    return ComponentGateway::start;
  }

  @Override
  String postUrl() {
    return bed.url();
  }

  @AfterEach
  void end() throws Exception {
    stop();
    bed.close();
  }

  /** Starts it without retries. */
  final void start(String... more) throws Exception {
    launch("--retry-for=0s", more);
  }

  /** Starts it without retries; {@code t0ken} may do everything. */
  final void startWithToken(String... more) throws Exception {
    List<String> flags = new ArrayList<>(List.of(tokens("t0ken\n")));
    flags.addAll(List.of(more));
    start(flags.toArray(String[]::new));
  }

  /** Starts it with these flags, and waits until it is connected. */
  final void launch(String first, String... more) throws Exception {
    List<String> flags =
        new ArrayList<>(
            List.of("--server=127.0.0.1:" + bed.serverPort(), "--drain-timeout=0s", first));
    flags.addAll(List.of(more));
    exit = run(flags.toArray(String[]::new));
    bed.awaitConnection();
    awaitReady();
  }

  /** Ends it, if it runs; then it may start again. */
  final void stop() throws Exception {
    signal.complete("SIGTERM");
    if (exit != null) {
      assertThat(exit.get(120, TimeUnit.SECONDS)).isEqualTo(ExitCode.ENDED);
      exit = null;
      signal = new CompletableFuture<>();
    }
  }

  /** The flag for a file with credentials. */
  final String tokens(String lines) throws IOException {
    Path file = Files.writeString(folder.resolve("tokens"), lines);
    return "--api-token-file="
        + Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
