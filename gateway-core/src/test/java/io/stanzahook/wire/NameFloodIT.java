package io.stanzahook.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.bench.NameFlood;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Names that never come again are forgotten. */
class NameFloodIT {
  /** What 200,000 stanzas may leave behind; remembered, their 800,000 names take 100 MB. */
  private static final long MOST_GROWTH_KIB = 4 * 1024;

  private static final Pattern HEAP =
      Pattern.compile("\"heap_before_kib\": (\\d+), \"heap_after_kib\": (\\d+)");

  @Test
  void b13_twoHundredThousandStanzasOfNewNamesLeaveAHeapOf64MiBAsItWas()
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    NameFlood.class.getName(),
                    "stanzas=200000"))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();

    assertThat(process.exitValue()).as(output).isZero();
    Matcher heap = HEAP.matcher(output);
    assertThat(heap.find()).as(output).isTrue();
    assertThat(Long.parseLong(heap.group(2)))
        .isLessThan(Long.parseLong(heap.group(1)) + MOST_GROWTH_KIB);
  }
}
