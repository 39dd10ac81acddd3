package io.stanzahook.app;

import io.stanzahook.app.config.Configuration;
import io.stanzahook.app.config.ConfigurationException;
import io.stanzahook.app.config.Option;
import io.stanzahook.app.config.OptionValues;
import io.stanzahook.app.config.Problems;
import io.stanzahook.settings.Suggestion;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code dead-letters}: looks after the dead letters of a running gateway, through its API. */
final class DeadLettersCommand implements Command {
  private static final List<String> ACTIONS = List.of("list", "show", "redeliver", "delete");

  @Override
  public String name() {
    return "dead-letters";
  }

  @Override
  public String summary() {
    return "Lists, shows, redelivers or deletes the dead letters of a running gateway.";
  }

  @Override
  public String words() {
    return "list|show|redeliver|delete [ID]...";
  }

  @Override
  public List<Option> options() {
    return DeadLetterSettings.OPTIONS;
  }

  @Override
  public ExitCode execute(Invocation invocation) throws ConfigurationException {
    invocation.warnOfVariables(this, List.of());
    List<String> words = invocation.words();
    String action = words.isEmpty() ? "" : words.get(0);
    List<String> ids = words.isEmpty() ? List.of() : words.subList(1, words.size());
    DeadLetterSettings settings =
        Configuration.read(
            DeadLetterSettings.class,
            invocation.flags(),
            invocation::warn,
            (values, problems) -> check(action, ids, values, problems));
    GatewayApi api = new GatewayApi(settings.url(), settings.token().credential(), settings.ca());
    DeadLetterPrinter printer =
        new DeadLetterPrinter(
            invocation.console().out(), invocation.console().err(), settings.json());
    try {
      return run(action, ids, settings, api, printer);
    } catch (GatewayApi.ApiException e) {
      invocation.console().err().println(e.line());
      return ExitCode.FAILED;
    }
  }

  private static void check(
      String action, List<String> ids, OptionValues values, Problems problems) {
    if (!ACTIONS.contains(action)) {
      problems.add(
          action.isEmpty()
              ? "name an action: " + String.join(", ", ACTIONS)
              : "unknown action '%s'%s"
                  .formatted(
                      action,
                      Suggestion.nearest(action, ACTIONS) == null
                          ? "; choose one of " + String.join(", ", ACTIONS)
                          : Suggestion.suffix(action, ACTIONS)));
      return;
    }
    boolean every = values.isOn("all");
    boolean filtered =
        Stream.of("from", "to", "cause", "status").anyMatch(name -> values.source(name) != null);
    if (action.equals("list")) {
      if (!ids.isEmpty()) {
        problems.add("list takes no ids: use show");
      }
      if (every) {
        problems.add("list already shows all dead letters, page by page: omit --all");
      }
      return;
    }
    if (action.equals("show")) {
      if (ids.size() != 1 || every || filtered) {
        problems.add("show takes one id and no filters");
      }
      return;
    }
    int ways = (ids.isEmpty() ? 0 : 1) + (every ? 1 : 0) + (filtered ? 1 : 0);
    if (ways != 1) {
      problems.add(
          ("%s needs ids, filters (--from, --to, --cause, --status) or --all: one of the"
                  + " three")
              .formatted(action));
    }
    if (values.source("before") != null) {
      problems.add("--before works only with list");
    }
  }

  private static ExitCode run(
      String action,
      List<String> ids,
      DeadLetterSettings settings,
      GatewayApi api,
      DeadLetterPrinter printer)
      throws GatewayApi.ApiException {
    switch (action) {
      case "list" -> {
        List<String> query = filters(settings);
        add(query, "before", settings.before());
        add(query, "limit", settings.limit());
        printer.list(api.call("GET", path("", query)));
      }
      case "show" ->
          printer.show(api.call("GET", path("/" + encode(ids.get(0)), component(settings))));
      case "redeliver" -> many(ids, settings, api, printer, "POST", "/redeliver", "redelivered");
      default -> many(ids, settings, api, printer, "DELETE", "", "deleted");
    }
    return ExitCode.ENDED;
  }

  private static void many(
      List<String> ids,
      DeadLetterSettings settings,
      GatewayApi api,
      DeadLetterPrinter printer,
      String method,
      String suffix,
      String counted)
      throws GatewayApi.ApiException {
    if (ids.isEmpty()) {
      List<String> query = filters(settings);
      if (settings.every()) {
        query.add("all=true");
      }
      JsonNode answer = api.call(method, path(suffix, query));
      printer.count(answer.path(counted).asLong(), counted);
      return;
    }
    long count = 0;
    for (String id : ids) {
      count +=
          api.call(method, path("/" + encode(id) + suffix, component(settings)))
              .path(counted)
              .asLong();
    }
    printer.count(count, counted);
  }

  private static List<String> component(DeadLetterSettings settings) {
    List<String> query = new ArrayList<>();
    add(query, "component", settings.component());
    return query;
  }

  private static List<String> filters(DeadLetterSettings settings) {
    List<String> query = component(settings);
    settings.filters().forEach((name, value) -> add(query, name, value));
    return query;
  }

  private static void add(List<String> query, String name, @Nullable Object value) {
    if (value != null) {
      query.add(name + "=" + encode(value.toString()));
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String path(String rest, List<String> query) {
    return "/admin/dead-letters" + rest + (query.isEmpty() ? "" : "?" + String.join("&", query));
  }
}
