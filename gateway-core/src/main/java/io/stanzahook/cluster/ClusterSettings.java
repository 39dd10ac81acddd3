package io.stanzahook.cluster;

import io.stanzahook.settings.Setting;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster, and what this process does for it.
 *
 * @param properties for Kafka's clients; null for none
 * @param partitions of the topic of messages, when it is created and for ever
 * @param advertise where other nodes reach this one; null for the address that it listens on
 * @param edges connections of each component
 */
public record ClusterSettings(
    @Setting(
            name = "cluster",
            value = "kafka://HOST:PORT,…/PREFIX",
            inSandbox = false,
            noun = "a cluster",
            help =
                "keeps messages in the topics `PREFIX.in`, `.out`, `.dead` and `.nodes` of this Kafka "
                    + "cluster, so that several machines serve the components; not with `--spool`")
        ClusterAddress address,
    @Setting(
            name = "cluster-role",
            value = "all|edge|worker",
            fallback = "all",
            inSandbox = false,
            help =
                "with `--cluster`: `edge` holds the streams to the XMPP server, `worker` calls webhooks")
        ClusterRole role,
    @Setting(
            name = "cluster-properties",
            value = "FILE",
            inSandbox = false,
            file = 64 << 10,
            help =
                "with `--cluster`: a file of properties for Kafka's clients, for example for SASL "
                    + "and TLS")
        @Nullable ClientProperties properties,
    @Setting(
            name = "cluster-partitions",
            value = "N",
            fallback = "" + ClusterSettings.PARTITIONS,
            min = 1,
            max = 1000,
            inSandbox = false,
            help =
                "with `--cluster`: partitions of `PREFIX.in` when it is created; the number cannot "
                    + "change later, because that would break the order of conversations")
        int partitions,
    @Setting(
            name = "cluster-advertise",
            value = "URL",
            absent = "the address of `--http-listen`",
            inSandbox = false,
            help =
                "with `--cluster`: where the other nodes reach this one's `--http-listen`; they pass on "
                    + "to it what needs a stream that it holds")
        @Nullable String advertise,
    @Setting(
            name = "cluster-edges",
            value = "K",
            fallback = "1",
            min = 1,
            max = Topics.SLOTS,
            inSandbox = false,
            help =
                "with `--cluster`: connections of each component, for servers that share stanzas "
                    + "out by sender; the same number on all nodes")
        int edges) {
  /** The default of the number of partitions. */
  public static final int PARTITIONS = 48;

  /** A class of Kafka's client, which whoever embeds the engine has to bring along. */
  private static final String CLIENT = "org.apache.kafka.clients.consumer.KafkaConsumer";

  /**
   * The settings of a cluster.
   *
   * @throws IllegalStateException if Kafka's client is not on the class path
   */
  public ClusterSettings {
    String missing = missing();
    if (missing != null) {
      throw new IllegalStateException("a cluster " + missing);
    }
  }

  /** What is to be done before there can be a cluster, as the rest of a sentence; null: nothing. */
  public static @Nullable String missing() {
    try {
      Class.forName(CLIENT, false, ClusterSettings.class.getClassLoader());
      return null;
    } catch (ClassNotFoundException e) {
      return "needs Kafka's client, which is not on the class path: add the library"
          + " org.apache.kafka:kafka-clients, version 4.x";
    }
  }

  /** The properties for Kafka's clients. */
  ClientProperties clientProperties() {
    return Objects.requireNonNullElse(properties, ClientProperties.NONE);
  }
}
