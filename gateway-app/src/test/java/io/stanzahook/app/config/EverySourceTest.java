package io.stanzahook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.GatewaySettings;
import io.stanzahook.app.credentials.ApiCredentials;
import io.stanzahook.app.credentials.HookSecrets;
import io.stanzahook.sandbox.TestCa;
import io.stanzahook.settings.Settings;
import io.stanzahook.signing.NewSigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * A setting has the same value wherever it is given. Settings are those that records declare, and a
 * value for each is looked for among texts and files of all forms: a new setting is tried without a
 * line here.
 */
class EverySourceTest {
  private static final String CLUSTER = "kafka://h:9092/p";

  private final Path folder;
  private final List<String> texts = new ArrayList<>();
  private final List<String> files = new ArrayList<>();

  EverySourceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void prepareValues() throws IOException {
    texts.addAll(
        List.of(
            "true",
            "x.example",
            "x.example:1",
            "http://x.example/v1",
            "7s",
            "7",
            "20",
            "20000",
            "0.5"));
    texts.addAll(List.of("2000000", "off", "none", "json", "xml", "reject", "nio", "message,iq"));
    texts.addAll(List.of("A: 1", "kind=iq action=drop", "ops@rooms.example/bot?password=p"));
    // A configuration, a pair of credentials and a secret.
    files.add(file("any", "{\"queue\":10000}\n"));
    files.add(file("keys", NewSigningKey.shared().secret() + "\n"));
    files.add(file("hooks", "github s3cr3t\n"));
    files.add(file("ca.pem", TestCa.create().pem()));
    files.add(
        Files.write(
                folder.resolve("face.gif"),
                Base64.getDecoder()
                    .decode(
                        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="))
            .toString());
    files.add(file("commands", "[{node: deploy, fields: [{var: target}]}]"));
    files.add(file("own.pem", TestCa.pem(TestCa.create().issue("x"))));
    files.add(Files.createDirectory(folder.resolve("folder")).toString());
    file("folder/own.mustache", "hello");
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void flagVariableAndFileGiveTheSame() throws Exception {
    Map<String, Object> usual = values(read(required(null), Map.of()));
    for (Option option : RunOptions.ALL) {
      Map<String, String> given = given(option);
      Object byFlag = value(option, read(given, Map.of()));
      assertThat(byFlag).as(option.flag()).isNotNull().isNotEqualTo(usual.get(name(option)));
      Map<String, String> variables = new LinkedHashMap<>();
      given.forEach((name, text) -> variables.put(named(name).variable(), text));
      assertThat(value(option, read(Map.of(), variables))).as(option.variable()).isEqualTo(byFlag);
      if (option.inFile()) {
        assertThat(value(option, read(Map.of("config", yaml("", given)), Map.of())))
            .as(option.key())
            .isEqualTo(byFlag);
      }
    }
  }

  @Test
  void anEntryOfComponentsGivesTheSame() throws Exception {
    for (Option option : RunOptions.COMPONENT) {
      Map<String, String> given = given(option);
      String entry = "components:\n  -\n";
      assertThat(value(option, read(Map.of("config", yaml(entry, given)), Map.of())))
          .as(option.key())
          .isEqualTo(value(option, read(given, Map.of())));
    }
  }

  @Test
  void theSandboxHasThemButServerSecretTlsAndSpool() throws Exception {
    for (Option option : RunOptions.COMPONENT) {
      boolean excepted = option.name().matches("server|secret.*|tls.*|spool.*|dead-letters");
      assertThat(option.said().inSandbox()).as(option.flag()).isEqualTo(!excepted);
    }
    for (Option option : SandboxOptions.SHARED) {
      Map<String, String> given = given(option);
      given.keySet().removeIf(name -> !named(name).said().inSandbox());
      CommandLineFlags line = line(SandboxOptions.ALL, given);
      SandboxSettings sandbox = SandboxOptions.read(line, Map.of(), "s", "1");
      assertThat(value(option, sandbox.app()))
          .as(option.flag())
          .isEqualTo(value(option, read(given(option), Map.of())));
    }
  }

  @Test
  void whatIsLiveIsChangedByPatchAndReloadAlike() throws Exception {
    for (Option option : RunOptions.COMPONENT) {
      Map<String, String> given = given(option);
      AppSettings after = read(given, Map.of());
      Map<String, String> without = new LinkedHashMap<>(given);
      without.remove(option.name());
      without.putAll(required(option.name().equals("secret-file") ? null : option));
      if (RunOptions.COMPONENT.stream().noneMatch(other -> option.equals(other.needs()))) {
        GatewaySettings before =
            Settings.with(read(without, Map.of()).gateway(), "tracing", after.tracing());
        assertThat(Live.tuned(before, after.gateway()).equals(after.gateway()))
            .as(option.flag())
            .isEqualTo(option.isLive());
        if (option.isPatched()) {
          String json =
              new JsonMapper().writeValueAsString(Map.of(option.key(), given.get(option.name())));
          assertThat(Live.merge(before, json)).as(json).isEqualTo(after.gateway());
          assertThat(Live.shown(after.gateway())).containsKey(option.key());
        }
      }
    }
    for (Option option : RunOptions.PROCESS) {
      AppSettings before =
          read(option.needs() == null ? required(null) : required(option), Map.of());
      assertThat(before.processDifferences(read(given(option), Map.of())))
          .as(option.flag())
          .isEqualTo(option.isLive() ? List.of() : List.of(option.key()));
    }
  }

  @Test
  void readTwiceTheyAreEqual() throws Exception {
    for (Option option : RunOptions.ALL) {
      AppSettings once = read(given(option), Map.of());
      AppSettings again = read(given(option), Map.of());
      assertThat(again.gateway())
          .as(option.flag())
          .isEqualTo(once.gateway())
          .hasSameHashCodeAs(once.gateway());
      assertThat(once.processDifferences(again)).as(option.flag()).isEmpty();
    }
  }

  /** What has to be given, and for another value of a setting what that needs. */
  private static Map<String, String> required(Option option) {
    Map<String, String> given = new LinkedHashMap<>();
    given.put("component", "bot.example");
    given.put("secret", "s");
    given.put("post-url", "http://h/");
    if (option == null || !option.name().equals("post-stanzas")) {
      given.put("post-stanzas", "message,presence,iq");
    }
    Option needed = option == null ? null : option.needs();
    if (needed != null && needed.name().equals("cluster")) {
      // Without it, what needs it is not there to differ.
      given.put("cluster", CLUSTER);
    }
    return given;
  }

  private Map<String, String> given(Option option) {
    return given(option, text(option));
  }

  private Map<String, String> given(Option option, String text) {
    Map<String, String> given = required(option);
    Option needed = option.needs();
    if (needed != null) {
      given.put(
          needed.name(),
          needed.isSwitch()
              ? "true"
              : needed.name().equals("cluster") ? CLUSTER : folder.resolve("spool").toString());
    }
    if (option.name().equals("secret-file")) {
      given.remove("secret");
    }
    given.put(option.name(), text);
    return given;
  }

  /** A value of the setting's form that is not its default. */
  private String text(Option option) {
    List<String> all = new ArrayList<>(files);
    all.addAll(texts);
    all.add(CLUSTER);
    // What help lists as choices is one.
    all.addAll(List.of(option.placeholder().split("\\|", -1)));
    for (String text : all) {
      Problems problems = new Problems();
      Object value = made(option, text, problems);
      if (problems.isEmpty()
          && value != null
          && !value.equals(usual(option))
          && (option.form().whole() != null || isGood(option, text))) {
        return text;
      }
    }
    throw new AssertionError("no text is a value of " + option.flag() + ": add one of its form");
  }

  /** Files that are only named are read when all else is known. */
  private boolean isGood(Option option, String text) {
    if (!(made(option, text, new Problems()) instanceof Path)) {
      return true;
    }
    Map<String, String> given = given(option, text);
    try {
      read(given, Map.of());
      return true;
    } catch (ConfigurationException e) {
      return false;
    }
  }

  private static Object usual(Option option) {
    String fallback = option.fallback();
    return fallback == null ? "" : made(option, fallback, new Problems());
  }

  private static Object made(Option option, String text, Problems problems) {
    Source source = new Source(Source.Layer.FLAG, option.flag());
    Object value = OptionValues.parse(option, text, source, problems);
    Form.Whole whole = option.form().whole();
    Object made =
        value == null || whole == null ? value : whole.of(List.of(value), source, problems);
    return Objects.requireNonNullElse(made, "");
  }

  private static Option named(String name) {
    return Option.named(name, RunOptions.ALL);
  }

  /** A file of them, all at the top or all in the one entry of a list. */
  private String yaml(String entry, Map<String, String> given) throws IOException {
    StringBuilder top = new StringBuilder();
    StringBuilder own = new StringBuilder(entry);
    given.forEach(
        (name, text) -> {
          boolean ofEntry = !entry.isEmpty() && named(name).scope() == Option.Scope.COMPONENT;
          (ofEntry ? own.append("    ") : top)
              .append("%s: '%s'%n".formatted(named(name).key(), text));
        });
    return file("conf.yaml", top + own.toString());
  }

  private static CommandLineFlags line(List<Option> options, Map<String, String> given) {
    List<String> arguments = new ArrayList<>();
    given.forEach((name, text) -> arguments.add("--" + name + "=" + text));
    return CommandLineFlags.parse(CommandLineFlags.spec("x", "", options), options, arguments);
  }

  private static AppSettings read(Map<String, String> flags, Map<String, String> environment)
      throws ConfigurationException {
    CommandLineFlags line = line(RunOptions.ALL, flags);
    return Configuration.read(line, environment, "1");
  }

  /** The setting that a value goes to: that of a file with a secret is the secret. */
  private static String name(Option option) {
    return option.said().name();
  }

  private static Object value(Option option, AppSettings settings) {
    Object value = values(settings).get(name(option));
    // Credentials are compared by nothing else.
    return value instanceof ApiCredentials || value instanceof HookSecrets
        ? value.toString()
        : value;
  }

  private static Map<String, Object> values(AppSettings settings) {
    Map<String, Object> values = Settings.values(settings.gateway());
    values.putAll(Settings.values(settings));
    return values;
  }
}
