package io.stanzahook.sandbox;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The smallest webhook that answers: it returns the body of a message in a question. A message
 * without a body gets no reply. It takes messages alone and in batches.
 */
public final class EchoWebhook {
  /** The largest request taken, in bytes: of {@code --batch-bytes}. */
  private static final int MAX_REQUEST = 64 * 1024 * 1024;

  private final JsonFactory json = new JsonFactory();
  private @Nullable DisposableServer server;

  private EchoWebhook() {}

  /**
   * Listens on a free port of the loopback interface.
   *
   * @param loops the event loops for its connections; not disposed of here
   */
  public static Mono<EchoWebhook> start(LoopResources loops) {
    return Mono.defer(
        () -> {
          EchoWebhook started = new EchoWebhook();
          return HttpServer.create()
              .runOn(loops)
              .host(ComponentServerSettings.LOOPBACK)
              .port(0)
              .handle(started::answer)
              .bind()
              .map(
                  bound -> {
                    started.server = bound;
                    return started;
                  });
        });
  }

  /** Where it is to be POSTed to. */
  public String url() {
    DisposableServer bound = server;
    return "http://%s:%d/"
        .formatted(ComponentServerSettings.LOOPBACK, bound == null ? 0 : bound.port());
  }

  /** Stops listening. */
  public Mono<Void> stop() {
    return Mono.defer(
        () -> {
          DisposableServer bound = server;
          if (bound == null) {
            return Mono.<Void>empty();
          }
          bound.dispose();
          return bound.onDispose();
        });
  }

  private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    // Null for one that is no number or too large for it; the gateway always sends one.
    Integer length = request.requestHeaders().getInt(HttpHeaderNames.CONTENT_LENGTH);
    if (length == null || length > MAX_REQUEST) {
      return response.status(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE).send();
    }
    return request
        .receive()
        .aggregate()
        .map(body -> reply(body, response.alloc()))
        .filter(ByteBuf::isReadable)
        .flatMap(reply -> send(reply, response).thenReturn(true))
        .onErrorResume(
            JacksonException.class, error -> without(HttpResponseStatus.BAD_REQUEST, response))
        .switchIfEmpty(Mono.defer(() -> without(HttpResponseStatus.NO_CONTENT, response)))
        .then();
  }

  /** A response without a body. */
  private static Mono<Boolean> without(HttpResponseStatus status, HttpServerResponse response) {
    return response.status(status).send().thenReturn(true);
  }

  private static Mono<Void> send(ByteBuf reply, HttpServerResponse response) {
    return response
        .header(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
        .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(reply.readableBytes()))
        .sendObject(reply)
        .then();
  }

  /** The response's body; empty for no reply. */
  private ByteBuf reply(ByteBuf request, ByteBufAllocator allocator) {
    ByteBuf reply = allocator.buffer();
    OutputStream target = new ByteBufOutputStream(reply);
    InputStream source = new ByteBufInputStream(request);
    try (JsonParser in = json.createParser(ObjectReadContext.empty(), source);
        JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), target)) {
      if (in.nextToken() == JsonToken.START_ARRAY) {
        answerEach(in, out);
      } else {
        String body = body(in);
        if (body != null) {
          write(out, body);
        }
      }
    } catch (RuntimeException | Error e) {
      reply.release();
      throw e;
    }
    if (!reply.isReadable()) {
      reply.release();
      return Unpooled.EMPTY_BUFFER;
    }
    return reply;
  }

  private static void answerEach(JsonParser in, JsonGenerator out) {
    JsonToken first = in.nextToken();
    if (first != JsonToken.START_OBJECT) {
      return;
    }
    out.writeStartArray();
    for (JsonToken token = first; token == JsonToken.START_OBJECT; token = in.nextToken()) {
      String body = body(in);
      if (body == null) {
        out.writeNull();
      } else {
        write(out, body);
      }
    }
    out.writeEndArray();
  }

  private static void write(JsonGenerator out, String body) {
    out.writeStartObject();
    out.writeName("body");
    out.writeString("Did you say " + body + "?");
    out.writeEndObject();
  }

  /** Of the object at hand, which is then read to its end; null without one. */
  private static @Nullable String body(JsonParser in) {
    String body = null;
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean wanted = in.currentName().equals("body");
      if (in.nextToken() == JsonToken.VALUE_STRING && wanted) {
        body = in.getString();
      }
      in.skipChildren();
    }
    return body;
  }
}
