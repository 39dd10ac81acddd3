package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every link in the documentation leads to a file and a heading that exist, every page is in the
 * index, and every page that code or a script names exists.
 */
class LinksTest {
  // Tests run in the module's directory.
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path DOCS = ROOT.resolve("docs");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]*)(?:#([^)]*))?\\)");
  private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```|`[^`\\n]*`");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Pattern MENTION =
      Pattern.compile("(?<![\\w/.-])docs/[\\w./-]*\\w(?![\\w/*<{])");

  /** Everything beside the pages where a person or a program reads the name of a page. */
  private static final List<String> SOURCES =
      List.of("gateway-core/src", "gateway-app/src", "scripts", ".ci", ".github", "docs");

  @Test
  void everyLinkLeadsToAFileAndAHeading() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path page : pages()) {
      Matcher link = LINK.matcher(CODE.matcher(Files.readString(page)).replaceAll(""));
      while (link.find()) {
        String target = link.group(1);
        if (target.contains("://") || target.startsWith("mailto:")) {
          continue;
        }
        links++;
        Path file = target.isEmpty() ? page : page.resolveSibling(target);
        String heading = link.group(2);
        if (!Files.exists(file)
            || (heading != null && !headings(Files.readString(file)).contains(heading))) {
          broken.add(ROOT.relativize(page) + ": " + link.group());
        }
      }
    }
    assertThat(links).isGreaterThan(100);
    assertThat(broken).isEmpty();
  }

  @Test
  void everyPageIsInTheIndex() throws IOException {
    String index = Files.readString(DOCS.resolve("README.md"));
    assertThat(pages())
        .filteredOn(page -> page.startsWith(DOCS) && !page.endsWith("README.md"))
        .hasSizeGreaterThan(20)
        .allSatisfy(page -> assertThat(index).contains("(" + DOCS.relativize(page) + ")"));
  }

  @Test
  void everyPageThatIsNamedExists() throws IOException {
    List<Path> files = new ArrayList<>(pages());
    for (String folder : SOURCES) {
      files.addAll(files(ROOT.resolve(folder)));
    }
    List<String> missing = new ArrayList<>();
    int mentions = 0;
    for (Path file : files) {
      // Every byte is a character of Latin-1, so pictures and jars can be read, too.
      Matcher mention = MENTION.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
      while (mention.find()) {
        mentions++;
        if (!Files.exists(ROOT.resolve(mention.group()))) {
          missing.add(ROOT.relativize(file) + ": " + mention.group());
        }
      }
    }
    assertThat(mentions).isGreaterThan(50);
    assertThat(missing).isEmpty();
  }

  @Test
  void everyOldAddressStillLeadsToItsPage() throws IOException {
    try (Stream<Path> top = Files.list(DOCS)) {
      assertThat(top.filter(Files::isSymbolicLink))
          .isNotEmpty()
          .allSatisfy(link -> assertThat(Files.readString(link)).startsWith("# "));
    }
  }

  /** Anchors as GitHub makes them: lower case, hyphens for spaces, no other punctuation. */
  private static Set<String> headings(String page) {
    return HEADING
        .matcher(page)
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    try (Stream<Path> top = Files.list(ROOT)) {
      top.filter(Files::isRegularFile).forEach(pages::add);
    }
    pages.addAll(files(DOCS));
    pages.addAll(files(ROOT.resolve(".github")));
    pages.removeIf(page -> !page.toString().endsWith(".md"));
    return pages;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> Files.isRegularFile(file) && !Files.isSymbolicLink(file))
          .filter(file -> !file.toString().contains("__pycache__"))
          .sorted()
          .toList();
    }
  }
}
