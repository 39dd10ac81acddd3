package io.stanzahook.stanza;

import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The form in which addresses are compared. Servers normalise addresses before they store and
 * deliver them, in different ways: some with stringprep (RFC 6122, with RFC 3491 for domains),
 * which turns a sharp s into two letters, some with PRECIS (RFC 7622), which keeps it; some write a
 * domain in Unicode, some in ASCII. This form is coarser than all of these: if any of them treats
 * two addresses as equal, they have the same form here.
 *
 * <p>An ASCII address without capitals is its own form, and only costs one look at each character.
 */
final class ComparableAddress {
  private static final String ACE = "xn--";
  private static final char DOTLESS_I = '\u0131';
  private static final char IDEOGRAPHIC_FULL_STOP = '\u3002';

  /** Parameters of Punycode (RFC 3492, 5). */
  private static final int BASE = 36;

  private static final int T_MIN = 1;
  private static final int T_MAX = 26;
  private static final int SKEW = 38;
  private static final int DAMP = 700;
  private static final int INITIAL_BIAS = 72;
  private static final int INITIAL_N = 0x80;

  private ComparableAddress() {}

  /** Whether the part of a text is ASCII without capitals, and has no label in Punycode. */
  static boolean isPlain(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c >= 0x80 || (c >= 'A' && c <= 'Z')) {
        return false;
      }
      if (c == '-' && i + 1 < to && text.charAt(i + 1) == '-' && text.startsWith(ACE, i - 2)) {
        return false;
      }
    }
    // The dot of the root says nothing (RFC 7622, 3.2).
    return from == to || text.charAt(to - 1) != '.';
  }

  /** The form of a local part: letter case and compatible forms aside. */
  static String local(String part) {
    return isPlain(part, 0, part.length()) ? part : orRaw(fold(part), part);
  }

  /** The form of a domain part: in Unicode, without the dot of the root. */
  static String domain(String part) {
    if (isPlain(part, 0, part.length())) {
      return part;
    }
    String folded = dotted(fold(decoded(dotted(fold(part)))));
    // Of two, none: that is no domain, and the form of a form is itself.
    if (folded.endsWith(".") && folded.length() > 1 && !folded.endsWith("..")) {
      folded = folded.substring(0, folded.length() - 1);
    }
    return orRaw(folded, part);
  }

  /** The form of a resource: as it is, compatible forms and kinds of spaces aside. */
  static String resource(String part) {
    if (isAscii(part)) {
      return part;
    }
    StringBuilder out = new StringBuilder(part.length());
    part.codePoints()
        .filter(c -> !isMappedToNothing(c))
        .map(c -> Character.getType(c) == Character.SPACE_SEPARATOR ? ' ' : c)
        .forEach(out::appendCodePoint);
    return Normalizer.normalize(out, Normalizer.Form.NFKC);
  }

  /**
   * A part that would be read as two, or as none, is one that no server takes: only its letter case
   * is folded.
   */
  private static String orRaw(String folded, String part) {
    return folded.isEmpty() || folded.indexOf('@') >= 0 || folded.indexOf('/') >= 0
        ? foldCase(foldCase(part, Normalizer.Form.NFC), Normalizer.Form.NFC)
        : folded;
  }

  /** RFC 3490, 3.1: dots of other scripts separate labels too. */
  private static String dotted(String domain) {
    return domain.replace(IDEOGRAPHIC_FULL_STOP, '.');
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /**
   * Letter case and compatible forms folded. Twice, since what comes of a letter may be one that is
   * folded itself: the capital sharp s becomes the small one, and that two letters.
   */
  private static String fold(String part) {
    return isAscii(part) ? part.toLowerCase(Locale.ROOT) : foldOnce(foldOnce(part));
  }

  private static String foldOnce(String part) {
    StringBuilder kept = new StringBuilder(part.length());
    Normalizer.normalize(part, Normalizer.Form.NFKC)
        .codePoints()
        .filter(c -> !isMappedToNothing(c))
        .forEach(kept::appendCodePoint);
    return foldCase(kept.toString(), Normalizer.Form.NFKC);
  }

  private static String foldCase(String part, Normalizer.Form form) {
    String normal = Normalizer.normalize(part, form);
    StringBuilder out = new StringBuilder(normal.length() + 8);
    // Letter by letter: in a word, a small sigma depends on where it stands.
    normal.codePoints().forEach(c -> out.append(foldCase(c)));
    return Normalizer.normalize(out, form);
  }

  private static String foldCase(int c) {
    String letter = Character.toString(c);
    // The capital of the dotless i is that of an i, which no preparation makes of it.
    return c == DOTLESS_I ? letter : letter.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  /** RFC 3454, table B.1. */
  private static boolean isMappedToNothing(int c) {
    return switch (c) {
      case 0xAD, 0x34F, 0x1806, 0x180B, 0x180C, 0x180D, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF ->
          true;
      default -> c >= 0xFE00 && c <= 0xFE0F;
    };
  }

  /** The domain with its labels of Punycode in Unicode. */
  private static String decoded(String domain) {
    if (!domain.contains(ACE)) {
      return domain;
    }
    String[] labels = domain.split("\\.", -1);
    for (int i = 0; i < labels.length; i++) {
      String label = labels[i];
      // In time with the square of its length: what is longer is no label (RFC 1035, 2.3.4).
      if (label.startsWith(ACE) && label.length() <= 63) {
        String unicode = punycode(label.substring(ACE.length()));
        labels[i] = unicode == null || fold(unicode).indexOf('.') >= 0 ? label : unicode;
      }
    }
    return String.join(".", labels);
  }

  /** The text that Punycode stands for (RFC 3492, 6.2), or null where it is none. */
  private static @Nullable String punycode(String code) {
    int delimiter = code.lastIndexOf('-');
    StringBuilder out = new StringBuilder(code.substring(0, Math.max(delimiter, 0)));
    int n = INITIAL_N;
    int bias = INITIAL_BIAS;
    long i = 0;
    int length = out.length();
    for (int at = Math.max(delimiter + 1, 0); at < code.length(); ) {
      long before = i;
      long weight = 1;
      for (int k = BASE; ; k += BASE) {
        int digit = at < code.length() ? digit(code.charAt(at++)) : -1;
        if (digit < 0) {
          return null;
        }
        i += digit * weight;
        int threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
        if (i > Integer.MAX_VALUE) {
          return null;
        }
        if (digit < threshold) {
          break;
        }
        weight *= BASE - threshold;
        if (weight > Integer.MAX_VALUE) {
          return null;
        }
      }
      length++;
      bias = adapted(i - before, length, before == 0);
      n += (int) (i / length);
      i %= length;
      if (n < INITIAL_N || n > Character.MAX_CODE_POINT || isSurrogate(n)) {
        return null;
      }
      out.insert(out.offsetByCodePoints(0, (int) i), Character.toChars(n));
      i++;
    }
    return out.toString();
  }

  private static boolean isSurrogate(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }

  private static int digit(char c) {
    if (c >= 'a' && c <= 'z') {
      return c - 'a';
    }
    return c >= '0' && c <= '9' ? c - '0' + 26 : -1;
  }

  private static int adapted(long difference, int points, boolean first) {
    long delta = first ? difference / DAMP : difference / 2;
    delta += delta / points;
    int k = 0;
    while (delta > (BASE - T_MIN) * T_MAX / 2) {
      delta /= BASE - T_MIN;
      k += BASE;
    }
    return (int) (k + (BASE - T_MIN + 1) * delta / (delta + SKEW));
  }
}
