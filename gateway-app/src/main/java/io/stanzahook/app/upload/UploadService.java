package io.stanzahook.app.upload;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.NetUtil;
import io.stanzahook.Gateway;
import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.send.StanzaErrors;
import io.stanzahook.query.QueryFailedException;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlException;
import io.stanzahook.xml.XmlLimits;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/**
 * The upload service of a component's server (XEP-0363). It is found by service discovery and
 * remembered. It gives a slot, and then takes the file.
 */
final class UploadService {
  /** How long a found service is remembered. */
  static final Duration REMEMBERED = Duration.ofHours(1);

  /** Services that discovery asks, at most. */
  static final int MAX_ASKED = 30;

  /** How long each answer of the server may take. */
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** How long the transfer of a file may pause. */
  private static final Duration IDLE = Duration.ofMinutes(1);

  private static final String UPLOAD = "urn:xmpp:http:upload:0";
  private static final String FORM = "jabber:x:data";

  /** The headers that a service may ask for (XEP-0363, 5). */
  private static final Set<String> HEADERS = Set.of("authorization", "cookie", "expires");

  private final HttpClient client;

  /** By the component's domain, or by the service that the request names. */
  private final ConcurrentMap<String, Found> found = new ConcurrentHashMap<>();

  /**
   * A service.
   *
   * @param most bytes that it takes; 0 if it does not say
   */
  private record Found(Jid service, long most, long at) {}

  /** The file to store. */
  record File(String name, long size, String type) {}

  /** The place that the service gives to a file. */
  record Slot(URI put, Map<String, String> headers, String get) {}

  UploadService(HttpClient client) {
    this.client = client.responseTimeout(IDLE).followRedirect(false);
  }

  /**
   * Asks for a slot.
   *
   * @param named the service; null to look for it
   * @return ends with {@link ApiException}
   */
  Mono<Slot> slot(Gateway gateway, @Nullable Jid named, File file) {
    Jid self = Jid.of(gateway.settings().component().domain());
    return service(gateway, self, named)
        .flatMap(
            service -> {
              if (service.most() > 0 && file.size() > service.most()) {
                return Mono.error(
                    ApiException.tooLarge(
                        "the file has %d bytes, and %s takes %d at most"
                            .formatted(file.size(), service.service(), service.most())));
              }
              XmlElement request =
                  XmlElement.builder(UPLOAD, "request")
                      .attribute("filename", file.name())
                      .attribute("size", Long.toString(file.size()))
                      .attribute("content-type", file.type())
                      .build();
              return ask(gateway, self, service.service(), request)
                  .flatMap(answer -> slot(service.service(), answer));
            });
  }

  private Mono<Found> service(Gateway gateway, Jid self, @Nullable Jid named) {
    String key = named == null ? self.toString() : self + " " + named;
    Found known = found.get(key);
    if (known != null && System.nanoTime() - known.at() < REMEMBERED.toNanos()) {
      return Mono.just(known);
    }
    Flux<Jid> candidates = named != null ? Flux.just(named) : candidates(gateway, self);
    return candidates
        .flatMap(each -> look(gateway, self, each).onErrorResume(e -> Mono.empty()))
        // A service that does not answer does not delay the others.
        .next()
        .doOnNext(service -> found.put(key, service))
        .switchIfEmpty(
            Mono.error(
                () ->
                    ApiException.notFound(
                        "the server has no upload service (XEP-0363) that answers %s; name one with ?service="
                            .formatted(self))));
  }

  /**
   * The domain of the server is that of the component without its first part. It lists services.
   */
  private Flux<Jid> candidates(Gateway gateway, Jid self) {
    int dot = self.domain().indexOf('.');
    Jid server = dot < 0 ? null : Jid.parse(self.domain().substring(dot + 1));
    if (server == null) {
      return Flux.empty();
    }
    return ask(gateway, self, server, XmlElement.empty(Namespaces.DISCO_ITEMS, "query"))
        .flatMapIterable(
            answer -> {
              List<Jid> all = new ArrayList<>();
              all.add(server);
              XmlElement items = answer.child(Namespaces.DISCO_ITEMS, "query");
              for (XmlElement item : items == null ? List.<XmlElement>of() : items.elements()) {
                Jid jid = Jid.parse(item.attribute("jid"));
                if (jid != null
                    && jid.isDomain()
                    && !jid.hasDomain(self.domain())
                    && all.size() < MAX_ASKED) {
                  all.add(jid);
                }
              }
              return all;
            });
  }

