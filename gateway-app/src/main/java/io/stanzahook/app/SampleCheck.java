package io.stanzahook.app;

import io.stanzahook.app.Finding.Result;
import io.stanzahook.app.logging.Flags;
import io.stanzahook.app.logging.Visible;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.DroppedReply;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.settings.Settings;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.Message;
import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.PayloadName;
import io.stanzahook.stanza.Stanza;
import io.stanzahook.stanza.StanzaHeader;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stanza.StanzaXml;
import io.stanzahook.webhook.WebhookProbe;
import io.stanzahook.webhook.WebhookSettings;
import io.stanzahook.xml.XmlElement;
import io.stanzahook.xml.XmlWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** POSTs one sample message, and shows what came back and what its sender would have been told. */
final class SampleCheck {
  private static final String SUBJECT = "sample";

  /** Tells a webhook that nobody waits for this one. */
  private static final String TEST_HEADER = "webhook-test";

  /** Characters that are shown of a body at most, and headers. */
  private static final int MAX_BODY = 2000;

  private static final int MAX_HEADERS = 50;

  private static final Duration MORE = Duration.ofSeconds(2);

  private SampleCheck() {}

  /**
   * Sends one.
   *
   * @param batched whether it is sent as a batch of one
   */
  static Finding run(
      WebhookSettings settings, boolean batched, String domain, LoopResources loops) {
    Stanza sample = sample(domain);
    WebhookSettings marked =
        Settings.with(
            settings,
            "post-header",
            Stream.concat(settings.headers().stream(), Stream.of(Map.entry(TEST_HEADER, "true")))
                .toList());
    try (WebhookProbe probe = new WebhookProbe(marked, domain, loops)) {
      String id = "msg_" + random();
      Mono<WebhookProbe.Sample> post =
          batched ? probe.post(Batch.of("bat_" + random(), sample, id, 1)) : probe.post(sample, id);
      return judge(
          Objects.requireNonNull(post.block(settings.timeout().plus(MORE))), settings, batched);
    }
  }

  private static String random() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private static Stanza sample(String domain) {
    String from = "check@" + domain;
    String body = "This is a test by 'stanzahook check --post'.";
    XmlElement message =
        OutboundStanza.builder(StanzaKind.MESSAGE, Jid.of(domain), Jid.of(from))
            .attribute("type", "chat")
            .attribute("id", "check")
            .textChild(Namespaces.COMPONENT, "body", body)
            .build();
    return new Message(
        new StanzaHeader(Jid.of(domain), Jid.of(from), "check", "chat", null),
        body,
        null,
        null,
        List.of(new PayloadName(Namespaces.COMPONENT, "body")),
        StanzaXml.of(XmlWriter.write(message)));
  }

  private static Finding judge(
      WebhookProbe.Sample sample, WebhookSettings settings, boolean batched) {
    WebhookProbe.Answer answer = sample.answer();
    List<String> lines = new ArrayList<>();
    if (answer != null) {
      lines.add("status %d (%s)".formatted(answer.status(), answer.way()));
      answer.headers().stream()
          .limit(MAX_HEADERS)
          .forEach(header -> lines.add("%s: %s".formatted(header.getKey(), header.getValue())));
      String body = answer.body();
      lines.add(
          body.isEmpty()
              ? "no body"
              : "body: " + body.substring(0, Math.min(MAX_BODY, body.length())));
    }
    WebhookResult result = sample.result().of(0);
    boolean answered = result instanceof WebhookResult.Answered;
    lines.addAll(told(result));
    if (sample.result() instanceof WebhookResult.AnsweredEach each && each.surplus() != null) {
      lines.add("a part of the response would be dropped: " + each.surplus().detail());
    }
    return new Finding(
        SUBJECT,
        answered ? Result.OK : answer == null ? Result.FAILED : Result.DOUBTFUL,
        "a message was POSTed to %s%s"
            .formatted(settings.postUrl(), batched ? ", in an array of one (--batch)" : ""),
        lines.stream().map(line -> Visible.of(line.replaceAll("\\R", " "))).toList());
  }

  /** What becomes of it for whoever sent the message. */
  private static List<String> told(WebhookResult result) {
    List<String> lines = new ArrayList<>();
    if (result instanceof WebhookResult.Failed failed) {
      lines.add(Flags.named(failed.detail()));
      lines.add(
          "the sender would be told, unless another attempt succeeds: %s (%s)"
              .formatted(failed.error().text(), failed.error().condition().elementName()));
    } else if (result instanceof WebhookResult.Answered answered) {
      for (OutboundStanza reply : answered.replies()) {
        lines.add("the sender would get: " + XmlWriter.write(reply.element()));
      }
      for (DroppedReply dropped : answered.dropped()) {
        lines.add("a reply would be dropped: " + Flags.named(dropped.detail()));
      }
      if (answered.replies().isEmpty()) {
        lines.add("the sender would be told nothing");
      }
      String hint = answered.hint();
      if (hint != null) {
        lines.add(Flags.named(hint));
      }
    }
    return lines;
  }
}
