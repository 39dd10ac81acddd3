package io.stanzahook.app.admin;

import io.stanzahook.app.http.ApiException;
import io.stanzahook.app.http.Request;
import io.stanzahook.app.http.RequestedComponent;
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
    return read(request, given(request, PAGING));
  }

  /** The filter of a change to many: at least one parameter, or {@code all=true}. */
  static DeadLetterFilter ofMany(Request request) throws ApiException {
    Map<String, String> given = given(request, Set.of("all"));
    boolean all = request.truth("all", false);
    boolean filtered = given.keySet().stream().anyMatch(FILTERS::contains);
    if (all && filtered) {
      throw ApiException.unreadable("all=true and filters exclude each other");
    }
    if (!all && !filtered) {
      throw ApiException.unreadable(
          "choose dead letters: from, to, cause, status, or all=true for all of them");
    }
    return read(request, given);
  }

  private static DeadLetterFilter read(Request request, Map<String, String> given)
      throws ApiException {
    return new DeadLetterFilter(
        request.number("before", 1, Long.MAX_VALUE, Long.MAX_VALUE),
        (int) request.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
        request.truth("stanza", false),
        jid(given, "from"),
        jid(given, "to"),
        given.get("cause"),
        given.containsKey("status") ? (int) request.number("status", 0, 999, 0) : null);
  }

  private static Map<String, String> given(Request request, Set<String> others)
      throws ApiException {
    Map<String, String> given = new HashMap<>();
    for (Map.Entry<String, List<String>> parameter : request.query().entrySet()) {
      String name = parameter.getKey();
      if (name.equals(RequestedComponent.PARAMETER)) {
        continue;
      }
      if (!FILTERS.contains(name) && !others.contains(name)) {
        List<String> known = new ArrayList<>(FILTERS);
        known.addAll(others);
        known.sort(null);
        throw ApiException.unreadable(
            "unknown parameter '%s'; there are %s".formatted(name, String.join(", ", known)));
      }
      if (parameter.getValue().size() > 1) {
        throw ApiException.unreadable("parameter '" + name + "' is given twice");
      }
      given.put(name, parameter.getValue().get(0));
    }
    return given;
  }

  private static @Nullable Jid jid(Map<String, String> given, String name) throws ApiException {
    String text = given.get(name);
    Jid jid = Jid.parse(text);
    if (text != null && jid == null) {
      throw ApiException.unreadable("%s: '%s' is not a JID".formatted(name, text));
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