  private Mono<Found> look(Gateway gateway, Jid self, Jid candidate) {
    return ask(gateway, self, candidate, XmlElement.empty(Namespaces.DISCO_INFO, "query"))
        .flatMap(
            answer -> {
              XmlElement info = answer.child(Namespaces.DISCO_INFO, "query");
              if (info == null
                  || info.elements().stream()
                      .noneMatch(each -> UPLOAD.equals(each.attribute("var")))) {
                return Mono.empty();
              }
              return Mono.just(new Found(candidate, most(info), System.nanoTime()));
            });
  }

  private static long most(XmlElement info) {
    for (XmlElement form : info.elements()) {
      for (XmlElement field : form.is(FORM, "x") ? form.elements() : List.<XmlElement>of()) {
        XmlElement value = field.child(FORM, "value");
        if ("max-file-size".equals(field.attribute("var"))
            && value != null
            && value.text().strip().matches("\\d{1,15}")) {
          return Long.parseLong(value.text().strip());
        }
      }
    }
    return 0;
  }

  private static Mono<XmlElement> ask(Gateway gateway, Jid self, Jid to, XmlElement payload) {
    return gateway
        .ask(
            OutboundStanza.of(
                OutboundStanza.builder(StanzaKind.IQ, to, self)
                    .attribute("type", "get")
                    .child(payload)
                    .build()),
            ANSWER)
        .onErrorMap(
            QueryFailedException.class,
            e -> ApiException.timeout("%s does not answer: %s".formatted(to, e.getMessage())))
        .flatMap(answers -> read(to, answers.get(answers.size() - 1)));
  }

  private static Mono<XmlElement> read(Jid from, Stanza answer) {
    try {
      XmlElement iq = answer.xml().parse(XmlLimits.INBOUND);
      return answer.isError()
          ? Mono.error(StanzaErrors.refused("%s refuses the file".formatted(from), iq))
          : Mono.just(iq);
    } catch (XmlException e) {
      return Mono.error(ApiException.timeout("the answer of %s is too large".formatted(from)));
    }
  }

  private static Mono<Slot> slot(Jid service, XmlElement answer) {
    XmlElement slot = answer.child(UPLOAD, "slot");
    XmlElement put = slot == null ? null : slot.child(UPLOAD, "put");
    XmlElement get = slot == null ? null : slot.child(UPLOAD, "get");
    String to = put == null ? null : put.attribute("url");
    String link = get == null ? null : get.attribute("url");
    URI url = to == null ? null : allowed(to);
    if (put == null || url == null || link == null) {
      return Mono.error(
          ApiException.badGateway(
              "%s gives no place for the file: it must be an https URL, or http to this machine"
                  .formatted(service)));
    }
    Map<String, String> headers = new LinkedHashMap<>();
    for (XmlElement header : put.elements()) {
      String name = header.attribute("name");
      if (name != null && HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
        // XEP-0363, 5: without line ends.
        headers.put(name, header.text().replaceAll("[\\r\\n]", ""));
      }
    }
    return Mono.just(new Slot(url, headers, link));
  }

  /** https, or http to this machine's loopback. */
  private static @Nullable URI allowed(String text) {
    try {
      URI url = new URI(text);
      String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
      String host = url.getHost();
      if (host == null) {
        return null;
      }
      byte[] address = NetUtil.createByteArrayFromIpAddressString(host.replaceAll("[\\[\\]]", ""));
      boolean loopback =
          host.equalsIgnoreCase("localhost")
              || (address != null && InetAddress.getByAddress(address).isLoopbackAddress());
      return scheme.equals("https") || (scheme.equals("http") && loopback) ? url : null;
    } catch (URISyntaxException | UnknownHostException e) {
      return null;
    }
  }

  /** Stores it, part for part as it comes. */
  Mono<Void> put(Slot slot, File file, Publisher<? extends ByteBuf> content) {
    return client
        .headers(
            headers -> {
              slot.headers().forEach(headers::set);
              headers.set(HttpHeaderNames.CONTENT_TYPE, file.type());
              headers.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(file.size()));
            })
        .put()
        .uri(slot.put())
        .send(content)
        .responseSingle(
            (response, body) -> {
              int status = response.status().code();
              return status == 200 || status == 201
                  ? Mono.just(status)
                  : Mono.error(
                      ApiException.badGateway(
                          "the upload service answered %d to the file".formatted(status)));
            })
        .onErrorMap(
            e -> !(e instanceof ApiException),
            e ->
                ApiException.badGateway(
                    "the file did not reach the upload service: %s"
                        .formatted(
                            e.getMessage() == null
                                ? e.getClass().getSimpleName()
                                : e.getMessage())))
        .then();
  }
}
