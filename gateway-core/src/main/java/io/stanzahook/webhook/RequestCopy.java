package io.stanzahook.webhook;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.stanzahook.exchange.Batch;
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
    ByteBuf body = settings.format().writer().write(stanza, ByteBufAllocator.DEFAULT);
    return of(settings, stanza, new Ids(webhookId, 1, 0), body, at, signed);
  }

  /**
   * The request of a batch, as it was made last.
   *
   * @param at as for a stanza alone
   * @param signed as for a stanza alone
   * @throws UnsupportedOperationException if the format has no batches
   */
  public static RequestCopy of(WebhookSettings settings, Batch batch, Instant at, boolean signed) {
    ByteBuf body = settings.format().writer().write(batch, ByteBufAllocator.DEFAULT);
    return of(
        settings,
        batch.stanza(0),
        new Ids(batch.id(), batch.attempt(), batch.size()),
        body,
        at,
        signed);
  }

  /**
   * What identifies a request.
   *
   * @param together the number of stanzas in a batch; 0 without one
   */
  private record Ids(String id, int attempt, int together) {}

  /** Releases the body. */
  private static RequestCopy of(
      WebhookSettings settings, Stanza first, Ids ids, ByteBuf body, Instant at, boolean signed) {
    try {
      UrlTemplate url = settings.urls(first.kind()).get(0);
      String timestamp = Long.toString(at.getEpochSecond());
      List<Map.Entry<String, String>> headers = new ArrayList<>();
      headers.add(Map.entry("content-type", settings.format().contentType()));
      if (ids.together() > 0) {
        headers.add(Map.entry("webhook-batch", Integer.toString(ids.together())));
      }
      headers.add(Map.entry("webhook-id", ids.id()));
      headers.add(Map.entry("webhook-timestamp", timestamp));
      headers.add(Map.entry("webhook-attempt", Integer.toString(ids.attempt())));
      RequestSigner signer = signed ? RequestSigner.of(settings.signingKeys()) : null;
      if (signer != null) {
        headers.add(Map.entry("webhook-signature", signer.sign(ids.id(), timestamp, body)));
      }
      headers.addAll(settings.headers());
      return new RequestCopy(url + url.path(first), headers, body.toString(StandardCharsets.UTF_8));
    } finally {
      body.release();
    }
  }
}
