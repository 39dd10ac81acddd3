package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.GatewaySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What holds for any list of components. */
class ComponentListPropertyTest {
  private static final int ENTRY = 0;
  private static final int FLAG = 1;
  private static final int ENVIRONMENT = 2;
  private static final int TOP = 3;
  private static final int PLACES = 4;

  /** Each place gives another value, or none. */
  @Property(tries = 200)
  void theStrongestPlaceCountsForEachEntry(
      @ForAll @Size(min = 1, max = 6) List<Boolean> own,
      @ForAll boolean flag,
      @ForAll boolean environment,
      @ForAll boolean top)
      throws Exception {
    boolean[] given = {false, flag, environment, top};
    StringBuilder yaml = new StringBuilder("secret: s\npost_url: http://h/\n");
    if (top) {
      yaml.append("queue: ").append(value(TOP)).append('\n');
    }
    yaml.append("components:\n");
    for (int i = 0; i < own.size(); i++) {
      yaml.append("  - component: c").append(i).append(".example\n");
      if (own.get(i)) {
        yaml.append("    queue: ").append(value(ENTRY) + i).append('\n');
      }
    }
    Map<String, Given> flags = new LinkedHashMap<>();
    if (flag) {
      flags.put(
          "queue",
          new Given(
              new Source(Source.Layer.FLAG, "--queue"), List.of(Integer.toString(value(FLAG)))));
    }
    Map<String, String> variables =
        environment ? Map.of("STANZAHOOK_QUEUE", Integer.toString(value(ENVIRONMENT))) : Map.of();

    List<Integer> queues =
        read(yaml.toString(), flags, variables).stream()
            .map(each -> each.dispatch().flow().queue())
            .toList();

    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      int inherited = 10_000;
      for (int place = PLACES - 1; place > ENTRY; place--) {
        inherited = given[place] ? value(place) : inherited;
      }
      expected.add(own.get(i) ? value(ENTRY) + i : inherited);
    }
    assertThat(queues).isEqualTo(expected);
  }

  private static int value(int place) {
    return (place + 1) * 100;
  }

  /** Tuned while it runs, it is as if it had been started so. */
  @Property(tries = 100)
  void whatIsTunedIsWhatWouldHaveBeenRead(
      @ForAll @IntRange(min = 1, max = 1_000_000) int queue,
      @ForAll @IntRange(min = 1, max = 60_000) int concurrency,
      @ForAll @IntRange(min = 1, max = 80_000) int seconds,
      @ForAll boolean spool)
      throws Exception {
    String entry =
        "secret: s\npost_url: http://h/\ncomponents:\n  - component: a.example\n"
            + (spool ? "    spool: s\n" : "");
    GatewaySettings before = read(entry, Map.of(), Map.of()).get(0);

    GatewaySettings after =
        read(
                entry
                    + "    queue: %d\n    concurrency: %d\n".formatted(queue, concurrency)
                    + "    retry_for: %1$ds\n    timeout: %1$ds\n".formatted(seconds),
                Map.of(),
                Map.of())
            .get(0);

    assertThat(Live.tuned(before, after)).isEqualTo(after);
  }

  private static List<GatewaySettings> read(
      String yaml, Map<String, Given> flags, Map<String, String> environment) throws Exception {
    Path file = Files.createTempFile("components", ".yaml");
    try {
      Files.writeString(file, yaml);
      Map<String, Given> all = new LinkedHashMap<>(flags);
      all.put(
          "config", new Given(new Source(Source.Layer.FLAG, "--config"), List.of(file.toString())));
      return Configuration.read(new CommandLineFlags(all, List.of(), false), environment, "1")
          .gateways();
    } finally {
      Files.delete(file);
    }
  }
}
