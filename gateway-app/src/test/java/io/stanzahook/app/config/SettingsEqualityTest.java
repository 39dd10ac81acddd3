package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.stanzahook.GatewaySettings;
import io.stanzahook.sandbox.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two reads of the same files are equal, and two of different ones are not: a reload touches what
 * differs, and nothing else.
 */
class SettingsEqualityTest {
  private static final TestCa CA = TestCa.create();
  private static final Set<String> TUNABLE =
      Set.of("concurrency", "queue", "timeout", "retry_for", "overload", "answers_per_minute");

  @TempDir Path folder;

  /** A value for each key of a component that is not its default. */
  private Map<String, String> values(boolean others) throws IOException {
    Map<String, String> values = new TreeMap<>();
    put(values, others, "server", "[::1]:1", "h:2");
    put(values, others, "component", "a.example", "b.example");
    put(values, others, "secret_file", file("secret", "one"), file("secret2", "two"));
    put(values, others, "tls", "true", "true");
    put(values, others, "tls_ca", file("ca", CA.pem()), file("ca2", TestCa.create().pem()));
    put(values, others, "tls_client_cert", file("cert", pem("x")), file("cert2", pem("y")));
    put(values, others, "tls_name", "a.example", "b.example");
    put(values, others, "post_url", "http://h/{kind}", "http://h/");
    put(values, others, "post_url_message", "http://m/", "http://m2/");
    put(values, others, "post_url_presence", "http://p/", "http://p2/");
    put(values, others, "post_url_iq", "http://i/", "http://i2/");
    put(values, others, "post_stanzas", "[iq, message, presence]", "[iq, presence, message]");
    put(values, others, "post_format", "xml", "rest-json");
    put(values, others, "post_header", "{A: '1', B: '2'}", "{A: '1', B: '3'}");
    put(
        values,
        others,
        "signing_secret_file",
        file("keys", "whsec_" + "A".repeat(32) + "\nwhsk_" + "B".repeat(43) + "=\n"),
        file("keys2", "whsec_" + "A".repeat(32) + "\nwhsk_" + "C".repeat(43) + "=\n"));
    put(values, others, "concurrency", "auto", "7");
    put(values, others, "queue", "8", "9");
    put(values, others, "order", "none", "conversation");
    put(values, others, "overload", "reject", "backpressure");
    put(values, others, "timeout", "1s", "2s");
    put(values, others, "retry_for", "96h", "24h");
    put(values, others, "retry_statuses", "[429, 500-599]", "none");
    put(values, others, "iq_timeout", "3s", "4s");
    put(values, others, "receipts", "true", "false");
    put(values, others, "composing", "2s", "3s");
    put(values, others, "answers_per_minute", "20", "30");
    put(values, others, "filters", "[{kind: iq, action: drop}]", "[{kind: iq, action: post}]");
    put(values, others, "spool", folder.resolve("s").toString(), folder.resolve("t").toString());
    put(values, others, "spool_limit", "1GiB", "2GiB");
    put(values, others, "dead_letters", "5", "6");
    put(values, others, "max_stanza", "64KiB", "65KiB");
    put(values, others, "max_depth", "50", "51");
    put(values, others, "max_attributes", "40", "41");
    put(values, others, "max_tag", "2KiB", "3KiB");
    put(values, others, "max_elements", "30", "31");
    put(values, others, "max_response", "2MiB", "3MiB");
    put(values, others, "queue_timeout", "5s", "6s");
    put(values, others, "ping_timeout", "7s", "8s");
    return values;
  }

  private static void put(
      Map<String, String> values, boolean others, String key, String one, String other) {
    values.put(key, others ? other : one);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static String pem(String name) {
    X509Bundle bundle = CA.issue(name);
    return TestCa.pem(bundle);
  }

  private GatewaySettings read(Map<String, String> values) throws Exception {
    StringBuilder yaml = new StringBuilder("components:\n  -\n");
    values.forEach((key, value) -> yaml.append("    %s: %s\n".formatted(key, quoted(value))));
    Path file = Files.writeString(folder.resolve("conf.yaml"), yaml);
    Given config = new Given(new Source(Source.Layer.FLAG, "--config"), List.of(file.toString()));
    return Configuration.read(Map.of("config", config), List.of(), Map.of(), "1").gateway();
  }

  private static String quoted(String value) {
    return value.matches("[\\[{].*[]}]") && !value.startsWith("[::") ? value : "'" + value + "'";
  }

  @Test
  void everyKeyOfAComponentIsTriedHere() throws IOException {
    List<String> keys =
        RunOptions.ALL.stream()
            .filter(option -> option.scope() == Option.Scope.COMPONENT)
            .map(Option::key)
            .filter(key -> !key.equals("secret"))
            .toList();

    assertThat(values(false).keySet())
        .as("a key of a component is missing here: give it two values, so that reload is right")
        .containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  void twoReadsOfTheSameFilesAreEqual() throws Exception {
    Map<String, String> values = values(false);
    GatewaySettings first = read(values);

    assertThat(read(values)).isEqualTo(first).hasSameHashCodeAs(first);
    assertThat(Live.tuned(first, first)).isEqualTo(first);
  }

  @Test
  void oneDifferentValueMakesADifference() throws Exception {
    Map<String, String> values = values(false);
    Map<String, String> others = values(true);
    GatewaySettings first = read(values);
    for (String key : values.keySet()) {
      if (key.equals("tls") || key.equals("post_stanzas")) {
        // What else is given does not go without them; their order does not matter.
        continue;
      }
      Map<String, String> changed = new LinkedHashMap<>(values);
      changed.put(key, others.getOrDefault(key, ""));
      GatewaySettings second = read(changed);
      assertThat(second).as(key).isNotEqualTo(first);
      assertThat(Live.tuned(first, second).equals(second)).as(key).isEqualTo(TUNABLE.contains(key));
    }
    Map<String, String> reordered = new LinkedHashMap<>(values);
    reordered.put("post_stanzas", others.getOrDefault("post_stanzas", ""));
    assertThat(read(reordered)).isEqualTo(first);
  }
}
