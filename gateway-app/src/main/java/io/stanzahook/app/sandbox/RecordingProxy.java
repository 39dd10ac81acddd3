package io.stanzahook.app.sandbox;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.stanzahook.net.SocketErrors;
import io.stanzahook.sandbox.ComponentServerSettings;
import io.stanzahook.webhook.UrlTemplate;
import io.stanzahook.webhook.WebhookSettings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.FutureMono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * A proxy between the gateway and the webhook. It forwards requests and responses unchanged, and
 * records them. So the transcript shows what went over the wire, not what the gateway thinks.
 *
 * <p>If the webhook cannot be reached, it answers 502 instead, which means the same to the gateway
 * as a failed connection.
 */
final class RecordingProxy {
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  /** Headers of a connection, not of the message. Each side of the proxy has its own. */
  private static final Set<String> HOP_BY_HOP =
      Set.of("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade");

  /** The webhook of the start. */
  private final Target first;

  private final int maxRequest;
  private final int maxResponse;
  private final Recording recording;
  private final ConnectionProvider connections;
  private final HttpClient client;
  private final DisposableServer server;

  /** Where requests go now. */
  private volatile Target target;

  /** Why the webhook gave no response to the last call; null if it gave one. */
  private volatile @Nullable String unreached;

  /**
   * Where requests go.
   *
   * @param path and query of all of them; null for those that the gateway asks for
   * @param client for this scheme
   */
  private record Target(String origin, @Nullable String path, HttpClient client) {}

  /** A response, up to the length that somebody reads. */
  private record Response(HttpClientResponse head, ByteArrayOutputStream body, boolean cut) {}

