package io.stanzahook.embedding;

import io.stanzahook.ComponentGateway;
import io.stanzahook.Gateway;
import io.stanzahook.stanza.Message;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** The example of docs/guide/embedding.md, which {@link EmbeddingIT} runs. */
public final class EchoBot {
  /** Answers until standard input ends. */
  public static void main(String[] args) throws Exception {
    Gateway gateway =
        ComponentGateway.builder("bot.localhost")
            .server("localhost", Integer.parseInt(args[0]))
            .secret("s3cr3t")
            .answers(
                stanza ->
                    stanza instanceof Message message && message.body() != null
                        ? Mono.just("You said: " + message.body())
                        : Mono.empty())
            .start();
    while (System.in.read() >= 0) {}
    gateway.stop(Duration.ofSeconds(10)).block();
  }
}
