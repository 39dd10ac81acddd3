package io.stanzahook.app.interop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A webhook that records what it is sent and answers by a function, each request on a thread. */
final class WebhookServer implements Fixture {
  static {
    // Else the JDK's server holds back each answer for the 40 ms of a delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private static final JsonMapper JSON = new JsonMapper();

  /**
   * What it was sent.
   *
   * @param path as it stood in the request line
   */
  record Request(String path, Map<String, String> headers, String body) {
    JsonNode json() {
      return JSON.readTree(body);
    }

    /** A property's text; empty where the property is absent. */
    String property(String name) {
      return json().path(name).asString("");
    }
  }

  /** What it answers; an empty content type sends none. */
  record Answer(int status, String contentType, String body) {
    /** Closes the connection without an answer. */
    static final Answer CLOSE = new Answer(0, "", "");

    static Answer json(String body) {
      return new Answer(200, "application/json", body);
    }

    /** A reply with this body. */
    static Answer body(String text) {
      return json(JSON.createObjectNode().put("body", text).toString());
    }

    /** A reply with this whole stanza. */
    static Answer stanza(String xml) {
      return json(JSON.createObjectNode().put("stanza", xml).toString());
    }

    static Answer status(int status) {
      return new Answer(status, "", "");
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Function<Request, Answer> function;

  private WebhookServer(int port, Function<Request, Answer> function) {
    this.function = function;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  static WebhookServer answering(Function<Request, Answer> function) {
    return new WebhookServer(0, function);
  }

  /** One at a port that was free. */
  static WebhookServer answering(int port, Function<Request, Answer> function) {
    return new WebhookServer(port, function);
  }

  /** Changes how further requests are answered. */
  void answer(Function<Request, Answer> next) {
    function = next;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, String> headers =
          exchange.getRequestHeaders().entrySet().stream()
              .collect(
                  Collectors.toMap(
                      header -> header.getKey().toLowerCase(java.util.Locale.ROOT),
                      header -> String.join(", ", header.getValue())));
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Request request = new Request(exchange.getRequestURI().getRawPath(), headers, body);
      requests.add(request);
      Answer answer = function.apply(request);
      if (answer.status() == Answer.CLOSE.status()) {
        return;
      }
      if (!answer.contentType().isEmpty()) {
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
      }
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      if (bytes.length > 0) {
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
  }

  /** The requests so far, in order of arrival. */
  List<Request> requests() {
    return List.copyOf(requests);
  }

  @Override
  public String name() {
    return "webhook";
  }

  @Override
  public String log() {
    return requests.stream()
        .map(request -> request.path() + "\n" + request.headers() + "\n" + request.body() + "\n")
        .collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
