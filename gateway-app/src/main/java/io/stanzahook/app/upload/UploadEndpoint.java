package io.stanzahook.app.upload;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Reply;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.Route;
import io.stanzahook.app.logging.LogText;
import io.stanzahook.app.send.Receiver;
import io.stanzahook.app.send.Sender;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;

/**
 * {@code POST /upload/{jid}?name=F}: stores a file at the server's upload service (XEP-0363) and
 * sends its link. The body is streamed, and nothing of it is read before the service has said that
 * it takes a file of that size.
 */
public final class UploadEndpoint implements Route.Handler {
  static final String PATH = "/upload";

  /** Characters of a file's name. */
  static final int MAX_NAME = 200;

  private static final String OOB = "jabber:x:oob";
  private static final String BINARY = "application/octet-stream";
  private static final Logger log = LoggerFactory.getLogger(UploadEndpoint.class);

  private final Sender sender;
  private final UploadService uploads;

  /** Sends links with this sender. */
  public UploadEndpoint(Sender sender) {
    this.sender = sender;
    this.uploads = new UploadService(HttpClient.newConnection());
  }

  /** Its route. */
  public Route route() {
    return Route.sending(PATH, false, Route.PLAIN, this, HttpMethod.POST, HttpMethod.PUT)
        .withBody(Route.STREAMED);
  }

  @Override
  public Mono<Reply> answer(Request request) throws ApiException {
    sender.admit(request);
    String name = name(request);
    long size = size(request);
    String type = request.http().requestHeaders().get(HttpHeaderNames.CONTENT_TYPE);
    // A caller who may not send the link may not store a file either.
    Sender.Outgoing checked = sender.check(request, message(request, "https://x.invalid/"));
    Jid service = service(request);
    long start = System.nanoTime();
    UploadService.File file = new UploadService.File(name, size, type == null ? BINARY : type);
    return sender
        .uploading(
            checked,
            uploads
                .slot(checked.gateway(), service, file)
                .flatMap(slot -> uploads.put(slot, file, content(request)).thenReturn(slot.get())))
        .flatMap(
            url ->
                Mono.fromCallable(() -> sender.check(request, message(request, url)))
                    .flatMap(sender::say)
                    // The file is stored: another node cannot do it again.
                    .onErrorMap(
                        ApiException.class,
                        e -> e.elsewhere() == null ? e : ApiException.away(e.text()))
                    .then(
                        Mono.fromCallable(
                            () -> {
                              log.info(
                                  "{}: uploaded {}, {} bytes in {} ms, and sent the link to {}",
                                  checked.domain(),
                                  LogText.of(name),
                                  size,
                                  (System.nanoTime() - start) / 1_000_000,
                                  LogText.of(checked.stanza().to().toString()));
                              return Reply.json(201, json -> json.writeStringProperty("url", url));
                            })));
  }

  private static ByteBufFlux content(Request request) {
    return ByteBufFlux.fromInbound(request.http().receive().retain());
  }

  private static String name(Request request) throws ApiException {
    String name = request.last("name");
    if (name == null || name.isBlank()) {
      throw ApiException.unusable("the file has no name: add ?name=picture.png");
    }
    if (name.length() > MAX_NAME
        || name.chars().anyMatch(c -> Character.isISOControl(c) || c == '/' || c == '\\')) {
      throw ApiException.unusable(
          "'name' must have at most %d characters, and no slashes".formatted(MAX_NAME));
    }
    return name;
  }

  private static long size(Request request) throws ApiException {
    String length = request.http().requestHeaders().get(HttpHeaderNames.CONTENT_LENGTH);
    if (length == null || !length.matches("\\d{1,15}")) {
      throw ApiException.ofStatus(
          411, "say how large the file is: send it with Content-Length, not in chunks");
    }
    long size = Long.parseLong(length);
    if (size == 0) {
      throw ApiException.unusable("the file is empty");
    }
    return size;
  }

  private static @Nullable Jid service(Request request) throws ApiException {
    String given = request.last("service");
    Jid service = given == null ? null : Jid.parse(given);
    if (given != null && service == null) {
      throw ApiException.unusable("'service' is not a JID, such as upload.example.org");
    }
    return service;
  }

  private static XmlElement message(Request request, String url) throws ApiException {
    String to = request.below(PATH);
    if (to.isEmpty()) {
      throw ApiException.unusable("nobody to send it to: name them in the path, /upload/user@host");
    }
    String type = request.last("type");
    if (type != null && !type.equals("chat") && !type.equals("groupchat")) {
      throw ApiException.unusable("'type' is neither chat nor groupchat");
    }
    XmlElement oob = XmlElement.builder(OOB, "x").textChild(OOB, "url", url).build();
    // The text is the address, because clients show a picture only then.
    return XmlElement.builder(Namespaces.COMPONENT, StanzaKind.MESSAGE.elementName())
        .attribute("to", Receiver.withHost(to))
        .attribute("from", request.last("from"))
        .attribute("type", type == null ? "chat" : type)
        .textChild(Namespaces.COMPONENT, "body", url)
        .child(oob)
        .build();
  }
}
