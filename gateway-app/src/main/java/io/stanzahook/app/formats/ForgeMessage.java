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
 * What GitHub, Gitea and Forgejo post: who did what to which thing of which repository, what was
 * written there, and where to read on. An event that is not known is told by what it holds.
 */
final class ForgeMessage {
  /** Where the event's name stands. Gitea and Forgejo write it into all of them. */
  private static final List<String> EVENT_HEADERS =
      List.of("x-forgejo-event", "x-gitea-event", "x-gogs-event", "x-github-event");

  private record Telling(String property, String event) {}

  /** Events that are told by a property where no header names them, the surest first. */
  private static final List<Telling> TELLING =
      List.of(
          new Telling("zen", "ping"),
          new Telling("commits", "push"),
          new Telling("review", "pull_request_review"),
          new Telling("comment", "issue_comment"),
          new Telling("pull_request", "pull_request"),
          new Telling("issue", "issues"),
          new Telling("release", "release"),
          new Telling("workflow_job", "workflow_job"),
          new Telling("workflow_run", "workflow_run"),
          new Telling("check_run", "check_run"),
          new Telling("check_suite", "check_suite"),
          new Telling("deployment_status", "deployment_status"),
          new Telling("discussion", "discussion"),
          new Telling("forkee", "fork"),
          new Telling("alert", "alert"),
          new Telling("pages", "gollum"),
          new Telling("ref_type", "create"));

  /** Where the thing is that an event is about, unless in a property of the event's name. */
  private static final Map<String, String> THINGS =
      Map.ofEntries(
          Map.entry("issues", "issue"),
          Map.entry("fork", "forkee"),
          Map.entry("registry_package", "registry_package"),
          Map.entry("code_scanning_alert", "alert"),
          Map.entry("dependabot_alert", "alert"),
          Map.entry("secret_scanning_alert", "alert"),
          Map.entry("repository_vulnerability_alert", "alert"),
          Map.entry("sponsorship", "sponsorship"),
          Map.entry("pull_request_review_thread", "pull_request"),
          Map.entry("pull_request_target", "pull_request"),
          Map.entry("pull_request_sync", "pull_request"),
          Map.entry("pull_request_label", "pull_request"),
          Map.entry("pull_request_assign", "pull_request"),
          Map.entry("pull_request_milestone", "pull_request"),
          Map.entry("pull_request_review_request", "pull_request"),
          Map.entry("issue_label", "issue"),
          Map.entry("issue_assign", "issue"),
          Map.entry("issue_milestone", "issue"));

  /** Where a comment stands. */
  private static final List<String> COMMENTED =
      List.of("pull_request", "issue", "discussion", "commit");

  /** What is around the thing, and not the thing. */
  private static final Set<String> AROUND =
      Set.of("repository", "sender", "organization", "enterprise", "installation", "changes");

  /** Actions after which a text is new, so that people want to read it. */
  private static final Set<String> WRITING =
      Set.of(
          "",
          "opened",
          "created",
          "edited",
          "submitted",
          "published",
          "released",
          "prereleased",
          "updated",
          "answered");

  /** Verbs for actions that are none. */
  private static final Map<String, String> VERBS =
      Map.ofEntries(
          Map.entry("synchronize", "updated"),
          Map.entry("synchronized", "updated"),
          Map.entry("review_requested", "asked for a review of"),
          Map.entry("review_request_removed", "asked no longer for a review of"),
          Map.entry("ready_for_review", "made ready for review"),
          Map.entry("converted_to_draft", "made a draft of"),
          Map.entry("auto_merge_enabled", "turned auto-merge on for"),
          Map.entry("auto_merge_disabled", "turned auto-merge off for"),
          Map.entry("milestoned", "set the milestone of"),
          Map.entry("demilestoned", "removed the milestone of"),
          Map.entry("label_updated", "changed the labels of"),
          Map.entry("label_cleared", "removed the labels of"),
          Map.entry("publicized", "made public"),
          Map.entry("privatized", "made private"));

  private static final String REFS = "refs/";
  private static final int SHORT_ID = 7;

