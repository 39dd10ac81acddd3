package io.stanzahook.webhook;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.stanzahook.signing.RequestSigner;
import io.stanzahook.stanza.Stanza;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A request to the webhook as somebody else may make it, to see what the webhook does.
 *
 * @param headers those that matter to a webhook, in their order
 */
public record RequestCopy(String url, List<Map.Entry<String, String>> headers, String body) {
  public RequestCopy {
    headers = List.copyOf(headers);
  }

  /**
   * The request of a stanza's first attempt.
   *
   * @param at its timestamp, which webhooks that verify signatures accept for some minutes
   * @param signed whether to sign it, if the settings have keys
   */
  public static RequestCopy of(
      WebhookSettings settings, Stanza stanza, String webhookId, Instant at, boolean signed) {
    UrlTemplate url = settings.urls(stanza.kind()).get(0);
    String timestamp = Long.toString(at.getEpochSecond());
    ByteBuf body = settings.format().writer().write(stanza, ByteBufAllocator.DEFAULT);
    try {
      List<Map.Entry<String, String>> headers = new ArrayList<>();
      headers.add(Map.entry("content-type", settings.format().contentType()));
      headers.add(Map.entry("webhook-id", webhookId));
      headers.add(Map.entry("webhook-timestamp", timestamp));
      headers.add(Map.entry("webhook-attempt", "1"));
      RequestSigner signer = signed ? RequestSigner.of(settings.signingKeys()) : null;
      if (signer != null) {
        headers.add(Map.entry("webhook-signature", signer.sign(webhookId, timestamp, body)));
      }
      headers.addAll(settings.headers());
      return new RequestCopy(
          url + url.path(stanza), headers, body.toString(StandardCharsets.UTF_8));
    } finally {
      body.release();
    }
  }
}
