package io.stanzahook.webhook;

import io.netty.buffer.ByteBuf;
import io.stanzahook.exchange.Batch;
import io.stanzahook.exchange.WebhookResult;
import io.stanzahook.stanza.Stanza;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A webhook that takes several stanzas in one call. */
public interface Batching {
  /**
   * POSTs them once it is subscribed to. The same batch gives a byte-identical body, but for the
   * attempts.
   *
   * @return exactly one result, for all of them or an {@link WebhookResult.AnsweredEach}
   */
  Mono<WebhookResult> post(Batch batch);

  /** What stanzas have to have equal to be in one batch; null for those that may share any. */
  @Nullable Object destination(Stanza stanza);

  /** Bytes that a stanza takes in a batch at most; mostly it takes far fewer. */
  int bound(Stanza stanza);

  /** Bytes that a body has. Costs as much as writing it. */
  int size(Batch batch);

  /** Bytes of a written body, which is released. */
  static int sizeOf(ByteBuf body) {
    int size = body.readableBytes();
    body.release();
    return size;
  }
}
