package io.stanzahook.mapping;

import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON as the table declares it, and JSON as it should not be, the same for the same seed. */
final class MappedObjects {
  private static final JsonNodeFactory FACTORY = JsonNodeFactory.instance;
  private static final JsonMapper JSON = new JsonMapper();

  /** Forwarded messages may hold forwarded messages. */
  private static final int DEEPEST = 6;

  private static final String[] CHARACTERS = {
    "a",
    "b",
    " ",
    "<",
    ">",
    "&",
    "'",
    "\"",
    "/",
    "]",
    "\r",
    "\n",
    "\t",
    "\u00e9",
    "\u20ac",
    "\ud83d\ude00"
  };

  private static final List<String> HTML =
      List.of("'<body><p>a &amp; <b>b</b></p></body>'", "'<body/>'");
  private static final List<String> DISCO =
      List.of(
          "true",
          "'n'",
          "{'node':'n','identities':[{'category':'c','type':'t','name':'N'}],'features':[]}",
          "{'identities':[],'features':['a','b'],'extensions':{'urn:x':{'os':['a','b'],'ip':[]}}}");
  private static final List<String> ITEMS =
      List.of("true", "'n'", "[{'jid':'a'},{'jid':'b','node':'n','name':'N'}]");
  private static final List<String> DATA = List.of("1.5", "'x'", "{'a':[true,null]}", "[]");
  private static final List<String> VALUE = List.of("'one'", "''", "['one','two']");

  private final Random random;

  MappedObjects(long seed) {
    this.random = new Random(seed);
  }

  /** A value of that row. */
  JsonNode value(Property property) {
    return value(property.name(), property.shape(), 0);
  }

  /** An object with some of these. */
  ObjectNode object(List<? extends Property> properties) {
    return object(properties, 0);
  }

  private ObjectNode object(List<? extends Property> properties, int depth) {
    ObjectNode object = FACTORY.objectNode();
    for (Property property : properties) {
      if (random.nextInt(4) == 0 && depth < DEEPEST) {
        object.set(property.name(), value(property.name(), property.shape(), depth + 1));
      }
    }
    return object;
  }

  private JsonNode value(String name, Shape shape, int depth) {
    if (shape instanceof Shape.Text) {
      return text();
    }
    if (shape instanceof Shape.OneOf choice) {
      return FACTORY.stringNode(choice.values().get(random.nextInt(choice.values().size())));
    }
    if (shape instanceof Shape.Whole whole) {
      return FACTORY.numberNode(
          random.nextLong(whole.least(), Math.min(whole.most(), Integer.MAX_VALUE) + 1));
    }
    if (shape instanceof Shape.Numeric) {
      return FACTORY.numberNode(random.nextInt());
    }
    if (shape instanceof Shape.Truth) {
      return FACTORY.booleanNode(random.nextBoolean());
    }
    if (shape instanceof Shape.Mark) {
      return FACTORY.booleanNode(true);
    }
    if (shape instanceof Shape.Many many) {
      ArrayNode array = FACTORY.arrayNode();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        array.add(value("", many.of(), depth + 1));
      }
      return array;
    }
    return shape instanceof Shape.Fields fields
        ? settled(name, fields, object(fields.properties(), depth))
        : special(name);
  }

  /** With what it needs, and without what is only a short form. */
  private ObjectNode settled(String name, Shape.Fields fields, ObjectNode object) {
    for (Property property : fields.properties()) {
      if (fields.required().contains(property.name()) && !object.has(property.name())) {
        object.set(property.name(), value(property.name(), property.shape(), DEEPEST));
      }
    }
    if (fields.required().contains("node")) {
      object.remove("data");
    }
    if (!object.has("first")) {
      object.remove("index");
    }
    JsonNode oob = object.remove("oob");
    object.remove("oob_url");
    if (oob != null && oob.has("url")) {
      object.set("oob", oob);
      object.set("oob_url", oob.get("url"));
    }
    if (name.equals("error")) {
      object.put("type", "wait");
      object.put("condition", "gone");
    }
    String type = object.path("type").asString("");
    boolean inValues = fields.properties().stream().anyMatch(p -> p.name().equals("values"));
    if (type.equals("text-multi") && !inValues) {
      // One text, of as many lines as there are values.
      JsonNode value = object.get("value");
      object.put("value", value != null && value.isString() ? value.stringValue() : "a\nb");
    } else if (List.of("jid-multi", "list-multi").contains(type) && !inValues) {
      object.set("value", FACTORY.arrayNode().add("one"));
    }
    if (type.startsWith("list-") && !object.has("options")) {
      object.putArray("options");
    }
    for (Property property : fields.properties()) {
      if (property.shape() instanceof Shape.Many
          && List.of("fields", "reactions", "emojis").contains(property.name())
          && !object.has(property.name())) {
        object.putArray(property.name());
      }
    }
    return object;
  }

  private JsonNode special(String name) {
    List<String> examples =
        switch (name) {
          case "html" -> HTML;
          case "disco" -> DISCO;
          case "items" -> ITEMS;
          case "data" -> DATA;
          case "value" -> VALUE;
          default -> throw new IllegalArgumentException("no examples of " + name);
        };
    return JSON.readTree(examples.get(random.nextInt(examples.size())).replace('\'', '"'));
  }

  private JsonNode text() {
    StringBuilder text = new StringBuilder();
    for (int i = 1 + random.nextInt(8); i > 0; i--) {
      text.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
    }
    return FACTORY.stringNode(text.toString());
  }

  /** Right names with wrong values, and the other way round. */
  ObjectNode nonsense() {
    return (ObjectNode) nonsense(0);
  }

  private JsonNode nonsense(int depth) {
    List<MappedProperty> rows = StanzaMapping.properties();
    ObjectNode object = FACTORY.objectNode();
    for (int i = random.nextInt(4); i >= 0; i--) {
      MappedProperty row = rows.get(random.nextInt(rows.size()));
      String name =
          switch (random.nextInt(5)) {
            case 0 ->
                List.of("kind", "fields", "node", "id", "url", "page", "nonsense", "a\nb")
                    .get(random.nextInt(8));
            default -> row.property().name();
          };
      JsonNode value =
          switch (random.nextInt(9)) {
            case 0 -> text();
            case 1 -> FACTORY.numberNode(random.nextLong());
            case 2 -> FACTORY.booleanNode(random.nextBoolean());
            case 3 -> FACTORY.nullNode();
            case 4 ->
                FACTORY.stringNode(
                    List.of("", "message", "iq", "get", "result", "true", "<body/>", "7")
                        .get(random.nextInt(8)));
            case 5 -> depth < 3 ? nonsense(depth + 1) : FACTORY.arrayNode();
            case 6 -> depth < 3 ? FACTORY.arrayNode().add(nonsense(depth + 1)) : FACTORY.nullNode();
            default -> value(row.property());
          };
      object.set(name, value);
    }
    return object;
  }
}
