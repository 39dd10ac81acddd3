package io.stanzahook.app;

import io.stanzahook.GatewaySettings;
import io.stanzahook.app.admin.ReloadRefusedException;
import io.stanzahook.app.admin.Reloading;
import io.stanzahook.app.config.AppSettings;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.credentials.ApiCredentials;
import io.stanzahook.app.credentials.HookSecrets;
import io.stanzahook.app.logging.Logging;
import io.stanzahook.settings.Settings;
import io.stanzahook.tls.ClientCertificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Reads the configuration again, on a thread of its own, and has the components follow it. What is
 * wrong with it changes nothing.
 */
final class Reload implements Reloading, AutoCloseable {
  /** Reloads that wait for the one under way, at most; further ones are refused. */
  static final int MAX_WAITING = 4;

  private static final Logger log = LoggerFactory.getLogger("stanzahook");

  private final Reader reader;
  private final AppSettings running;
  private final Components components;
  private final Scheduler thread = Schedulers.newBoundedElastic(1, MAX_WAITING, "reload", 60, true);
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private volatile @Nullable ApiCredentials credentials;
  private volatile @Nullable HookSecrets hookSecrets;
  private volatile @Nullable ClientCertificate certificate;
  private volatile List<String> needRestart = List.of();
  private volatile Consumer<AppSettings> whenRead = settings -> {};
  private volatile List<ReloadProgress> progress = List.of();

  /** Reads the whole configuration, and the files that it names. */
  @FunctionalInterface
  interface Reader {
    AppSettings read() throws ConfigurationException;
  }

  /**
   * A reload that waits until the components have started.
   *
   * @param running what the process was started with
   */
  Reload(Reader reader, AppSettings running, Components components) {
    this.reader = reader;
    this.running = running;
    this.components = components;
    this.credentials = running.apiCredentials();
    this.hookSecrets = running.hooks().secrets();
    this.certificate = running.httpTlsCert();
  }

  /** Sets who is told of each configuration that was read without problems. */
  void whenRead(Consumer<AppSettings> told) {
    whenRead = told;
  }

  /** Sets who is told when a reload begins and ends. */
  void tell(ReloadProgress... told) {
    progress = List.of(told);
  }

  /** What HTTPS is spoken with, as it was read last; null for plain HTTP. */
  @Nullable ClientCertificate certificate() {
    return certificate;
  }

  /** Lets reloads begin. */
  void begin() {
    started.complete(null);
  }

  /** Who may use the API, as it was read last. */
  @Nullable ApiCredentials credentials() {
    return credentials;
  }

  /** Who may post hooks by signing them, as it was read last. */
  @Nullable HookSecrets hookSecrets() {
    return hookSecrets;
  }

  @Override
  public List<String> needRestart() {
    return needRestart;
  }

  @Override
  public Mono<Result> reload() {
    CompletableFuture<Result> result =
        Mono.fromCallable(this::now)
            .subscribeOn(thread)
            .onErrorMap(
                RejectedExecutionException.class,
                e -> new ReloadRefusedException("too many reloads are already waiting"))
            .toFuture();
    // If nobody waits for the answer, the reload still runs to its end.
    return Mono.fromFuture(result, true);
  }

  /** Reloads, and writes the result only to the log. */
  void onHangup() {
    log.info("SIGHUP: reading the configuration again");
    reload().subscribe(result -> {}, Reload::tellOf);
  }

  /** The problems of a configuration are in the log already. */
  private static void tellOf(Throwable error) {
    if (error instanceof ReloadRefusedException) {
      log.error("reload: nothing changed: {}", error.getMessage());
    } else if (!(error instanceof ConfigurationException)) {
      log.error("reload: failed", error);
    }
  }

  private Result now() throws ConfigurationException {
    started.join();
    if (components.isStopping()) {
      throw new ReloadRefusedException("the gateway is stopping");
    }
    progress.forEach(ReloadProgress::begins);
    boolean successful = false;
    try {
      Result result = follow();
      successful = result.problems().isEmpty();
      return result;
    } finally {
      boolean ended = successful;
      progress.forEach(each -> each.ended(ended));
    }
  }

  private Result follow() throws ConfigurationException {
    try {
      AppSettings next = reader.read();
      List<String> needRestart = new ArrayList<>(running.processDifferences(next));
      takeCredentials(next.apiCredentials(), needRestart);
      takeCertificate(next.httpTlsCert(), needRestart);
      this.needRestart = List.copyOf(needRestart);
      whenRead.accept(next);
      Logging.setLevels(next.logLevel());
      hookSecrets = next.hooks().secrets();
      List<GatewaySettings> gateways =
          next.gateways().stream()
              .map(each -> Settings.with(each, "tracing", running.tracing()))
              .toList();
      Result result = components.follow(gateways, running.drainTimeout(), needRestart);
      tell(result);
      return result;
    } catch (ConfigurationException e) {
      log.error("reload: nothing changed: the configuration has problems");
      e.problems().forEach(problem -> log.error("reload: {}", problem));
      throw e;
    }
  }

  /**
   * Replaces the credentials. With none at all, or with the first ones, the server must restart.
   */
  private void takeCredentials(@Nullable ApiCredentials next, List<String> needRestart) {
    if ((next == null) != (credentials == null)) {
      needRestart.add("api_token_file");
    } else {
      credentials = next;
    }
  }

  private void takeCertificate(@Nullable ClientCertificate next, List<String> needRestart) {
    if ((next == null) != (certificate == null)) {
      needRestart.add("http_tls_cert");
    } else {
      certificate = next;
    }
  }

  private static void tell(Result result) {
    log.info(
        "reload: {}",
        result.components().entrySet().stream()
            .map(each -> each.getKey() + " " + each.getValue().name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", ")));
    if (!result.needRestart().isEmpty()) {
      log.warn(
          "reload: {} changed in the configuration; the change takes effect when the "
              + "process is restarted",
          String.join(", ", result.needRestart()));
    }
  }

  @Override
  public void close() {
    started.complete(null);
    thread.dispose();
  }
}
