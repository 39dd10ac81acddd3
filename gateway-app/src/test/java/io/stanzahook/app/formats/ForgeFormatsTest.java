package io.stanzahook.app.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What people see of the webhooks of GitHub, Gitea, Forgejo and GitLab, by their documentation. */
class ForgeFormatsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Formats FORMATS = Formats.builtIn();

  private static final String AROUND =
      """
      "repository": {"id": 1, "name": "door", "full_name": "octo/door", "private": false,
        "description": "A door.", "html_url": "https://github.example/octo/door"},
      "sender": {"login": "ann", "id": 2, "html_url": "https://github.example/ann"}
      """;

  private static final String PULL =
      """
      {"number": 7, "state": "open", "title": "Paint it", "body": "Blue,\\r\\nas we said.",
       "html_url": "https://github.example/octo/door/pull/7", "merged": %s, "draft": false,
       "user": {"login": "ben"}, "head": {"ref": "blue", "label": "ben:blue"},
       "base": {"ref": "main", "label": "octo:main"}}
      """;

  private static final String ISSUE =
      """
      {"number": 5, "title": "It jams", "body": "When wet.", "state": "open",
       "html_url": "https://github.example/octo/door/issues/5", "user": {"login": "ann"},
       "labels": []}
      """;

  // ------------------------------------------------------------ GitHub

  @Test
  void aPushIsItsCommits() {
    assertThat(
            github(
                "push",
                """
                {"ref": "refs/heads/main", "before": "a1", "after": "b2", "created": false,
                 "deleted": false, "forced": false,
                 "compare": "https://github.example/octo/door/compare/a1...b2",
                 "commits": [
                  {"id": "1a2b3c4d5e6f", "message": "Oil the hinge\\n\\nIt squeaked.",
                   "url": "https://github.example/c/1", "author": {"name": "Ann", "email": "a@x"},
                   "added": [], "removed": [], "modified": ["hinge"]},
                  {"id": "5d6e7f8a9b0c", "message": "Plane the edge", "author": {"name": "Ben"}}],
                 "head_commit": {"id": "5d6e7f8a9b0c"}, "pusher": {"name": "ann", "email": "a@x"},
                 %s}
                """))
        .isEqualTo(
            """
            [octo/door] ann pushed 2 commits to main
            - 1a2b3c4 Oil the hinge (Ann)
            - 5d6e7f8 Plane the edge (Ben)
            https://github.example/octo/door/compare/a1...b2\
            """);
  }

  @Test
  void branchesAndTagsComeAndGo() {
    assertThat(
            github(
                "push",
                "{\"ref\":\"refs/heads/old\",\"after\":\"000000\",\"deleted\":true,\"commits\":[],%s}"))
        .startsWith("[octo/door] ann deleted old\n");
    assertThat(
            github(
                "push",
                "{\"ref\":\"refs/tags/v1\",\"created\":true,\"commits\":[],\"compare\":\"https://x\",%s}"))
        .isEqualTo("[octo/door] ann created tag v1\nhttps://x");
    assertThat(
            github(
                "push",
                "{\"ref\":\"refs/heads/a/b\",\"forced\":true,\"commits\":[{\"id\":\"1\",\"message\":\"m\"}],%s}"))
        .startsWith("[octo/door] ann force-pushed 1 commit to a/b\n- 1 m\n");
    assertThat(github("create", "{\"ref\":\"blue\",\"ref_type\":\"branch\",%s}"))
        .isEqualTo("[octo/door] ann created branch blue\nhttps://github.example/octo/door");
    assertThat(github("delete", "{\"ref\":\"v1\",\"ref_type\":\"tag\",%s}"))
        .startsWith("[octo/door] ann deleted tag v1\n");
  }

  @Test
  void manyCommitsAreCounted() {
    StringBuilder commits = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      commits
          .append(i == 0 ? "" : ",")
          .append("{\"id\":\"c\",\"message\":\"m")
          .append(i)
          .append("\"}");
    }
    String text = github("push", "{\"ref\":\"refs/heads/m\",\"commits\":[" + commits + "],%s}");
    assertThat(text)
        .startsWith("[octo/door] ann pushed 30 commits to m\n- c m0\n")
        .contains("- c m19\nand 10 more\n")
        .doesNotContain("m20");
  }

  @Test
  void issuesSayWhatWasWrittenAndWhatChanged() {
    assertThat(github("issues", "{\"action\":\"opened\",\"issue\":" + ISSUE + ",%s}"))
        .isEqualTo(
            """
            [octo/door] ann opened issue #5: It jams

            When wet.

            https://github.example/octo/door/issues/5\
            """);
    assertThat(
            github(
                "issues",
                "{\"action\":\"labeled\",\"issue\":" + ISSUE + ",\"label\":{\"name\":\"bug\"},%s}"))
        .isEqualTo(
            """
            [octo/door] ann labeled issue #5: It jams
            label: bug
            https://github.example/octo/door/issues/5\
            """);
    assertThat(
            github(
                "issues",
                "{\"action\":\"edited\",\"changes\":{\"title\":{\"from\":\"Stuck\"}},\"issue\":"
                    + ISSUE
                    + ",%s}"))
        .contains("\nwas: Stuck\n", "When wet.");
    assertThat(
            github(
                "issues",
                "{\"action\":\"assigned\",\"assignee\":{\"login\":\"cid\"},\"issue\":"
                    + ISSUE
                    + ",%s}"))
        .contains("ann assigned issue #5: It jams\nassignee: cid");
  }

  @Test
  void commentsSayWhereTheyStand() {
    String comment =
        "\"comment\":{\"body\":\"Oil it.\",\"html_url\":\"https://c\",\"user\":{\"login\":\"ann\"}}";
    assertThat(
            github(
                "issue_comment",
                "{\"action\":\"created\",\"issue\":" + ISSUE + "," + comment + ",%s}"))
        .isEqualTo("[octo/door] ann commented on issue #5: It jams\n\nOil it.\n\nhttps://c");
    String pull = ISSUE.replace("\"labels\"", "\"pull_request\": {\"url\": \"x\"}, \"labels\"");
    assertThat(
            github(
                "issue_comment",
                "{\"action\":\"edited\",\"issue\":" + pull + "," + comment + ",%s}"))
        .startsWith("[octo/door] ann edited a comment on pull request #5: It jams");
    assertThat(
            github(
                "issue_comment",
                "{\"action\":\"deleted\",\"issue\":" + ISSUE + "," + comment + ",%s}"))
        .startsWith("[octo/door] ann deleted a comment on issue #5: It jams")
        .doesNotContain("Oil it.");
    assertThat(
            github(
                "commit_comment",
                "{\"action\":\"created\",\"comment\":{\"body\":\"Why?\",\"commit_id\":\"1a2b3c4d5e\",\"path\":\"hinge\",\"html_url\":\"https://c\"},%s}"))
        .isEqualTo("[octo/door] ann commented on commit 1a2b3c4\nhinge\n\nWhy?\n\nhttps://c");
  }

  @Test
  void pullRequestsAreOpenedReviewedAndMerged() {
    String open = "\"pull_request\":" + PULL.formatted("false");
    assertThat(github("pull_request", "{\"action\":\"opened\",\"number\":7," + open + ",%s}"))
        .isEqualTo(
            """
            [octo/door] ann opened pull request #7: Paint it
            ben:blue into octo:main

            Blue,
            as we said.

            https://github.example/octo/door/pull/7\
            """);
    assertThat(
            github(
                "pull_request",
                "{\"action\":\"closed\",\"pull_request\":" + PULL.formatted("true") + ",%s}"))
        .isEqualTo(
            "[octo/door] ann merged pull request #7: Paint it\n"
                + "https://github.example/octo/door/pull/7");
    assertThat(github("pull_request", "{\"action\":\"closed\"," + open + ",%s}"))
        .startsWith("[octo/door] ann closed pull request #7");
    assertThat(github("pull_request", "{\"action\":\"synchronize\"," + open + ",%s}"))
        .startsWith("[octo/door] ann updated pull request #7");
    assertThat(
            github(
                "pull_request",
                "{\"action\":\"review_requested\",\"requested_reviewer\":{\"login\":\"cid\"},"
                    + open
                    + ",%s}"))
        .startsWith(
            "[octo/door] ann asked for a review of pull request #7: Paint it\nreviewer: cid");
    for (List<String> each :
        List.of(
            List.of("approved", "approved"),
            List.of("changes_requested", "asked for changes to"),
            List.of("commented", "commented on"))) {
      assertThat(
              github(
                  "pull_request_review",
                  "{\"action\":\"submitted\",\"review\":{\"state\":\""
                      + each.get(0)
                      + "\",\"body\":\"Hm.\",\"html_url\":\"https://r\"},"
                      + open
                      + ",%s}"))
          .isEqualTo(
              "[octo/door] ann " + each.get(1) + " pull request #7: Paint it\n\nHm.\n\nhttps://r");
    }
    assertThat(
            github(
                "pull_request_review_comment",
                "{\"action\":\"created\",\"comment\":{\"body\":\"Here?\",\"path\":\"hinge\",\"html_url\":\"https://c\"},"
                    + open
                    + ",%s}"))
        .isEqualTo(
            "[octo/door] ann commented on pull request #7: Paint it\nhinge\n\nHere?\n\nhttps://c");
  }

  @Test
  void runsSayHowTheyEnded() {
    assertThat(
            github(
                "workflow_run",
                """
                {"action": "completed", "workflow_run": {"name": "CI", "run_number": 42,
                  "display_title": "Paint it", "head_branch": "blue", "status": "completed",
                  "conclusion": "failure", "html_url": "https://run"}, %s}
                """))
        .isEqualTo("[octo/door] CI #42 failure on blue\nPaint it\nhttps://run");
    assertThat(
            github(
                "workflow_job",
                """
                {"action": "completed", "workflow_job": {"name": "build", "workflow_name": "CI",
                  "head_branch": "blue", "conclusion": "failure", "html_url": "https://job",
                  "steps": [{"name": "Set up", "conclusion": "success"},
                            {"name": "Test", "conclusion": "failure"}]}, %s}
                """))
        .isEqualTo("[octo/door] CI build failure on blue\n- Test: failure\nhttps://job");
    assertThat(
            github(
                "check_run",
                """
                {"action": "completed", "check_run": {"name": "lint", "status": "completed",
                  "conclusion": "timed_out", "html_url": "https://check",
                  "output": {"title": "Too slow", "summary": "It took an hour.", "text": null},
                  "check_suite": {"head_branch": "blue"}}, %s}
                """))
        .isEqualTo(
            "[octo/door] lint timed out on blue\nToo slow\n\nIt took an hour.\n\nhttps://check");
    assertThat(
            github(
                "status",
                """
                {"state": "error", "context": "ci/old", "description": "No disk",
                 "target_url": "https://ci", "branches": [{"name": "main"}],
                 "commit": {"commit": {"message": "Paint it\\nblue"}}, %s}
                """))
        .isEqualTo("[octo/door] ci/old error on main\nNo disk\nPaint it\nhttps://ci");
    assertThat(
            github(
                "deployment_status",
                """
                {"action": "created", "deployment": {"ref": "main", "environment": "prod"},
                 "deployment_status": {"state": "in_progress", "description": "Soon",
                   "environment_url": "https://door", "log_url": "https://log"}, %s}
                """))
        .isEqualTo(
            "[octo/door] deployment of main to prod in progress\nSoon\nhttps://door\nhttps://log");
  }

  @Test
  void otherEventsSayWhatTheyHold() {
    assertThat(
            github(
                "ping",
                """
                {"zen": "Keep it simple.", "hook_id": 1, "hook": {"type": "Repository"}, %s}
                """))
        .isEqualTo("[octo/door] sends its webhooks here\nKeep it simple.");
    assertThat(
            github(
                "release",
                """
                {"action": "published", "release": {"tag_name": "v1", "name": "First",
                  "body": "It opens.", "html_url": "https://rel"}, %s}
                """))
        .isEqualTo("[octo/door] ann published release First\ntag: v1\n\nIt opens.\n\nhttps://rel");
    assertThat(
            github(
                "fork",
                "{\"forkee\":{\"full_name\":\"ann/door\",\"html_url\":\"https://fork\"},%s}"))
        .isEqualTo("[octo/door] ann forked it to ann/door\nhttps://fork");
    assertThat(github("star", "{\"action\":\"created\",\"starred_at\":\"2026-11-22\",%s}"))
        .isEqualTo("[octo/door] ann starred it");
    assertThat(
            github(
                "gollum",
                """
                {"pages": [{"page_name": "Home", "title": "Home", "summary": null,
                  "action": "edited", "html_url": "https://wiki/home"}], %s}
                """))
        .isEqualTo("[octo/door] ann changed the wiki\n- edited Home https://wiki/home");
    assertThat(
            github(
                "dependabot_alert",
                """
                {"action": "created", "alert": {"number": 3, "html_url": "https://alert",
                  "security_advisory": {"summary": "Picks open it", "severity": "high",
                    "description": "Any pick does."}}, %s}
                """))
        .isEqualTo(
            """
            [octo/door] ann created alert #3: Picks open it
            severity: high

            Any pick does.

            https://alert\
            """);
    assertThat(
            github(
                "discussion_comment",
                """
                {"action": "created", "discussion": {"number": 9, "title": "Colour?"},
                 "comment": {"body": "Blue.", "html_url": "https://d"}, %s}
                """))
        .isEqualTo("[octo/door] ann commented on discussion #9: Colour?\n\nBlue.\n\nhttps://d");
    assertThat(
            github(
                "some_new_event",
                """
                {"action": "made_of", "thing": {"name": "oak", "description": "Hard wood."}, %s}
                """))
        .startsWith("[octo/door] ann made of thing oak");
  }

  @Test
  void withoutTheHeaderAnEventIsToldByWhatItHolds() {
    String push = "{\"ref\":\"refs/heads/m\",\"commits\":[{\"id\":\"1\",\"message\":\"x\"}],%s}";
    assertThat(github("", push)).startsWith("[octo/door] ann pushed 1 commit to m");
    assertThat(github("", "{\"action\":\"opened\",\"issue\":" + ISSUE + ",%s}"))
        .startsWith("[octo/door] ann opened issue #5");
    assertThat(body("github", "{}", Map.of())).isEmpty();
  }

  @Test
  void theSubjectIsTheFirstLine() {
    ObjectNode event =
        (ObjectNode)
            JSON.readTree(("{\"action\":\"opened\",\"issue\":" + ISSUE + ",%s}").formatted(AROUND));
    assertThat(FORMATS.find("github").subject(event, headers(Map.of("X-GitHub-Event", "issues"))))
        .isEqualTo("[octo/door] ann opened issue #5: It jams");
  }

  private static String github(String event, String json) {
    return body("github", json.formatted(AROUND), Map.of("X-GitHub-Event", event));
  }

  // ------------------------------------------------------------ Gitea and Forgejo

  @Test
  void giteaAndForgejoAreReadAsTheyWriteIt() {
    String around =
        """
        "repository": {"id": 1, "name": "door", "full_name": "octo/door",
          "html_url": "https://gitea.example/octo/door"},
        "sender": {"id": 2, "login": "ann", "username": "ann", "full_name": "Ann"}
        """;
    assertThat(
            body(
                "gitea",
                """
                {"ref": "refs/heads/main", "before": "a", "after": "b", "total_commits": 2,
                 "compare_url": "https://gitea.example/octo/door/compare/a...b",
                 "commits": [{"id": "1a2b3c4d5e", "message": "Oil it\\n", "url": "https://c",
                   "author": {"name": "Ann", "email": "a@x", "username": "ann"}}],
                 "head_commit": null, "pusher": {"login": "ann"}, %s}
                """
                    .formatted(around),
                Map.of("X-Gitea-Event", "push", "X-GitHub-Event", "push")))
        .isEqualTo(
            """
            [octo/door] ann pushed 2 commits to main
            - 1a2b3c4 Oil it (Ann)
            and 1 more
            https://gitea.example/octo/door/compare/a...b\
            """);
    assertThat(
            body(
                "gitea",
                """
                {"action": "created", "is_pull": true,
                 "issue": {"number": 4, "title": "Paint it"},
                 "comment": {"body": "Blue.", "html_url": "https://c"}, %s}
                """
                    .formatted(around),
                Map.of("X-Gitea-Event", "issue_comment")))
        .isEqualTo("[octo/door] ann commented on pull request #4: Paint it\n\nBlue.\n\nhttps://c");
    assertThat(
            body(
                "gitea",
                """
                {"action": "reviewed", "number": 4,
                 "pull_request": {"number": 4, "title": "Paint it", "html_url": "https://p"},
                 "review": {"type": "pull_request_review_rejected", "content": "Not red."}, %s}
                """
                    .formatted(around),
                Map.of("X-Forgejo-Event", "pull_request_review_rejected")))
        .isEqualTo(
            "[octo/door] ann asked for changes to pull request #4: Paint it\n\nNot red.\n\nhttps://p");
    assertThat(
            body(
                "gitea",
                "{\"action\":\"created\",\"page\":\"Home\",\"comment\":\"first words\",%s}"
                    .formatted(around),
                Map.of("X-Gitea-Event", "wiki")))
        .isEqualTo(
            "[octo/door] ann created wiki page Home\nfirst words\nhttps://gitea.example/octo/door");
    assertThat(
            body(
                "gitea",
                """
                {"action": "failure", "run": {"title": "CI", "index_in_repo": 12,
                  "status": "failure", "prettyref": "main", "html_url": "https://run"}, %s}
                """
                    .formatted(around),
                Map.of("X-Forgejo-Event", "action_run_failure")))
        .startsWith("[octo/door] CI #12 failure on main")
        .endsWith("https://run");
  }

  // ------------------------------------------------------------ GitLab

  private static final String PROJECT =
      """
      "user": {"id": 1, "name": "Ann A", "username": "ann"}, "project": {"id": 2, "name": "Door",
        "path_with_namespace": "octo/door", "web_url": "https://gitlab.example/octo/door"},
      "repository": {"name": "Door", "homepage": "https://gitlab.example/octo/door"}
      """;

  @Test
  void gitlabsPushesAndTags() {
    assertThat(
            gitlab(
                """
                {"object_kind": "push", "event_name": "push", "before": "95790bf891",
                 "after": "da1560886d", "ref": "refs/heads/main", "user_name": "Ann A",
                 "user_username": "ann", "total_commits_count": 25,
                 "commits": [
                  {"id": "b6568db1bc", "title": "Oil it", "message": "Oil it\\n\\nIt squeaked.",
                   "url": "https://gitlab.example/c/1", "author": {"name": "Ben", "email": "b@x"}},
                  {"id": "da1560886d", "message": "Paint it", "author": {"name": "Ann"},
                   "url": "https://gitlab.example/c/2"}], %s}
                """))
        .isEqualTo(
            """
            [octo/door] Ann A pushed 25 commits to main
            - b6568db Oil it (Ben)
            - da15608 Paint it (Ann)
            and 23 more
            https://gitlab.example/c/2\
            """);
    assertThat(
            gitlab(
                """
                {"object_kind": "tag_push", "before": "0000000000", "after": "da1560886d",
                 "ref": "refs/tags/v1", "message": "The first", "commits": [], %s}
                """))
        .isEqualTo(
            "[octo/door] Ann A created tag v1\n\nThe first\n\nhttps://gitlab.example/octo/door");
    assertThat(
            gitlab(
                "{\"object_kind\":\"push\",\"after\":\"0000000000\",\"ref\":\"refs/heads/old\",\"commits\":[],%s}"))
        .startsWith("[octo/door] Ann A deleted old\n");
  }

  @Test
  void gitlabsIssuesAndMergeRequests() {
    assertThat(
            gitlab(
                """
                {"object_kind": "issue", "event_type": "issue", "object_attributes": {"id": 301,
                  "iid": 23, "title": "It jams", "description": "When wet.", "state": "opened",
                  "action": "open", "url": "https://gitlab.example/i/23"}, "labels": [],
                 "changes": {}, %s}
                """))
        .isEqualTo(
            "[octo/door] Ann A opened issue #23: It jams\n\nWhen wet.\n\nhttps://gitlab.example/i/23");
    assertThat(
            gitlab(
                """
                {"object_kind": "merge_request", "object_attributes": {"iid": 1,
                  "title": "Paint it", "description": "", "source_branch": "blue",
                  "target_branch": "main", "state": "opened", "action": "open",
                  "url": "https://gitlab.example/mr/1"}, %s}
                """))
        .isEqualTo(
            """
            [octo/door] Ann A opened merge request !1: Paint it
            blue into main
            https://gitlab.example/mr/1\
            """);
    assertThat(
            gitlab(
                """
                {"object_kind": "merge_request", "object_attributes": {"iid": 1,
                  "title": "Paint it", "action": "merge", "url": "https://gitlab.example/mr/1"}, %s}
                """))
        .startsWith("[octo/door] Ann A merged merge request !1: Paint it\n");
    assertThat(
            gitlab(
                """
                {"object_kind": "issue", "object_attributes": {"iid": 23, "title": "It jams",
                  "action": "update", "url": "https://i"},
                 "changes": {"title": {"previous": "Stuck", "current": "It jams"},
                  "labels": {"previous": [], "current": [{"title": "bug"}, {"title": "door"}]},
                  "assignees": {"previous": [], "current": [{"name": "Ben"}]}}, %s}
                """))
        .isEqualTo(
            """
            [octo/door] Ann A updated issue #23: It jams
            was: Stuck
            labels: bug, door
            assignees: Ben
            https://i\
            """);
  }

  @Test
  void gitlabsComments() {
    String note =
        "\"object_attributes\":{\"id\":9,\"note\":\"Oil it.\",\"noteable_type\":\"%s\",\"url\":\"https://n\"}";
    assertThat(
            gitlab(
                "{\"object_kind\":\"note\","
                    + note.formatted("MergeRequest")
                    + ",\"merge_request\":{\"iid\":1,\"title\":\"Paint it\"},%s}"))
        .isEqualTo(
            "[octo/door] Ann A commented on merge request !1: Paint it\n\nOil it.\n\nhttps://n");
    assertThat(
            gitlab(
                "{\"object_kind\":\"note\","
                    + note.formatted("Commit")
                    + ",\"commit\":{\"id\":\"cfe32cf61b73\",\"message\":\"Plane it\\nand oil\"},%s}"))
        .startsWith("[octo/door] Ann A commented on commit cfe32cf6 Plane it\n");
    assertThat(
            gitlab(
                "{\"object_kind\":\"note\","
                    + note.formatted("Issue")
                    + ",\"issue\":{\"iid\":23,\"title\":\"It jams\"},%s}"))
        .startsWith("[octo/door] Ann A commented on issue #23: It jams\n");
  }

  @Test
  void gitlabsPipelinesAndJobs() {
    assertThat(
            gitlab(
                """
                {"object_kind": "pipeline", "object_attributes": {"id": 31, "iid": 3,
                  "ref": "main", "status": "failed", "detailed_status": "failed",
                  "url": "https://gitlab.example/p/31"},
                 "commit": {"title": "Paint it", "message": "Paint it\\n"},
                 "builds": [{"stage": "build", "name": "wood", "status": "success"},
                  {"stage": "test", "name": "hinge", "status": "failed",
                   "failure_reason": "script_failure", "allow_failure": false},
                  {"stage": "test", "name": "lint", "status": "failed", "allow_failure": true}],
                 %s}
                """))
        .isEqualTo(
            """
            [octo/door] pipeline #3 failed on main (Ann A)
            Paint it
            - test / hinge: failed because of script failure
            - test / lint: failed, which is allowed
            https://gitlab.example/p/31\
            """);
    assertThat(
            gitlab(
                """
                {"object_kind": "build", "ref": "main", "build_id": 1977, "build_name": "test",
                 "build_stage": "test", "build_status": "failed",
                 "build_failure_reason": "script_failure",
                 "commit": {"message": "Paint it\\nblue"}, %s}
                """))
        .isEqualTo(
            """
            [octo/door] job test / test failed on main (Ann A)
            reason: script failure
            Paint it
            https://gitlab.example/octo/door/-/jobs/1977\
            """);
    assertThat(
            gitlab(
                """
                {"object_kind": "deployment", "status": "success", "environment": "prod",
                 "deployable_url": "https://job", "ref": "main", "short_sha": "279484c0",
                 "commit_title": "Paint it", "environment_external_url": "https://door", %s}
                """))
        .isEqualTo(
            """
            [octo/door] deployment of main to prod success (Ann A)
            279484c0 Paint it
            https://door
            https://job\
            """);
  }

  @Test
  void gitlabsOtherEvents() {
    assertThat(
            gitlab(
                """
                {"object_kind": "release", "action": "create", "name": "First", "tag": "v1",
                 "description": "It opens.", "url": "https://rel", %s}
                """))
        .isEqualTo("[octo/door] Ann A created release First\ntag: v1\n\nIt opens.\n\nhttps://rel");
    assertThat(
            gitlab(
                """
                {"object_kind": "wiki_page", "object_attributes": {"title": "Home",
                  "content": "Welcome", "message": "first words", "action": "create",
                  "url": "https://wiki"}, %s}
                """))
        .isEqualTo("[octo/door] Ann A created wiki page Home\n\nWelcome\n\nhttps://wiki");
    assertThat(
            gitlab(
                """
                {"object_kind": "feature_flag", "object_attributes": {"name": "bell",
                  "description": "Rings", "active": true}, %s}
                """))
        .startsWith("[octo/door] Ann A turned feature flag bell on\n\nRings\n");
    assertThat(
            gitlab(
                """
                {"object_kind": "emoji", "object_attributes": {"name": "tada",
                  "awardable_type": "Issue", "action": "award", "awarded_on_url": "https://i"},
                 "issue": {"iid": 1, "title": "It jams"}, %s}
                """))
        .isEqualTo("[octo/door] Ann A reacted to issue with :tada:\nIt jams\nhttps://i");
    assertThat(
            body(
                "gitlab",
                """
                {"event_name": "user_add_to_group", "group_name": "Doors", "group_path": "doors",
                 "user_name": "Cid", "user_username": "cid", "group_access": "Guest"}
                """,
                Map.of("X-Gitlab-Event", "Member Hook")))
        .isEqualTo("[doors] user add to group: Cid as Guest in Doors");
    assertThat(body("gitlab", "{}", Map.of())).isEmpty();
  }

  private static String gitlab(String json) {
    return body("gitlab", json.formatted(PROJECT), Map.of());
  }

  // ------------------------------------------------------------ both

  @Test
  void whatIsHostileIsBounded() {
    String many = "{\"id\":\"1\",\"message\":\"x\",\"status\":\"failed\"},".repeat(20_000) + "{}";
    for (String format : List.of("github", "gitea")) {
      assertThat(
              body(
                  format,
                  "{\"ref\":\"refs/heads/m\",\"commits\":[" + many + "]}",
                  Map.of("X-GitHub-Event", "push")))
          .hasSizeLessThan(17_000)
          .contains("and 19981 more");
    }
    assertThat(body("gitlab", "{\"object_kind\":\"pipeline\",\"builds\":[" + many + "]}", Map.of()))
        .endsWith("[cut off]");
  }

  private static RequestHeaders headers(Map<String, String> headers) {
    return RequestHeaders.of(headers.entrySet());
  }

  private static String body(String format, String json, Map<String, String> headers) {
    return FORMATS.find(format).body((ObjectNode) JSON.readTree(json), headers(headers));
  }
}