  private final JsonNode event;
  private final String name;
  private final String action;
  private final MessageLines lines;

  private ForgeMessage(JsonNode event, String name, MessageLines lines) {
    this.event = event;
    this.name = name;
    this.action = first(event, "action");
    this.lines = lines;
  }

  /** The text of an event. */
  static String of(JsonValues.Fields posted, RequestHeaders headers) {
    String header = headers.first(EVENT_HEADERS);
    JsonNode event = posted.node();
    MessageLines lines = new MessageLines(posted.steps());
    if (!event.isEmpty()) {
      new ForgeMessage(event, header.isEmpty() ? told(event) : header, lines).show();
    }
    return lines.text();
  }

  private static String told(JsonNode event) {
    for (Telling telling : TELLING) {
      if (event.has(telling.property())) {
        return telling.event();
      }
    }
    return "";
  }

  private void show() {
    switch (name) {
      case "ping" -> {
        headline("sends its webhooks here");
        lines.add(first(event, "zen"));
      }
      case "push" -> push();
      case "star", "watch" ->
          headline(spaced(who(), action.equals("deleted") ? "took a star back" : "starred it"));
      case "public" -> headline(spaced(who(), "made it public"));
      case "create", "delete" -> {
        String kind = first(event, "ref_type");
        headline(
            spaced(
                who(), name + "d", kind.isEmpty() ? "branch" : kind, branch(first(event, "ref"))));
        lines.add(first(event, "repository.html_url"));
      }
      case "status" -> status();
      case "workflow_run", "workflow_job", "check_run", "check_suite" -> run(event.path(name));
      case "action_run_success", "action_run_failure", "action_run_recover" ->
          run(event.path("run"));
      case "deployment_status" -> deployment();
      case "gollum", "wiki" -> wiki();
      case "pull_request_review",
          "pull_request_approved",
          "pull_request_rejected",
          "pull_request_review_approved",
          "pull_request_review_rejected",
          "pull_request_review_comment",
          "pull_request_comment" ->
          review();
      default -> {
        if (event.path("comment").isObject()) {
          comment();
        } else {
          thing();
        }
      }
    }
  }

  private void headline(String sentence) {
    String where =
        first(
            event,
            "repository.full_name",
            "repository.name",
            "organization.login",
            "organization.username",
            "enterprise.slug");
    lines.add(where.isEmpty() ? sentence : "[" + where + "] " + sentence);
  }

  private String who() {
    return first(
        event,
        "sender.login",
        "sender.username",
        "pusher.login",
        "pusher.username",
        "pusher.name",
        "sender.full_name");
  }

  private static String branch(String ref) {
    if (!ref.startsWith(REFS)) {
      return ref;
    }
    String kind = ref.startsWith("refs/tags/") ? "tag " : "";
    return kind + ref.substring(Math.min(ref.length(), ref.indexOf('/', REFS.length()) + 1));
  }

  private void push() {
    String target = branch(first(event, "ref"));
    JsonNode commits = event.path("commits");
    int all = Math.max(commits.size(), event.path("total_commits").asInt(0));
    boolean forced = event.path("forced").asBoolean(false);
    if (event.path("deleted").asBoolean(false) || first(event, "after").matches("0+")) {
      headline(spaced(who(), "deleted", target));
    } else if (all == 0) {
      boolean isNew =
          event.path("created").asBoolean(false) || first(event, "before").matches("0+");
      headline(spaced(who(), isNew ? "created" : forced ? "force-pushed to" : "pushed to", target));
    } else {
      headline(
          spaced(
              who(),
              forced ? "force-pushed" : "pushed",
              all == 1 ? "1 commit" : all + " commits",
              "to",
              target));
    }
    int shown = 0;
    for (JsonNode commit : lines.each(commits)) {
      if (shown == MessageLines.MAX_SHOWN) {
        break;
      }
      shown++;
      lines.add(commit(commit));
    }
    lines.addMore(all - shown);
    lines.add(first(event, "compare", "compare_url", "head_commit.url", "repository.html_url"));
  }

