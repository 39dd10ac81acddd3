package io.stanzahook.app;

import io.stanzahook.tls.ServerTrust;
import io.stanzahook.tls.TlsContext;
import io.stanzahook.tls.TrustAdvice;
import io.stanzahook.tls.TrustedCertificates;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the API of a running gateway. For the main thread: it waits. */
final class GatewayApi {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Redelivering many takes a while. */
  private static final Duration ANSWER = Duration.ofMinutes(5);

  private static final TrustAdvice ADVICE =
      new TrustAdvice(
          "check that the file of --ca holds the certificate of the CA that issued it",
          "give the certificate of its CA, or its own if there is none, with --ca",
          "give a name that its certificate carries in --url");

  private final HttpClient client;
  private final String url;
  private final String authorization;

  /** The gateway did not do it. The message is one line for the operator. */
  static final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String line;

    ApiException(String message) {
      super(message);
      line = message;
    }

    /** The message. */
    String line() {
      return line;
    }
  }

  /**
   * A client.
   *
   * @param url of {@code --http-listen}
   * @param credential a token, or user and password with a colon between them
   * @param ca the only CAs that are trusted where the URL is of HTTPS; null for those of the JDK
   */
  GatewayApi(String url, String credential, @Nullable TrustedCertificates ca) {
    this.url = url;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT);
    URI parsed = URI.create(url);
    if ("https".equalsIgnoreCase(parsed.getScheme())) {
      builder.sslContext(TlsContext.jdk(parsed.getHost(), ca, ADVICE));
    }
    this.client = builder.build();
    this.authorization =
        credential.contains(":")
            ? "Basic "
                + Base64.getEncoder().encodeToString(credential.getBytes(StandardCharsets.UTF_8))
            : "Bearer " + credential;
  }

  /**
   * Makes a call and waits for its answer.
   *
   * @throws ApiException unless it is a 200 with JSON
   */
  JsonNode call(String method, String path) throws ApiException {
    HttpResponse<String> response;
    try {
      response =
          client.send(
              HttpRequest.newBuilder(URI.create(url + path))
                  .timeout(ANSWER)
                  .header("Authorization", authorization)
                  .method(method, BodyPublishers.noBody())
                  .build(),
              BodyHandlers.ofString());
    } catch (SSLException e) {
      throw new ApiException("%s is not called: %s".formatted(url, explained(e)));
    } catch (IOException e) {
      throw new ApiException(
          "no gateway answers at %s: %s; is it running, and is this its --http-listen?"
              .formatted(
                  url, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException("interrupted");
    }
    JsonNode answer = json(response);
    if (response.statusCode() != 200) {
      throw new ApiException(
          "the gateway refused (%d): %s"
              .formatted(
                  response.statusCode(),
                  DeadLetterPrinter.printable(answer.path("error").asString("no reason given"))));
    }
    return answer;
  }

  private static String explained(SSLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ServerTrust.Refusal refusal) {
        return refusal.getMessage() + "; " + refusal.advice();
      }
    }
    return String.valueOf(e.getMessage());
  }

  private JsonNode json(HttpResponse<String> response) throws ApiException {
    try {
      JsonNode answer = JSON.readTree(response.body());
      if (answer.isObject()) {
        return answer;
      }
    } catch (JacksonException e) {
      // Falls through.
    }
    throw new ApiException(
        "%s answered with status %d, but it is not a gateway"
            .formatted(url, response.statusCode()));
  }
}
