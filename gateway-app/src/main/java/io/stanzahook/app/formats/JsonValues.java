package io.stanzahook.app.formats;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What templates find: the JSON that was posted and {@link Helpers}, and nothing of Java's objects.
 *
 * <p>A name is looked for in the innermost object only. Besides an object's properties there are
 * {@code name=value}, whether a property has that text, {@code name~=start}, whether its text
 * begins so, and {@code *}, a list with the {@code key} and {@code value} of each property. A list
 * has a {@code size}. What was posted has {@code headers}, those of the request.
 */
final class JsonValues implements Mustache.Collector {
  private static final String ENTRIES = "*";

  /** How many times lists may go on to their next element, all together. */
  static final class Steps {
    private int left;

    Steps(int most) {
      left = most;
    }

    boolean isSpent() {
      return left <= 0;
    }

    /** Goes on by one; false where no more may be. */
    boolean take() {
      if (left <= 0) {
        return false;
      }
      left--;
      return true;
    }
  }

  /**
   * A JSON object. Has no text of its own.
   *
   * @param headers of the request; null inside of what was posted
   */
  record Fields(ObjectNode node, Steps steps, @Nullable RequestHeaders headers) {
    Fields(ObjectNode node, Steps steps) {
      this(node, steps, null);
    }

    @Nullable Object get(String name) {
      if (headers != null && name.equals(RequestHeaders.NAME)) {
        return headers.over(node.get(name), steps);
      }
      JsonNode value = node.get(name);
      if (value != null) {
        return view(value, steps);
      }
      if (name.equals(ENTRIES)) {
        ArrayNode entries = JsonNodeFactory.instance.arrayNode();
        node.properties()
            .forEach(
                field ->
                    entries.addObject().put("key", field.getKey()).set("value", field.getValue()));
        return new Items(entries, steps);
      }
      int equals = name.indexOf('=');
      if (equals > 1 && name.charAt(equals - 1) == '~') {
        String text = node.path(name.substring(0, equals - 1)).asString("");
        return text.startsWith(name.substring(equals + 1));
      }
      return equals > 0
          ? (Object)
              name.substring(equals + 1).equals(node.path(name.substring(0, equals)).asString(""))
          : null;
    }

    @Override
    public String toString() {
      return "";
    }
  }

  /** A JSON list. Has no text of its own. */
  record Items(ArrayNode node, Steps steps) {
    private Iterator<Object> iterator() {
      Iterator<JsonNode> nodes = node.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return nodes.hasNext() && !steps.isSpent();
        }

        @Override
        public Object next() {
          steps.left--;
          Object value = view(nodes.next(), steps);
          // Inside of nothing, there is nothing.
          return value == null ? new Fields(JsonNodeFactory.instance.objectNode(), steps) : value;
        }
      };
    }

    @Override
    public String toString() {
      return "";
    }
  }

  /** A JSON value for a template: null where there is nothing to show. */
  static @Nullable Object view(JsonNode node, Steps steps) {
    if (node instanceof ObjectNode object) {
      return new Fields(object, steps);
    }
    if (node instanceof ArrayNode array) {
      return new Items(array, steps);
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      // A number, so that zero counts as nothing.
      return node.longValue();
    }
    // The empty text counts as nothing too.
    String text = node.asString("");
    return text.isEmpty() ? null : text;
  }

  @Override
  public @Nullable Iterator<?> toIterator(Object value) {
    if (value instanceof Items items) {
      return items.iterator();
    }
    // What stands for a section's missing value.
    return value instanceof List<?> none ? none.iterator() : null;
  }

  @Override
  public Mustache.@Nullable VariableFetcher createFetcher(Object context, String name) {
    if (name.startsWith(Helpers.MARK)) {
      return (object, helper) -> Helpers.ALL.getOrDefault(helper, fragmentDropped());
    }
    if (name.indexOf('.') > 0) {
      // Asked for again, part by part.
      return (object, path) -> Template.NO_FETCHER_FOUND;
    }
    if (context instanceof Fields) {
      return (object, property) -> ((Fields) object).get(property);
    }
    if (context instanceof RequestHeaders.Seen) {
      return (object, header) -> ((RequestHeaders.Seen) object).get(header);
    }
    if (context instanceof Items && name.equals("size")) {
      return (object, size) -> (long) ((Items) object).node().size();
    }
    // In a text or number, a name is one of what is around it.
    return (object, any) -> Template.NO_FETCHER_FOUND;
  }

  private static Mustache.Lambda fragmentDropped() {
    return (fragment, out) -> {};
  }

  @Override
  public <K, V> Map<K, V> createFetcherCache() {
    // As many as names in the template, for each kind of context.
    return new ConcurrentHashMap<>();
  }
}
