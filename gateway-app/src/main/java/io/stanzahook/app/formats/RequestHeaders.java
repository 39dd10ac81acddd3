package io.stanzahook.app.formats;

import io.stanzahook.app.formats.JsonValues.Fields;
import io.stanzahook.app.formats.JsonValues.Items;
import io.stanzahook.app.formats.JsonValues.Steps;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request's headers as templates see them: {@code headers.NAME}, in whatever case. Those that
 * prove who asks are not among them: they would end in a message.
 */
public final class RequestHeaders {
  /** No headers. */
  public static final RequestHeaders NONE = new RequestHeaders(new TreeMap<>());

  /** What templates call them. */
  static final String NAME = "headers";

  private static final Set<String> SECRET =
      Set.of("authorization", "proxy-authorization", "cookie", "x-gitlab-token");

  private final Map<String, String> byName;

  private RequestHeaders(Map<String, String> byName) {
    this.byName = Collections.unmodifiableMap(byName);
  }

  /** Those of a request, in its order; values of one that is there several times are joined. */
  public static RequestHeaders of(Iterable<Map.Entry<String, String>> headers) {
    TreeMap<String, String> byName = new TreeMap<>();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!SECRET.contains(name)) {
        byName.merge(name, header.getValue(), (one, other) -> one + ", " + other);
      }
    }
    return new RequestHeaders(byName);
  }

  /** The first of them that is there; empty where none is. */
  String first(List<String> names) {
    for (String name : names) {
      String value = byName.getOrDefault(name, "");
      if (!value.isBlank()) {
        return value.strip();
      }
    }
    return "";
  }

  /** These, before a property of the same name in what was posted. */
  Seen over(@Nullable JsonNode posted, Steps steps) {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    byName.forEach(all::put);
    Fields behind = posted instanceof ObjectNode object ? new Fields(object, steps) : null;
    return new Seen(new Fields(all, steps), behind);
  }

  /**
   * What {@code headers} is in a template.
   *
   * @param own by their names in lower case
   * @param posted a property {@code headers} of what was posted: found where no header has the name
   */
  record Seen(Fields own, @Nullable Fields posted) {
    @Nullable Object get(String name) {
      // Lower case up to what it is compared with.
      int end = name.indexOf('=');
      int to = end < 0 ? name.length() : end;
      Object found = own.get(name.substring(0, to).toLowerCase(Locale.ROOT) + name.substring(to));
      boolean nothing =
          found == null
              || found.equals(false)
              || (found instanceof Items all && all.node().isEmpty());
      return nothing && posted != null ? posted.get(name) : found;
    }

    @Override
    public String toString() {
      return "";
    }
  }
}
