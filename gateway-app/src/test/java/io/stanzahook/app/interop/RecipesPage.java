package io.stanzahook.app.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The fenced blocks of docs/guide/recipes.md, by the headings that they stand under. */
final class RecipesPage {
  private static final Path PAGE = Path.of("..", "docs", "guide", "recipes.md");

  /**
   * One block.
   *
   * @param language as written behind the fence
   * @param name of the file that it is, or of what is to be started; empty for a command
   */
  record Block(String language, String name, String text) {
    boolean isCommand() {
      return language.equals("sh") && !text.startsWith("#!");
    }
  }

  private final Map<String, List<Block>> byHeading = new LinkedHashMap<>();

  private RecipesPage() {}

  static RecipesPage read() throws IOException {
    RecipesPage page = new RecipesPage();
    List<Block> blocks = page.byHeading.computeIfAbsent("", none -> new ArrayList<>());
    String fence = null;
    StringBuilder text = new StringBuilder();
    for (String line : Files.readAllLines(PAGE)) {
      if (fence == null && line.startsWith("## ")) {
        blocks = page.byHeading.computeIfAbsent(line.substring(3), none -> new ArrayList<>());
      } else if (fence == null && line.startsWith("```")) {
        fence = line.substring(3);
        text.setLength(0);
      } else if (fence != null && line.equals("```")) {
        String[] words = fence.split(" ", 2);
        blocks.add(new Block(words[0], words.length > 1 ? words[1] : "", text.toString()));
        fence = null;
      } else if (fence != null) {
        text.append(line).append('\n');
      }
    }
    return page;
  }

  /** The headings of the recipes, in order. */
  List<String> recipes() {
    return byHeading.keySet().stream().filter(heading -> !heading.isEmpty()).toList();
  }

  /** What all recipes need, and then the blocks of one. */
  List<Block> blocks(String recipe) {
    List<Block> blocks = new ArrayList<>(byHeading.get(""));
    blocks.addAll(byHeading.get(recipe));
    return blocks;
  }
}
