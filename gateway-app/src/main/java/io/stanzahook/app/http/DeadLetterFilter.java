package io.stanzahook.app.http;

import io.stanzahook.stanza.Jid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The query of a request. Unknown and repeated parameters are refused, because a mistyped filter
 * would match every dead letter.
 *
 * @param before only dead letters before that position
 * @param limit the largest number of them
 * @param stanza whether to show the stanzas
 * @param from sender: a JID, a bare one for all of its resources, or a domain for all in it
 * @param to addressee, likewise
 * @param cause the cause of the dead letter
 * @param status the last HTTP status
 */
record DeadLetterFilter(
    long before,
    int limit,
    boolean stanza,
    @Nullable Jid from,
    @Nullable Jid to,
    @Nullable String cause,
    @Nullable Integer status) {
  /** Dead letters in one answer, by default. */
  static final int DEFAULT_LIMIT = 100;

  /** The most dead letters in one answer. */
  static final int MAX_LIMIT = 1000;

  private static final Set<String> FILTERS = Set.of("from", "to", "cause", "status");
  private static final Set<String> PAGING = Set.of("before", "limit", "stanza");

  /** The filter of a list. */
  static DeadLetterFilter ofList(Request request) throws ApiException {
    Map<String, String> given = given(request, PAGING);
    return read(given);
  }

  /** The filter of a change to many: at least one parameter, or {@code all=true}. */
  static DeadLetterFilter ofMany(Request request) throws ApiException {
    Map<String, String> given = given(request, Set.of("all"));
    boolean all = truth(given, "all");
    boolean filtered = given.keySet().stream().anyMatch(FILTERS::contains);
    if (all && filtered) {
      throw wrong("all=true and filters exclude each other");
    }
    if (!all && !filtered) {
      throw wrong("say which: from, to, cause, status, or all=true for all of them");
    }
    return read(given);
  }

  private static ApiException wrong(String what) {
    return new ApiException(ApiError.unreadable(what));
  }

  private static DeadLetterFilter read(Map<String, String> given) throws ApiException {
    return new DeadLetterFilter(
        number(given, "before", 1, Long.MAX_VALUE, Long.MAX_VALUE),
        (int) number(given, "limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
        truth(given, "stanza"),
        jid(given, "from"),
        jid(given, "to"),
        given.get("cause"),
        given.containsKey("status") ? (int) number(given, "status", 0, 999, 0) : null);
  }

  private static Map<String, String> given(Request request, Set<String> others)
      throws ApiException {
    Map<String, String> given = new HashMap<>();
    for (Map.Entry<String, List<String>> parameter : request.query().entrySet()) {
      String name = parameter.getKey();
      if (name.equals(Choice.PARAMETER)) {
        continue;
      }
      if (!FILTERS.contains(name) && !others.contains(name)) {
        List<String> known = new ArrayList<>(FILTERS);
        known.addAll(others);
        known.sort(null);
        throw wrong(
            "unknown parameter '%s'; there are %s".formatted(name, String.join(", ", known)));
      }
      if (parameter.getValue().size() > 1) {
        throw wrong("parameter '" + name + "' is given twice");
      }
      given.put(name, parameter.getValue().get(0));
    }
    return given;
  }

  private static long number(
      Map<String, String> given, String name, long lowest, long highest, long absent)
      throws ApiException {
    String text = given.get(name);
    if (text == null) {
      return absent;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= lowest && value <= highest) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The same message as for a number beyond the bounds.
    }
    throw wrong(
        "%s: '%s' is not a whole number from %d to %d".formatted(name, text, lowest, highest));
  }

  private static boolean truth(Map<String, String> given, String name) throws ApiException {
    String text = given.getOrDefault(name, "false");
    if (!text.equals("true") && !text.equals("false")) {
      throw wrong("%s: '%s' is neither true nor false".formatted(name, text));
    }
    return text.equals("true");
  }

  private static @Nullable Jid jid(Map<String, String> given, String name) throws ApiException {
    String text = given.get(name);
    Jid jid = Jid.parse(text);
    if (text != null && jid == null) {
      throw wrong("%s: '%s' is not a JID".formatted(name, text));
    }
    return jid;
  }

  /** Whether the dead letter matches. */
  boolean matches(ShownDeadLetter letter) {
    return matches(from, letter.from())
        && matches(to, letter.to())
        && (cause == null || cause.equals(letter.letter().burial().cause()))
        && (status == null || status == letter.letter().burial().status());
  }

  private static boolean matches(@Nullable Jid wanted, @Nullable Jid jid) {
    if (wanted == null) {
      return true;
    }
    if (jid == null) {
      return false;
    }
    return wanted.isSame(jid)
        || (wanted.isDomain() && jid.hasDomain(wanted.domain()))
        || (wanted.isBare() && wanted.isSame(jid.bare()));
  }
}
