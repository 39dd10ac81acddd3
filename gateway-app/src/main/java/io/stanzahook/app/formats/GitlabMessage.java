package io.stanzahook.app.formats;

import static io.stanzahook.app.formats.MessageLines.first;
import static io.stanzahook.app.formats.MessageLines.firstLine;
import static io.stanzahook.app.formats.MessageLines.spaced;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What GitLab posts, of projects, groups and the whole system: who did what to which thing of which
 * project, what was written there, and where to read on. Each event says itself what it is.
 */
final class GitlabMessage {
  private static final Map<String, String> VERBS =
      Map.ofEntries(
          Map.entry("open", "opened"),
          Map.entry("close", "closed"),
          Map.entry("reopen", "reopened"),
          Map.entry("update", "updated"),
          Map.entry("merge", "merged"),
          Map.entry("create", "created"),
          Map.entry("delete", "deleted"),
          Map.entry("award", "reacted to"),
          Map.entry("revoke", "took back a reaction to"),
          Map.entry("approved", "approved"),
          Map.entry("approval", "approved"),
          Map.entry("unapproved", "no longer approves"),
          Map.entry("unapproval", "no longer approves"));

  /** Actions after which a text is new, so that people want to read it. */
  private static final Set<String> WRITING = Set.of("", "open", "create", "update", "award");

  private static final int SHORT_ID = 8;

  private final JsonNode event;
  private final JsonNode thing;
  private final String action;
  private final MessageLines lines;

  private GitlabMessage(JsonNode event, MessageLines lines) {
    this.event = event;
    this.thing = event.path("object_attributes");
    this.action = first(event, "object_attributes.action", "action");
    this.lines = lines;
  }

  /** The text of an event. */
  static String of(JsonValues.Fields posted, RequestHeaders headers) {
    MessageLines lines = new MessageLines(posted.steps());
    if (!posted.node().isEmpty()) {
      new GitlabMessage(posted.node(), lines).show(headers);
    }
    return lines.text();
  }

  private void show(RequestHeaders headers) {
    String kind = first(event, "object_kind", "event_name", "event_type");
    switch (kind) {
      case "push", "tag_push" -> push(kind.equals("tag_push"));
      case "note" -> note();
      case "pipeline" -> pipeline();
      case "build" -> job();
      case "deployment" -> deployment();
      case "feature_flag" -> {
        headline(
            spaced(
                who(),
                "turned feature flag",
                first(thing, "name"),
                thing.path("active").asBoolean(false) ? "on" : "off"));
        lines.addQuoted(first(thing, "description"));
        lines.add(first(event, "project.web_url"));
      }
      case "release" -> {
        headline(spaced(who(), verb(), "release", first(event, "name", "tag")));
        lines.add("tag", first(event, "tag"));
        if (!action.equals("delete")) {
          lines.addQuoted(first(event, "description"));
        }
        lines.add(first(event, "url"));
      }
      case "emoji" -> {
        headline(
            spaced(
                who(),
                verb(),
                first(thing, "awardable_type").toLowerCase(Locale.ROOT),
                "with :" + first(thing, "name") + ":"));
        lines.add(first(event, "issue.title", "merge_request.title"));
        lines.addQuoted(first(event, "note.note"));
        lines.add(first(thing, "awarded_on_url"));
      }
      default -> thing(kind, headers);
    }
  }

  private void headline(String sentence) {
    String where =
        first(
            event,
            "project.path_with_namespace",
            "path_with_namespace",
            "project_path_with_namespace",
            "project_name",
            "group.full_path",
            "group.group_path",
            "group.group_name",
            "group_path",
            "full_path",
            "project.name");
    lines.add(where.isEmpty() ? sentence : "[" + where + "] " + sentence);
  }

  private String who() {
    return first(event, "user.name", "user_name", "user.username", "user_username", "owner_name");
  }

  private String verb() {
    return VERBS.getOrDefault(action, action.replace('_', ' '));
  }

  private static String of(String word, String what) {
    return what.isEmpty() ? "" : word + " " + what;
  }

  private void push(boolean tag) {
    String ref = first(event, "ref").replaceFirst("^refs/(heads|tags)/", "");
    String target = tag ? "tag " + ref : ref;
    JsonNode commits = event.path("commits");
    int all = Math.max(commits.size(), event.path("total_commits_count").asInt(0));
    if (first(event, "after").matches("0+")) {
      headline(spaced(who(), "deleted", target));
    } else if (tag || all == 0) {
      headline(
          spaced(who(), first(event, "before").matches("0+") ? "created" : "pushed to", target));
      lines.addQuoted(first(event, "message"));
    } else {
      headline(spaced(who(), "pushed", all == 1 ? "1 commit" : all + " commits", "to", target));
    }
    int shown = 0;
    for (JsonNode commit : lines.each(commits)) {
      if (shown == MessageLines.MAX_SHOWN) {
        break;
      }
      shown++;
      lines.add(ForgeMessage.commit(commit));
    }
    if (shown > 0) {
      lines.addMore(all - shown);
    }
    lines.add(first(commits.path(commits.size() - 1), "url"));
    if (commits.isEmpty()) {
      lines.add(first(event, "project.web_url", "project.homepage"));
    }
  }

