package io.stanzahook.app.hooks;

import io.netty.handler.codec.http.HttpHeaders;
import io.stanzahook.app.credentials.ApiCaller;
import io.stanzahook.app.credentials.HookSecrets;
import io.stanzahook.app.http.Signatures;
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
public final class HookSignatures implements Signatures {
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

  /**
   * Verifies with the secrets that are known at the time.
   *
   * @param secrets null if there are none
   */
  public HookSignatures(Supplier<@Nullable HookSecrets> secrets, InstantSource clock) {
    this.secrets = secrets;
    this.replays = new Replays(clock);
  }

  @Override
  public boolean isFor(String path) {
    HookSecrets known = secrets.get();
    return known != null && known.has(HookEndpoint.format(path));
  }

  @Override
  public boolean isSigned(HttpServerRequest request, String path) {
    HttpHeaders headers = request.requestHeaders();
    return (headers.contains(STANDARD) || headers.contains(HUB) || headers.contains(TOKEN))
        && isFor(path);
  }

  @Override
  public boolean begin() {
    if (unverified.incrementAndGet() <= MAX_UNVERIFIED) {
      return true;
    }
    unverified.decrementAndGet();
    return false;
  }

  @Override
  public void end() {
    unverified.decrementAndGet();
  }

  @Override
  public Verdict verify(HttpServerRequest request, String path, byte[] body) {
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
