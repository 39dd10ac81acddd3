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
   * POSTs them when it is subscribed to. The same batch always gives the same bytes, except for the
   * attempts.
   *
   * @return exactly one result, for all of them or an {@link WebhookResult.AnsweredEach}
   */
  Mono<WebhookResult> post(Batch batch);

  /** Stanzas with equal destinations may be in one batch; null if all may. */
  @Nullable Object destination(Stanza stanza);

  /** An upper bound of a stanza's bytes in a batch. Usually it has far fewer. */
  int bound(Stanza stanza);

  /** The bytes of the body of a batch. This costs as much as writing it. */
  int size(Batch batch);

  /** The bytes of a body. Releases it. */
  static int sizeOf(ByteBuf body) {
    int size = body.readableBytes();
    body.release();
    return size;
  }
}
