package io.stanzahook.app.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Jid;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiCredentialsTest {
  private static final List<String> DOMAINS = List.of("gw.localhost", "straße.example");

  private final List<String> problems = new ArrayList<>();

  private ApiCredentials parse(String text) {
    return ApiCredentials.parse(text, DOMAINS, problems::add);
  }

  private ApiCaller caller(String line) {
    ApiCaller caller = parse(line).ofToken(line.split(" ", -1)[0]);
    assertThat(problems).isEmpty();
    assertThat(caller).isNotNull();
    return caller;
  }

  @Test
  void tokensAndPairsWithOrWithoutJids() {
    ApiCredentials credentials =
        parse(
            "# who may\r\n\r\nt0ken\n  other-token bot@gw.localhost\tbot2@gw.localhost\n"
                + "ann:pass:word bot@gw.localhost");
    assertThat(problems).isEmpty();
    assertThat(credentials.ofToken("t0ken")).isNotNull();
    assertThat(credentials.ofToken("other-token")).isNotNull();
    assertThat(credentials.ofPair("ann:pass:word")).isNotNull();
    assertThat(credentials.ofToken("ann:pass:word")).isNull();
    assertThat(credentials.ofPair("t0ken")).isNull();
    assertThat(credentials.ofToken("bot@gw.localhost")).isNull();
    assertThat(credentials.ofToken("# who may")).isNull();
    assertThat(credentials.ofToken("")).isNull();
    assertThat(credentials).hasToString("ApiCredentials[3]");
  }

  @ParameterizedTest
  @CsvSource({
    // line, may send, may look, may change
    "t0ken, true, true, true",
    "t0ken admin, true, true, true",
    "t0ken name=ops, true, true, true",
    "t0ken a@gw.localhost, true, false, false",
    "t0ken a@gw.localhost name=ops, true, false, false",
    "t0ken a@gw.localhost read, true, true, false",
    "t0ken read a@gw.localhost, true, true, false",
    "t0ken a@gw.localhost admin, true, true, true",
    "t0ken read, false, true, false",
    "t0ken name=screen read, false, true, false",
    "t0ken read admin, true, true, true"
  })
  void whatALineMay(String line, boolean send, boolean look, boolean change) {
    ApiCaller caller = caller(line);
    assertThat(List.of(caller.maySend(), caller.mayLook(), caller.mayChange()))
        .containsExactly(send, look, change);
  }

  @Test
  void aNameIsForLogsAndMetrics() {
    assertThat(caller("t0ken").described()).isEqualTo("line 1 of --api-token-file");
    assertThat(caller("t0ken").label()).isEqualTo("line 1");
    ApiCaller named = caller("t0ken a@gw.localhost name=Büro-2");
    assertThat(named.described()).isEqualTo("'Büro-2' (line 1 of --api-token-file)");
    assertThat(named.label()).isEqualTo("Büro-2");
  }

  @Test
  void jidsAreWrittenAsServersWriteThem() {
    ApiCaller caller =
        caller("hooktok Alerts@GW.LocalHost. B%C3@gw.localhost/Desk GROSS@Straße.Example");
    assertThat(caller.jids())
        .containsExactly(
            Jid.of("alerts@gw.localhost"),
            Jid.of("b%c3@gw.localhost/Desk"),
            Jid.of("gross@straße.example"));
    assertThat(caller.usualFrom("gw.localhost")).hasToString("alerts@gw.localhost");
    assertThat(caller.maySendFrom(Jid.of("alerts@gw.localhost/x"))).isTrue();
    assertThat(caller.maySendFrom(Jid.of("b%c3@gw.localhost"))).isFalse();
  }

  @Test
  void aUserThatIsAnAddressIsPreparedToo() {
    ApiCaller me = parse("Me@GW.localhost:secret").ofPair("Me@GW.localhost:secret");
    assertThat(me).isNotNull();
    assertThat(me.usualFrom("gw.localhost")).hasToString("me@gw.localhost");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alerts@elsewhere.example",
        "alerts@sub.gw.localhost",
        "elsewhere.example",
        "@gw.localhost",
        "a@b@gw.localhost",
        "a&b@gw.localhost",
        "a\u202eb@gw.localhost",
        "a\u3000b@gw.localhost",
        "\u05d0a@gw.localhost",
        "\ufeff@gw.localhost",
        "bot@gw.localhost/",
        "bot@gw.localhost/\u0085"
      })
  void aJidThatNobodyCouldSendFromIsAProblem(String jid) {
    parse("ok\n\nsecret-token bot@gw.localhost " + jid);
    assertThat(problems)
        .isNotEmpty()
        .allSatisfy(
            problem ->
                assertThat(problem)
                    .startsWith("line 3, word 3, ")
                    .doesNotContain("secret-token", "alerts"));
  }

  @ParameterizedTest
  @CsvSource({"Admin, admin", "READ, read", "reed, read", "admn, admin", "Name=x, name="})
  void aWordThatIsNearlyOneIsNotTakenForIt(String word, String meant) {
    ApiCredentials credentials = parse("t0ken a@gw.localhost " + word);
    assertThat(problems)
        .singleElement()
        .asString()
        .startsWith("line 1, word 3, is neither a JID of gw.localhost, straße.example nor one of")
        .contains("admin, read, name=TEXT");
    if (!word.contains("=")) {
      assertThat(problems.get(0)).endsWith("did you mean " + meant + "?");
    }
    ApiCaller caller = credentials.ofToken("t0ken");
    assertThat(caller).isNotNull();
    assertThat(caller.mayLook()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"name=", "name=a\u202eb", "name=a name=b"})
  void aNameThatCannotBeShownIsAProblem(String words) {
    parse("t0ken " + words);
    assertThat(problems).singleElement().asString().contains("name=");
  }

  @Test
  void allLinesThatAreWrongAreToldAtOnce() {
    parse("a x\nb a@elsewhere\n:c");
    assertThat(problems).hasSize(3);
    assertThat(problems.get(0)).startsWith("line 1, word 2");
    assertThat(problems.get(1)).startsWith("line 2, word 2");
    assertThat(problems.get(2)).startsWith("line 3 has no user");
  }

  @Test
  void whereADomainIsMissingThatIsTheProblemAndNotTheJids() {
    ApiCredentials.parse("t bot@anywhere.example", null, problems::add);
    assertThat(problems).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', holds no credentials",
    "'# only a comment', holds no credentials",
    "'ok\n:secret-password', line 2 has no user",
    "'secret-user:', line 1 has no user or no password"
  })
  void whatCannotBeUsedIsSaidWithoutQuotingIt(String text, String message) {
    parse(text.replace("\\n", "\n"));
    assertThat(problems).singleElement().asString().contains(message).doesNotContain("secret");
  }

  @Test
  void isBounded() {
    parse("t\n".repeat(ApiCredentials.MAX_LINES + 1));
    parse("t".repeat(ApiCredentials.MAX_LENGTH + 1));
    assertThat(problems)
        .containsExactly(
            "holds more than 1000 credentials",
            "line 1 has more than 1024 characters before the first space");
  }
}
