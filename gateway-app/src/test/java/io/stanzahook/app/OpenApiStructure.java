package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What OpenAPI 3.1.0 demands of a document, as far as one like ours uses it: the objects' fields
 * (4.8 of the specification), and schemas that are schemas (JSON Schema 2020-12).
 */
final class OpenApiStructure {
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");
  private static final Set<String> PLACES = Set.of("query", "header", "path", "cookie");
  private static final Pattern STATUS = Pattern.compile("[1-5]\\d\\d|default");
  private static final Pattern IN_PATH = Pattern.compile("\\{([^}]+)}");

  private final JsonNode document;
  private final Schema schemas =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

  private OpenApiStructure(JsonNode document) {
    this.document = document;
  }

  /** Asserts it. */
  static void check(JsonNode document) {
    new OpenApiStructure(document).check();
  }

  private void check() {
    fields("document", document, Set.of("openapi", "info", "paths"), Set.of("components", "tags"));
    assertThat(document.path("openapi").stringValue()).matches("3\\.1\\.\\d+");
    fields(
        "info",
        document.path("info"),
        Set.of("title", "version"),
        Set.of("description", "license"));
    document.findValuesAsString("$ref").forEach(this::reference);
    document.path("paths").propertyStream().forEach(this::path);
    JsonNode components = document.path("components");
    fields("components", components, Set.of(), Set.of("schemas", "securitySchemes", "parameters"));
    components.path("schemas").propertyStream().forEach(s -> schema(s.getKey(), s.getValue()));
    components
        .path("securitySchemes")
        .propertyStream()
        .forEach(
            s ->
                fields(
                    s.getKey(),
                    s.getValue(),
                    s.getValue().path("type").asString("").equals("apiKey")
                        ? Set.of("type", "in", "name")
                        : Set.of("type", "scheme"),
                    Set.of()));
  }

  private void reference(String name) {
    assertThat(name).startsWith("#/");
    assertThat(document.at(name.substring(1)).isMissingNode()).as(name).isFalse();
  }

  private void path(Map.Entry<String, JsonNode> path) {
    assertThat(path.getKey()).startsWith("/");
    assertThat(path.getValue().propertyNames()).as(path.getKey()).isSubsetOf(METHODS);
    path.getValue()
        .propertyStream()
        .forEach(o -> operation(path.getKey(), o.getKey() + " " + path.getKey(), o.getValue()));
  }

  private void operation(String path, String where, JsonNode operation) {
    fields(
        where,
        operation,
        Set.of("responses"),
        Set.of("summary", "description", "tags", "security", "parameters", "requestBody"));
    assertThat(operation.path("responses").propertyNames()).as(where).isNotEmpty();
    operation.path("responses").propertyStream().forEach(r -> response(where, r));
    Set<String> inPath = new TreeSet<>();
    for (JsonNode given : operation.path("parameters")) {
      String reference = given.path("$ref").asString("");
      JsonNode parameter = reference.isEmpty() ? given : document.at(reference.substring(1));
      fields(
          where + " parameter",
          parameter,
          Set.of("name", "in", "schema"),
          Set.of("description", "required"));
      assertThat(PLACES).contains(parameter.path("in").stringValue());
      schema(where, parameter.path("schema"));
      if (parameter.path("in").stringValue().equals("path")) {
        assertThat(parameter.path("required").booleanValue()).as(where).isTrue();
        inPath.add(parameter.path("name").stringValue());
      }
    }
    assertThat(inPath)
        .as(where)
        .containsExactlyInAnyOrderElementsOf(
            IN_PATH.matcher(path).results().map(m -> m.group(1)).toList());
    if (operation.has("requestBody")) {
      JsonNode body = operation.path("requestBody");
      fields(where + " body", body, Set.of("content"), Set.of("description", "required"));
      content(where, body.path("content"));
    }
    for (JsonNode requirement : operation.path("security")) {
      assertThat(document.path("components").path("securitySchemes").propertyNames())
          .as(where)
          .containsAll(requirement.propertyNames());
    }
  }

  private void response(String operation, Map.Entry<String, JsonNode> response) {
    String where = operation + " " + response.getKey();
    assertThat(response.getKey()).as(where).matches(STATUS);
    fields(where, response.getValue(), Set.of("description"), Set.of("content", "headers"));
    content(where, response.getValue().path("content"));
    response
        .getValue()
        .path("headers")
        .propertyStream()
        .forEach(
            header -> {
              fields(where, header.getValue(), Set.of("schema"), Set.of("description"));
              schema(where, header.getValue().path("schema"));
            });
  }

  private void content(String where, JsonNode content) {
    content
        .propertyStream()
        .forEach(
            media -> {
              assertThat(media.getKey()).as(where).matches("[a-z]+/[a-z0-9.+-]+");
              fields(where, media.getValue(), Set.of(), Set.of("schema", "example"));
              schema(where, media.getValue().path("schema"));
            });
  }

  private void schema(String where, JsonNode schema) {
    if (!schema.isMissingNode()) {
      assertThat(schemas.validate(schema)).as(where).isEmpty();
    }
  }

  private static void fields(
      String where, JsonNode object, Set<String> required, Set<String> optional) {
    Set<String> all = new TreeSet<>(required);
    all.addAll(optional);
    assertThat(List.copyOf(object.propertyNames())).as(where).containsAll(required).isSubsetOf(all);
  }
}