  private void note() {
    String noun =
        first(thing, "noteable_type")
            .replaceAll("([a-z])([A-Z])", "$1 $2")
            .toLowerCase(Locale.ROOT);
    String key = noun.replace(' ', '_');
    JsonNode on = event.path(key.isEmpty() ? "issue" : key);
    headline(
        spaced(
            who(),
            action.equals("update") ? "edited a comment on" : "commented on",
            described(noun, on)));
    lines.addQuoted(first(thing, "note", "description"));
    lines.add(first(thing, "url"));
  }

  /** A thing with its number, as GitLab writes it, and its title. */
  private static String described(String noun, JsonNode thing) {
    String number = first(thing, "iid");
    String id = first(thing, "id");
    String title = first(thing, "title", "name");
    String mark = noun.equals("merge request") ? "!" : "#";
    if (noun.equals("commit")) {
      return spaced(
          noun,
          id.substring(0, Math.min(SHORT_ID, id.length())),
          firstLine(first(thing, "message")));
    }
    String label = spaced(noun, number.isEmpty() ? "" : mark + number);
    return title.isEmpty() ? label : label + (number.isEmpty() ? " " : ": ") + title;
  }

  private void pipeline() {
    headline(
        spaced(
            "pipeline",
            "#" + first(thing, "iid", "id"),
            first(thing, "name"),
            first(thing, "detailed_status", "status").replace('_', ' '),
            of("on", first(thing, "ref")),
            of("for", first(event, "merge_request.title")),
            who().isEmpty() ? "" : "(" + who() + ")"));
    lines.add(firstLine(first(event, "commit.title", "commit.message")));
    for (JsonNode job : lines.each(event.path("builds"))) {
      if (first(job, "status").equals("failed")) {
        lines.add(
            "- %s / %s: failed%s%s"
                .formatted(
                    first(job, "stage"),
                    first(job, "name"),
                    job.path("allow_failure").asBoolean(false) ? ", which is allowed" : "",
                    of(" because of", first(job, "failure_reason").replace('_', ' '))));
      }
    }
    String url = first(thing, "url");
    String project = first(event, "project.web_url");
    lines.add(
        !url.isEmpty() || project.isEmpty() ? url : project + "/-/pipelines/" + first(thing, "id"));
  }

  private void job() {
    headline(
        spaced(
            "job",
            first(event, "build_stage") + " / " + first(event, "build_name"),
            first(event, "build_status").replace('_', ' '),
            of("on", first(event, "ref")),
            who().isEmpty() ? "" : "(" + who() + ")"));
    String reason = first(event, "build_failure_reason");
    if (first(event, "build_status").equals("failed") && !reason.equals("unknown_failure")) {
      lines.add("reason", reason.replace('_', ' '));
    }
    lines.add(firstLine(first(event, "commit.message")));
    String project = first(event, "project.web_url", "repository.homepage");
    lines.add(project.isEmpty() ? "" : project + "/-/jobs/" + first(event, "build_id"));
  }

  private void deployment() {
    headline(
        spaced(
            "deployment",
            of("of", first(event, "ref")),
            of("to", first(event, "environment")),
            first(event, "status").replace('_', ' '),
            who().isEmpty() ? "" : "(" + who() + ")"));
    lines.add(spaced(first(event, "short_sha"), first(event, "commit_title")));
    lines.add(first(event, "environment_external_url"));
    lines.add(first(event, "deployable_url", "commit_url"));
  }

  private void thing(String kind, RequestHeaders headers) {
    String noun = kind.replace('_', ' ');
    if (thing.isObject()) {
      String type = first(thing, "type");
      headline(
          spaced(
              who(),
              verb(),
              described(
                  noun.equals("work item") && !type.isEmpty()
                      ? type.toLowerCase(Locale.ROOT)
                      : noun,
                  thing)));
    } else {
      // Of systems and groups: user_add_to_group, project_create, key_create.
      headline(
          spaced(
              noun.isEmpty() ? headers.first(List.of("x-gitlab-event")) : noun + ":",
              first(event, "user_name", "name", "username", "title", "user_username", "email"),
              of("as", first(event, "group_access", "project_access", "access_level")),
              of("in", first(event, "group_name", "project_name")),
              of("was", first(event, "old_path_with_namespace", "old_full_path", "old_username"))));
    }
    if (action.equals("open") && noun.equals("merge request")) {
      lines.add(first(thing, "source_branch") + " into " + first(thing, "target_branch"));
    }
    changes();
    lines.add("severity", first(thing, "severity"));
    lines.add("due", action.equals("open") ? first(thing, "due_date") : "");
    if (WRITING.contains(action)) {
      lines.addQuoted(first(thing, "content", "description", "message", "body"));
    }
    String url = first(thing, "url", "web_url");
    lines.add(url.isEmpty() ? first(event, "project.web_url", "group.web_url", "web_url") : url);
  }

  /** What of a thing is other than before, by name; of titles and labels with what it was. */
  private void changes() {
    JsonNode changes = event.path("changes");
    lines.add("was", first(changes, "title.previous"));
    StringBuilder labels = new StringBuilder();
    for (JsonNode label : lines.each(changes.path("labels").path("current"))) {
      labels.append(labels.isEmpty() ? "" : ", ").append(first(label, "title", "name"));
    }
    lines.add("labels", labels.toString());
    StringBuilder people = new StringBuilder();
    for (JsonNode one : lines.each(changes.path("assignees").path("current"))) {
      people.append(people.isEmpty() ? "" : ", ").append(first(one, "name", "username"));
    }
    lines.add("assignees", people.toString());
  }
}