  /** One commit in one line. */
  static String commit(JsonNode commit) {
    String id = first(commit, "id", "sha");
    String author = first(commit, "author.name", "author.username", "author.login");
    return spaced(
        "-",
        id.substring(0, Math.min(SHORT_ID, id.length())),
        firstLine(first(commit, "message", "title")),
        author.isEmpty() ? "" : "(" + author + ")");
  }

  private void status() {
    headline(
        spaced(
            first(event, "context"),
            first(event, "state"),
            of("on", first(event.path("branches").path(0), "name"))));
    lines.add(first(event, "description"));
    lines.add(firstLine(first(event, "commit.commit.message", "commit.message")));
    lines.add(first(event, "target_url", "commit.html_url"));
  }

  private static String of(String word, String what) {
    return what.isEmpty() ? "" : word + " " + what;
  }

  private void run(JsonNode run) {
    String number = first(run, "run_number", "index_in_repo");
    headline(
        spaced(
            first(run, "workflow_name"),
            first(run, "name", "app.name", "workflow_id", "title"),
            number.isEmpty() ? "" : "#" + number,
            first(run, "conclusion", "status").replace('_', ' '),
            of("on", first(run, "head_branch", "check_suite.head_branch", "prettyref"))));
    lines.add(
        first(run, "display_title", "head_commit.message", "title").lines().findFirst().orElse(""));
    lines.add(first(run, "output.title"));
    lines.addQuoted(first(run, "output.summary"));
    lines.addQuoted(first(run, "output.text"));
    for (JsonNode step : lines.each(run.path("steps"))) {
      if (first(step, "conclusion").equals("failure")) {
        lines.add("- " + first(step, "name") + ": failure");
      }
    }
    lines.add(first(run, "html_url", "details_url"));
  }

  private void deployment() {
    JsonNode status = event.path("deployment_status");
    headline(
        spaced(
            "deployment",
            of("of", first(event, "deployment.ref")),
            of("to", first(event, "deployment.environment", "deployment_status.environment")),
            first(status, "state").replace('_', ' ')));
    lines.add(first(status, "description"));
    lines.add(first(event, "deployment.description"));
    lines.add(first(status, "environment_url"));
    lines.add(first(status, "log_url", "target_url"));
  }

  private void wiki() {
    List<JsonNode> pages = lines.each(event.path("pages"));
    headline(
        pages.isEmpty()
            ? spaced(who(), verb(), "wiki page", first(event, "page"))
            : spaced(who(), "changed the wiki"));
    lines.add(first(event, "comment"));
    for (JsonNode page : pages) {
      lines.add(
          spaced(
              "-",
              first(page, "action"),
              first(page, "title", "page_name") + of(":", first(page, "summary")),
              first(page, "html_url")));
    }
    if (pages.isEmpty()) {
      lines.add(first(event, "repository.html_url"));
    }
  }

  private void review() {
    JsonNode review = event.path("review");
    JsonNode comment = event.path("comment");
    String state = first(review, "state", "type").toLowerCase(Locale.ROOT);
    String verb =
        action.equals("dismissed")
            ? "dismissed a review of"
            : state.contains("approved") || name.endsWith("_approved")
                ? "approved"
                : state.contains("changes_requested")
                        || state.contains("rejected")
                        || name.endsWith("_rejected")
                    ? "asked for changes to"
                    : action.equals("deleted")
                        ? "deleted a comment on"
                        : action.equals("edited") ? "edited a comment on" : "commented on";
    headline(spaced(who(), verb, described("pull request", event.path("pull_request"))));
    if (!action.equals("deleted")) {
      lines.add(first(comment, "path"));
      lines.addQuoted(first(review, "body", "content"));
      lines.addQuoted(first(comment, "body"));
    }
    lines.add(first(event, "comment.html_url", "review.html_url", "pull_request.html_url"));
  }

