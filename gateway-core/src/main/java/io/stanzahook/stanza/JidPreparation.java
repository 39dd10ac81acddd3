package io.stanzahook.stanza;

import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Normalises local parts and resources as servers do: with the profiles Nodeprep and Resourceprep
 * of stringprep (RFC 6122, appendices A and B), which ejabberd and Prosody use. If PRECIS (RFC
 * 7622) differs, the stricter rule applies. What servers refuse is refused here too, because a
 * {@code from} that a server cannot read ends the stream for everybody.
 *
 * <p>It does not handle domains: a component's domain is written as it is configured.
 */
public final class JidPreparation {
  /** What a local part must not contain (RFC 7622, 3.3.1). */
  private static final String NOT_IN_LOCAL = "\"&'/:<>@";

  private JidPreparation() {}

  /**
   * The address with this domain, and with normalised local part and resource.
   *
   * @return null if a server would refuse it
   */
  public static @Nullable Jid prepare(Jid jid, String domain) {
    String local = jid.local();
    String resource = jid.resource();
    String preparedLocal = local == null ? "" : local(local);
    String preparedResource = resource == null ? "" : resource(resource);
    if (preparedLocal == null || preparedResource == null) {
      return null;
    }
    return Jid.parse(
        (local == null ? "" : preparedLocal + "@")
            + domain
            + (resource == null ? "" : "/" + preparedResource));
  }

  /** A local part as servers write it; null if they refuse it. */
  public static @Nullable String local(String local) {
    // Twice: folding may undo the normal form, and the normal form may bring back capitals.
    String folded = fold(Normalizer.normalize(fold(mapped(local)), Normalizer.Form.NFKC));
    String prepared = Normalizer.normalize(folded, Normalizer.Form.NFKC);
    boolean allowed =
        isAllowed(prepared)
            && prepared.chars().noneMatch(c -> c == ' ' || NOT_IN_LOCAL.indexOf(c) >= 0);
    return allowed ? prepared : null;
  }

  /** A resource as servers write it; null if they refuse it. */
  public static @Nullable String resource(String resource) {
    String prepared = Normalizer.normalize(mapped(resource), Normalizer.Form.NFKC);
    return isAllowed(prepared) ? prepared : null;
  }

  /** Capitals and what folds like them (RFC 3454, B.2). */
  private static String fold(String text) {
    return text.toLowerCase(Locale.ROOT).replace("ß", "ss").replace('ς', 'σ');
  }

  /** Without what is mapped to nothing (RFC 3454, B.1). */
  private static String mapped(String text) {
    StringBuilder mapped = new StringBuilder(text.length());
    text.codePoints().filter(c -> !isMappedToNothing(c)).forEach(mapped::appendCodePoint);
    return mapped.toString();
  }

  private static boolean isMappedToNothing(int c) {
    return switch (c) {
      case 0xad, 0x34f, 0x1806, 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff -> true;
      default -> (c >= 0x180b && c <= 0x180d) || (c >= 0xfe00 && c <= 0xfe0f);
    };
  }

  /** Neither empty nor with characters of RFC 3454, C.1.2 to C.9, nor against its section 6. */
  private static boolean isAllowed(String text) {
    return !text.isEmpty()
        && text.codePoints().allMatch(JidPreparation::isAllowed)
        && isReadOneWay(text);
  }

  private static boolean isAllowed(int c) {
    if (c == ' ') {
      return true;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      // Marks of tone that change how text is shown; what stands for unknown characters and for
      // descriptions of ideographs.
      default ->
          c != 0x340
              && c != 0x341
              && !(c >= 0xfff9 && c <= 0xfffd)
              && !(c >= 0x2ff0 && c <= 0x2ffb);
    };
  }

  /** Text that is read from the right has no letters that are not, and such ones at both ends. */
  private static boolean isReadOneWay(String text) {
    if (text.codePoints().noneMatch(JidPreparation::isFromTheRight)) {
      return true;
    }
    return isFromTheRight(text.codePointAt(0))
        && isFromTheRight(text.codePointBefore(text.length()))
        && text.codePoints()
            .noneMatch(
                c -> Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT);
  }

  private static boolean isFromTheRight(int c) {
    byte direction = Character.getDirectionality(c);
    return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }
}
