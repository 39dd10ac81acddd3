package io.stanzahook.embedding;

import io.stanzahook.ComponentGateway;
import io.stanzahook.Gateway;
import io.stanzahook.stanza.Iq;
import java.nio.file.Files;
import java.nio.file.Path;
import reactor.core.publisher.Mono;

/** The second example of docs/guide/embedding.md, which {@link EmbeddingIT} runs. */
final class FaceBot {
  private FaceBot() {}

  /** Starts it; the argument is the server's component port, the other one a picture. */
  static Gateway start(int port, Path picture) throws Exception {
    Gateway gateway =
        ComponentGateway.builder("bot.localhost")
            .server("localhost", port)
            .secret("s3cr3t")
            .name("Deploy bot")
            .avatar(Files.readAllBytes(picture))
            .room("ops@rooms.localhost/deploybot")
            .acceptInvitations(true)
            .commands(
                """
                [{"node": "deploy", "name": "Deploy a service",
                  "fields": [{"var": "service", "label": "Service", "required": true}]}]
                """)
            .filter("chat_state action=drop")
            .answers(
                stanza ->
                    stanza instanceof Iq iq && iq.command() != null
                        ? Mono.just("Deployed " + iq.command().fields().get("service"))
                        : Mono.empty())
            .start();
    return gateway;
  }
}
