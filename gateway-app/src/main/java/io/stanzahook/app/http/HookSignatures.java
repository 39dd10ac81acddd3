package io.stanzahook.app.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.stanzahook.app.credentials.ApiCaller;
import io.stanzahook.app.credentials.HookSecrets;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Finds the senders of signed hooks, which carry no credentials: GitHub's and Gitea's {@code
 * X-Hub-Signature-256}, GitLab's {@code X-Gitlab-Token}, Standard Webhooks. If the format has a
 * secret, a request with such a header needs a right signature.
 *
 * <p>Any thread may call it.
 */
final class HookSignatures {
  /** The maximum number of signed requests whose bodies are read before the sender is known. */
  static final int MAX_UNVERIFIED = 64;

  private static final String HUB = "X-Hub-Signature-256";
  private static final String TOKEN = "X-Gitlab-Token";
  private static final String STANDARD = "webhook-signature";
  private static final String ID = "webhook-id";
  private static final String TIMESTAMP = "webhook-timestamp";

  private final Supplier<@Nullable HookSecrets> secrets;
  private final Replays replays;
  private final AtomicInteger unverified = new AtomicInteger();

  /** What a signature proves. */
  sealed interface Verdict {}

  /**
   * Who signed it.
   *
   * @param forget must be called if the request is refused later, so that it may be sent again
   */
  record Proven(ApiCaller caller, Runnable forget) implements Verdict {}

  /**
   * The signature does not allow the request.
   *
   * @param caller who signed it; null if the signature is wrong
   * @param reason as in the metrics
   * @param remedy for the log
   */
  record Refused(int status, @Nullable ApiCaller caller, String reason, String why, String remedy)
      implements Verdict {}

  /**
   * Verifies with the secrets that are known at the time.
   *
   * @param secrets null if there are none
   */
  HookSignatures(Supplier<@Nullable HookSecrets> secrets, InstantSource clock) {
    this.secrets = secrets;
    this.replays = new Replays(clock);
  }

  /** Whether requests to this path may be signed, because their format has a secret. */
  boolean isFor(String path) {
    HookSecrets known = secrets.get();
    return known != null && known.has(HookEndpoint.format(path));
  }

  /** Whether the request has a signature that decides about it. */
  boolean isSigned(HttpServerRequest request, String path) {
    HttpHeaders headers = request.requestHeaders();
    return (headers.contains(STANDARD) || headers.contains(HUB) || headers.contains(TOKEN))
        && isFor(path);
  }

  /** Takes a place for a body from an unknown sender; false if there is none left. */
  boolean begin() {
    if (unverified.incrementAndGet() <= MAX_UNVERIFIED) {
      return true;
    }
    unverified.decrementAndGet();
    return false;
  }

  /** Gives the place back. */
  void end() {
    unverified.decrementAndGet();
  }

  /** Finds out who signed the request. */
  Verdict verify(HttpServerRequest request, String path, byte[] body) {
    HookSecrets known = secrets.get();
    String format = HookEndpoint.format(path);
    HttpHeaders headers = request.requestHeaders();
    String standard = headers.get(STANDARD);
    String hub = headers.get(HUB);
    String token = headers.get(TOKEN);
    if (known == null) {
      return unproven("a signature", format);
    }
    if (standard != null && (known.hasStandard(format) || (hub == null && token == null))) {
      return standard(known, format, headers, standard, body);
    }
    ApiCaller caller =
        hub != null
            ? known.ofHub(format, hub, body)
            : token == null ? null : known.ofToken(format, token);
    return caller == null
        ? unproven(hub == null ? TOKEN : HUB, format)
        : new Proven(caller, () -> {});
  }

  private Verdict standard(
      HookSecrets known, String format, HttpHeaders headers, String signatures, byte[] body) {
    String id = headers.get(ID, "");
    String time = headers.get(TIMESTAMP, "");
    if (id.isEmpty() || !time.matches("\\d{1,12}")) {
      return new Refused(
          401,
          null,
          "signature",
          STANDARD + " needs " + ID + " and " + TIMESTAMP + " in seconds",
          "send all three headers, as Standard Webhooks demands");
    }
    ApiCaller caller = known.ofStandard(format, id, time, signatures, body);
    if (caller == null) {
      return unproven(STANDARD, format);
    }
    long timestamp = Long.parseLong(time);
    if (!replays.isInWindow(timestamp)) {
      return new Refused(
          401,
          caller,
          "timestamp",
          "%s is more than %d minutes away from the gateway's clock"
              .formatted(TIMESTAMP, Replays.WINDOW.toMinutes()),
          "check both clocks; if both are right, somebody sends an old request again");
    }
    return switch (replays.take(format, id, timestamp)) {
      case TAKEN -> new Proven(caller, () -> replays.forget(format, id));
      case SEEN ->
          new Refused(
              401,
              caller,
              "replay",
              "a request with this %s was accepted already".formatted(ID),
              "the sender may have missed the first response; otherwise somebody else sent it again");
      case FULL ->
          new Refused(
              503,
              caller,
              "replay",
              "too many signed requests arrived within minutes, and their ids cannot all be remembered",
              "send fewer requests");
    };
  }

  private static Refused unproven(String what, String format) {
    return new Refused(
        401,
        null,
        "signature",
        what + " does not match any secret for '" + format + "' in the --hook-secret-file",
        "compare the secret in that file with the sender's, and reload; check that no proxy changes"
            + " the body");
  }
}