  private void comment() {
    JsonNode comment = event.path("comment");
    String where = COMMENTED.stream().filter(event::has).findFirst().orElse("");
    String on =
        where.isEmpty()
            ? of("commit", shortId(first(comment, "commit_id")))
            : described(noun(where), event.path(where));
    boolean gone = action.equals("deleted");
    String verb =
        gone
            ? "deleted a comment on"
            : action.equals("edited") ? "edited a comment on" : "commented on";
    headline(spaced(who(), verb, on));
    if (!gone) {
      lines.add(first(comment, "path"));
      lines.addQuoted(first(comment, "body"));
    }
    lines.add(first(event, "comment.html_url", where + ".html_url"));
  }

  private static String shortId(String id) {
    return id.substring(0, Math.min(SHORT_ID, id.length()));
  }

  /** An issue of GitHub's may be a pull request. */
  private String noun(String thing) {
    boolean pull =
        thing.equals("issue")
            && (event.path("issue").path("pull_request").isObject()
                || event.path("is_pull").asBoolean(false));
    return pull ? "pull request" : thing.replace('_', ' ');
  }

  private static String described(String noun, JsonNode thing) {
    String number = first(thing, "number");
    String title =
        first(
            thing,
            "title",
            "full_name",
            "name",
            "tag_name",
            "login",
            "user.login",
            "summary",
            "rule.description",
            "security_advisory.summary",
            "secret_type_display_name",
            "external_identifier");
    String label = spaced(noun, number.isEmpty() ? "" : "#" + number);
    return title.isEmpty() ? label : label + (number.isEmpty() ? " " : ": ") + title;
  }

  private String verb() {
    return VERBS.getOrDefault(action, action.replace('_', ' '));
  }

  private void thing() {
    String key = THINGS.getOrDefault(name, name);
    if (!event.path(key).isObject()) {
      key =
          event.properties().stream()
              .filter(each -> each.getValue().isObject() && !AROUND.contains(each.getKey()))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElse("");
    }
    JsonNode thing = event.path(key);
    boolean merged =
        action.equals("closed") && event.path("pull_request").path("merged").asBoolean(false);
    String noun = key.equals("forkee") ? "to" : key.isEmpty() ? name.replace('_', ' ') : noun(key);
    String verb = name.equals("fork") ? "forked it" : merged ? "merged" : verb();
    headline(spaced(who(), verb, described(noun, thing)));
    details(thing);
    if (WRITING.contains(action)) {
      lines.addQuoted(
          first(
              thing,
              "body",
              "description",
              "note",
              "message",
              "security_advisory.description",
              "most_recent_instance.message.text"));
    }
    String url = first(thing, "html_url", "homepage", "target_url");
    lines.add(url.isEmpty() ? first(event, "repository.html_url") : url);
  }

  /** What an action is about, beside the thing itself. */
  private void details(JsonNode thing) {
    lines.add("was", first(event, "changes.title.from", "changes.repository.name.from"));
    lines.add("label", name.equals("label") ? "" : first(event, "label.name"));
    lines.add("assignee", action.endsWith("assigned") ? first(event, "assignee.login") : "");
    lines.add(
        "milestone",
        action.endsWith("milestoned")
            ? first(
                event, "milestone.title", "issue.milestone.title", "pull_request.milestone.title")
            : "");
    lines.add(
        "reviewer",
        first(
            event,
            "requested_reviewer.login",
            "requested_reviewer.username",
            "requested_team.name"));
    lines.add(
        "member",
        name.equals("membership")
            ? first(event, "member.login")
            : first(event, "membership.user.login"));
    lines.add(
        "reason", first(event, "issue.active_lock_reason", "pull_request.active_lock_reason"));
    if (action.equals("opened")) {
      String from = first(thing, "head.label", "head.ref");
      String to = first(thing, "base.label", "base.ref");
      lines.add(from.isEmpty() || to.isEmpty() ? "" : from + " into " + to);
    }
    lines.add("tag", first(thing, "name").isEmpty() ? "" : first(thing, "tag_name"));
    lines.add("version", first(thing, "version", "package_version.version"));
    lines.add("severity", first(thing, "security_advisory.severity", "rule.severity", "severity"));
  }
}
