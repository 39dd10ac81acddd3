package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The part of a page that a test writes, between two comments; people write the rest. With {@code
 * -Ddocs.write=true} it is written anew, and else compared.
 */
public final class GeneratedPart {
  private GeneratedPart() {}

  /**
   * Checks, or writes, what stands between {@code <!-- begin NAME … -->} and {@code <!-- end NAME
   * -->}.
   */
  public static void check(Path page, String name, String content) throws IOException {
    String text = Files.readString(page);
    int begin = text.indexOf("<!-- begin " + name);
    int end = text.indexOf("<!-- end " + name + " -->");
    assertThat(begin).as("the comment that begins %s in %s", name, page).isNotNegative();
    assertThat(end).as("the comment that ends %s in %s", name, page).isGreaterThan(begin);
    int first = text.indexOf('\n', begin) + 1;
    String expected = text.substring(0, first) + "\n" + content + "\n" + text.substring(end);
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(page, expected);
    }
    assertThat(page).hasContent(expected);
  }
}
