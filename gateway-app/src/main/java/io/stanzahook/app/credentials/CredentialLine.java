package io.stanzahook.app.credentials;

import io.stanzahook.settings.Suggestion;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.JidPreparation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A line of a file with credentials: something secret, then JIDs that its holder may send from, and
 * words. No problem quotes it: what stands in the wrong place may be a secret.
 */
final class CredentialLine {
  /** A name may have so many characters at most. */
  static final int MAX_NAME = 64;

  private static final String NAME = "name=";

  private final int number;
  private final List<String> words;
  private final List<String> known;
  private final @Nullable Collection<String> domains;
  private final Consumer<String> problems;
  private final List<Jid> jids = new ArrayList<>();
  private final Set<String> said = new HashSet<>();
  private @Nullable String name;

  /**
   * A line.
   *
   * @param known words that may stand in it, besides {@code name=TEXT}
   * @param domains of all components; null where not all are known, so that JIDs cannot be checked
   */
  private CredentialLine(
      int number,
      String text,
      List<String> known,
      @Nullable Collection<String> domains,
      Consumer<String> problems) {
    this.number = number;
    this.words = Arrays.asList(text.trim().split("\\s+", -1));
    this.known = known;
    this.domains = domains;
    this.problems = problems;
  }

  /**
   * Reads the lines of a file; empty ones and those that begin with {@code #} do not count.
   *
   * @param max how many there may be
   * @param what they hold, for problems: {@code secrets}
   * @param to takes each line
   * @return whether there are any
   */
  static boolean readEach(
      String text,
      List<String> known,
      @Nullable Collection<String> domains,
      Consumer<String> problems,
      int max,
      String what,
      Consumer<CredentialLine> to) {
    int number = 0;
    int count = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (++count > max) {
        problems.accept("holds more than %d %s".formatted(max, what));
        break;
      }
      to.accept(new CredentialLine(number, line, known, domains, problems));
    }
    return count > 0;
  }

  int number() {
    return number;
  }

  /** The word at that place; empty where there are fewer. */
  String word(int index) {
    return index < words.size() ? words.get(index) : "";
  }

  /** Reads JIDs and words, from that place on. */
  void read(int from) {
    for (int i = from; i < words.size(); i++) {
      String word = words.get(i);
      String place = ", word " + (i + 1) + ", ";
      if (known.contains(word)) {
        said.add(word);
      } else if (word.startsWith(NAME)) {
        name(place, word.substring(NAME.length()));
      } else {
        jid(place, word);
      }
    }
  }

  boolean says(String word) {
    return said.contains(word);
  }

  List<Jid> jids() {
    return jids;
  }

  @Nullable String name() {
    return name;
  }

  void problem(String what) {
    problems.accept("line " + number + what);
  }

  private void name(String place, String given) {
    if (name != null) {
      problem(place + "is a second name=");
    } else if (given.isEmpty()
        || given.length() > MAX_NAME
        || given.codePoints().anyMatch(c -> !isShown(c))) {
      problem(place + "is not name=TEXT with 1 to %d visible characters".formatted(MAX_NAME));
    } else {
      name = given;
    }
  }

  private static boolean isShown(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private void jid(String place, String word) {
    List<String> suggested = new ArrayList<>(known);
    suggested.add(NAME);
    Jid jid = Jid.parse(word);
    Collection<String> own = domains;
    String domain =
        jid == null || own == null
            ? null
            : own.stream().filter(jid::hasDomain).findFirst().orElse(null);
    Jid prepared =
        jid == null ? null : JidPreparation.prepare(jid, domain == null ? jid.domain() : domain);
    if (prepared != null && (domain != null || own == null)) {
      jids.add(prepared);
    } else if (domain != null) {
      problem(place + "is not a JID: it has characters that servers do not accept in addresses");
    } else if (jid != null && word.indexOf('@') > 0) {
      problem(
          place
              + "is a JID in no component's domain ("
              + (own == null ? "" : String.join(", ", own))
              + "): nobody could send from it");
    } else {
      problem(
          place
              + "is neither a JID of "
              + (own == null ? "a component" : String.join(", ", own))
              + (known.isEmpty()
                  ? " nor name=TEXT"
                  : " nor one of the words " + String.join(", ", known) + ", name=TEXT")
              + Suggestion.suffix(word, suggested));
    }
  }

  /** Themselves, where their name is an address that a component may send from. */
  @Nullable Jid self(String user) {
    Jid jid = Jid.parse(user);
    if (jid == null || domains == null) {
      return null;
    }
    String domain = domains.stream().filter(jid::hasDomain).findFirst().orElse(null);
    return domain == null ? null : JidPreparation.prepare(jid, domain);
  }
}