  /**
   * Listens on a free port of the loopback interface. It waits for that, so it must not run on an
   * event loop.
   *
   * @param target the webhook, as configured
   * @param maxRequest the maximum size of a request, in bytes
   * @param loops not disposed of here
   */
  RecordingProxy(WebhookSettings target, int maxRequest, LoopResources loops, Recording recording) {
    this.maxRequest = maxRequest;
    this.maxResponse = target.maxResponse();
    this.recording = recording;
    this.connections = ConnectionProvider.create("sandbox-proxy", target.maxConnections());
    this.client =
        HttpClient.create(connections)
            .runOn(loops)
            .disableRetry(true)
            .followRedirect(false)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS);
    this.first = target(client, origin(target.postUrl().text()), null);
    this.target = first;
    this.server =
        HttpServer.create()
            .runOn(loops)
            .host(ComponentServerSettings.LOOPBACK)
            .port(0)
            .handle(this::pass)
            .bindNow();
  }

  /** Told so, the client does not load the hundreds of classes of TLS. */
  private static Target target(HttpClient any, String origin, @Nullable String path) {
    return new Target(origin, path, origin.startsWith("https") ? any : any.noSSL());
  }

  /**
   * Forwards to another webhook from now on.
   *
   * @param url null for the one of the start
   * @throws IllegalArgumentException saying what is wrong with it
   */
  void call(@Nullable String url) {
    if (url == null) {
      target = first;
      return;
    }
    UrlTemplate other = UrlTemplate.parse(url);
    String path = other.constantPath();
    if (path == null) {
      throw new IllegalArgumentException(
          "the URL has a placeholder in braces: start the sandbox again with it as --post-url");
    }
    target = target(client, other.toString(), path);
  }

  /** The webhook in place of the one of the start; null for that. */
  @Nullable String other() {
    Target now = target;
    return now.path() == null ? null : now.origin() + now.path();
  }

  /** The part of the URL before the path. */
  private static String origin(String url) {
    String origin = url.substring(0, pathOf(url));
    int scheme = origin.indexOf(':');
    return origin.substring(0, scheme).toLowerCase(Locale.ROOT) + origin.substring(scheme);
  }

  private static int pathOf(String url) {
    for (int i = url.indexOf("//") + 2; i < url.length(); i++) {
      if ("/?".indexOf(url.charAt(i)) >= 0) {
        return i;
      }
    }
    return url.length();
  }

  /**
   * The URL for the gateway: it leads to this proxy, with the path and placeholders of the
   * webhook's URL.
   */
  String url(String postUrl) {
    return "http://%s:%d%s"
        .formatted(
            ComponentServerSettings.LOOPBACK, server.port(), postUrl.substring(pathOf(postUrl)));
  }

  /**
   * The text, with the address of the webhook in place of the proxy's. If the webhook cannot be
   * reached, the text says so in place of the 502 of the proxy.
   */
  String shown(String text) {
    String own = "http://%s:%d".formatted(ComponentServerSettings.LOOPBACK, server.port());
    if (!text.contains(own)) {
      return text;
    }
    Target now = target;
    String why = unreached;
    if (why != null && text.contains(" 502")) {
      return now.origin() + ": " + why;
    }
    String path = now.path();
    return path == null
        ? text.replace(own, now.origin())
        : Pattern.compile(Pattern.quote(own) + "([/?][^\\s'\"]*)?")
            .matcher(text)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(now.origin() + (found.group(1) == null ? "" : path)));
  }

  void close() {
    server.dispose();
    connections.dispose();
  }

  private Mono<Void> pass(HttpServerRequest request, HttpServerResponse response) {
    Integer length = request.requestHeaders().getInt(HttpHeaderNames.CONTENT_LENGTH);
    if (length == null || length > maxRequest) {
      return response.status(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE).send();
    }
    AtomicReference<Connection> gateway = new AtomicReference<>();
    request.withConnection(gateway::set);
    return request
        .receive()
        .aggregate()
        .asByteArray()
        .defaultIfEmpty(new byte[0])
        .flatMap(body -> pass(request, body, response, Objects.requireNonNull(gateway.get())));
  }

  private Mono<Void> pass(
      HttpServerRequest request, byte[] body, HttpServerResponse response, Connection gateway) {
    Target to = target;
    String origin = to.origin();
    String url = origin + (to.path() == null ? request.uri() : to.path());
    HttpHeaders headers = request.requestHeaders().copy();
    headers.set(HttpHeaderNames.HOST, origin.substring(origin.indexOf("//") + 2));
    HOP_BY_HOP.forEach(headers::remove);
    Recording.Call call =
        recording.posted(
            new Step.Posted(request.method().name(), url, entries(headers), text(body)));
    long sent = System.nanoTime();
    Mono<Void> exchange =
        to.client()
            .headers(copy -> copy.set(headers))
            .request(request.method())
            .uri(url)
            .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
            .response((head, content) -> collect(head, content))
            .single()
            .flatMap(
                answer -> {
                  unreached = null;
                  call.responded(step(answer, System.nanoTime() - sent));
                  return answer(answer, response);
                })
            .onErrorResume(
                error -> {
                  String why = Transcript.line(SocketErrors.text(error), error);
                  unreached = why;
                  call.unanswered(new Step.Unanswered(why, System.nanoTime() - sent));
                  return response.status(HttpResponseStatus.BAD_GATEWAY).send();
                });
    Mono<Void> left =
        FutureMono.from(gateway.channel().closeFuture())
            .doOnSuccess(
                closed ->
                    call.unanswered(
                        new Step.Unanswered(
                            "the gateway stopped waiting", System.nanoTime() - sent)));
    return Mono.firstWithSignal(exchange, left);
  }

  private Mono<Response> collect(HttpClientResponse head, ByteBufFlux content) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    // One byte too many is enough for the gateway to refuse it; no more is ever kept.
    return content
        .doOnNext(part -> body.writeBytes(bytes(part, maxResponse + 1 - body.size())))
        .takeUntil(part -> body.size() > maxResponse)
        .then(Mono.fromSupplier(() -> new Response(head, body, body.size() > maxResponse)));
  }

  private static byte[] bytes(ByteBuf part, int most) {
    return ByteBufUtil.getBytes(
        part, part.readerIndex(), Math.max(0, Math.min(part.readableBytes(), most)));
  }

  private static Step.Responded step(Response response, long nanos) {
    HttpResponseStatus status = response.head().status();
    return new Step.Responded(
        status.code(),
        status.reasonPhrase(),
        entries(response.head().responseHeaders()),
        text(response.body().toByteArray()),
        response.cut(),
        nanos);
  }

  private static Mono<Void> answer(Response answer, HttpServerResponse response) {
    HttpHeaders headers = answer.head().responseHeaders().copy();
    HOP_BY_HOP.forEach(headers::remove);
    headers.remove(HttpHeaderNames.CONTENT_LENGTH);
    response.status(answer.head().status()).headers(headers);
    if (answer.body().size() == 0) {
      return response.send();
    }
    return response
        .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(answer.body().size()))
        .sendObject(Unpooled.wrappedBuffer(answer.body().toByteArray()))
        .then();
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static List<Map.Entry<String, String>> entries(HttpHeaders headers) {
    List<Map.Entry<String, String>> entries = new ArrayList<>();
    headers.forEach(header -> entries.add(Map.entry(header.getKey(), header.getValue())));
    return entries;
  }
}
