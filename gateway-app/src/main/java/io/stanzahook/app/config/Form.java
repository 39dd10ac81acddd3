package io.stanzahook.app.config;

import io.stanzahook.app.credentials.ApiCredentials;
import io.stanzahook.app.credentials.HookSecrets;
import io.stanzahook.app.credentials.TokenFile;
import io.stanzahook.app.files.BoundedFile;
import io.stanzahook.app.formats.Formats;
import io.stanzahook.app.formats.TemplateFiles;
import io.stanzahook.app.logging.LogLevels;
import io.stanzahook.cluster.ClientProperties;
import io.stanzahook.cluster.ClusterAddress;
import io.stanzahook.local.Avatar;
import io.stanzahook.local.Commands;
import io.stanzahook.local.Filters;
import io.stanzahook.net.ProxyChoice;
import io.stanzahook.order.Concurrency;
import io.stanzahook.rooms.RoomSettings;
import io.stanzahook.settings.HostPort;
import io.stanzahook.settings.Setting;
import io.stanzahook.settings.Settings;
import io.stanzahook.settings.Values;
import io.stanzahook.signing.SigningKeys;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.ComponentDomain;
import io.stanzahook.tls.ClientCertificate;
import io.stanzahook.tls.TrustedCertificates;
import io.stanzahook.webhook.UrlTemplate;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The form of a setting's value, which follows from its type.
 *
 * @param shape how many values it takes
 * @param each reads one value; an {@link IllegalArgumentException} says what is wrong with it
 * @param whole makes the setting from the values; null if the value is the setting
 * @param absent makes the value of a setting that is not given; null for none
 */
record Form(
    Shape shape,
    Function<String, ?> each,
    @Nullable Whole whole,
    Supplier<? extends @Nullable Object> absent) {

  /** How many values an option takes, and how a file may write them. */
  enum Shape {
    /** One. */
    ONE,
    /** One, {@code true} or {@code false}; the flag alone means {@code true}. */
    SWITCH,
    /** One text with commas; in a file also a list. */
    COMMA_LIST,
    /** Any number: a repeated flag, the lines of a variable, or a list or a mapping in a file. */
    REPEATED,
    /**
     * Like {@link #REPEATED}; in a file also a list of mappings, which become words {@code
     * key=value}.
     */
    RULES;

    boolean isRepeated() {
      return this == REPEATED || this == RULES;
    }
  }

  /** Makes a setting from its values. Reads the files that they name. */
  @FunctionalInterface
  interface Whole {
    /** The setting; null after adding a problem. */
    @Nullable Object of(List<?> values, Source source, Problems problems);
  }

  /** Forms by the name of their type ({@link Type#getTypeName}). */
  private static final Map<String, Function<Setting, Form>> BY_TYPE = byType();

  /** Forms of texts that need one, by the name of the setting. */
  private static final Map<String, Function<String, ?>> TEXTS =
      Map.of(
          "component", ComponentDomain::parse,
          "tls-name", ValueParsers::certificateName,
          "room-nick", ValueParsers::nick,
          "name", ValueParsers::nick,
          "url", ValueParsers::gatewayUrl,
          "cluster-advertise", ValueParsers::gatewayUrl);

  private static Map<String, Function<Setting, Form>> byType() {
    Map<String, Function<Setting, Form>> forms = new HashMap<>();
    forms.put("boolean", Form::truth);
    List.of(int.class, Integer.class, long.class)
        .forEach(type -> put(forms, type, said -> one(text -> simple(type, said, text))));
    forms.put("double", said -> one(ValueParsers::share));
    put(forms, String.class, said -> one(TEXTS.getOrDefault(said.name(), text -> text)));
    put(forms, Duration.class, said -> one(text -> duration(text, said)));
    put(forms, Path.class, said -> path());
    put(forms, HostPort.class, said -> one(text -> hostPort(text, said)));
    put(forms, URI.class, said -> one(ValueParsers::endpoint));
    put(forms, UrlTemplate.class, said -> one(Form::url));
    put(
        forms,
        Concurrency.class,
        said ->
            one(
                text ->
                    Values.orWord(
                        text,
                        "auto",
                        Concurrency.AUTO,
                        each -> Concurrency.of((int) simple(int.class, said, each)))));
    put(forms, ClusterAddress.class, said -> one(ClusterAddress::parse));
    put(forms, ClientProperties.class, said -> file(said, true, ClientProperties::parse));
    put(forms, ProxyChoice.class, said -> one(ProxyChoice::parse));
    put(forms, SigningKeys.class, said -> file(said, true, SigningKeys::parse));
    put(
        forms,
        TrustedCertificates.class,
        said -> file(said, false, (text, path) -> TrustedCertificates.parse(text).from(path)));
    put(
        forms,
        ClientCertificate.class,
        said -> file(said, true, (text, path) -> ClientCertificate.parse(text).from(path)));
    put(forms, TokenFile.class, said -> file(said, true, TokenFile::parse));
    // Their files are read when the components are known, because they name their addresses.
    put(forms, ApiCredentials.class, said -> path());
    put(forms, HookSecrets.class, said -> path());
    put(forms, LogLevels.class, said -> list(LogLevels::parse));
    put(forms, Formats.class, said -> templates());
    put(forms, Avatar.class, Form::picture);
    put(forms, Commands.class, Form::commands);
    put(forms, Filters.class, said -> filters());
    forms.put(
        "java.util.Set<%s>".formatted(StanzaKind.class.getName()),
        said -> list(ValueParsers::stanzaKinds));
    forms.put("java.util.Set<java.lang.Integer>", said -> list(ValueParsers::statuses));
    forms.put("java.util.List<%s>".formatted(RoomSettings.Room.class.getName()), said -> rooms());
    forms.put("java.util.List<java.lang.String>", said -> repeated(text -> text));
    forms.put(
        "java.util.List<%s>".formatted(UrlTemplate.class.getName()), said -> repeated(Form::url));
    forms.put(
        "java.util.List<java.util.Map$Entry<java.lang.String, java.lang.String>>",
        said -> repeated(ValueParsers::header));
    return Map.copyOf(forms);
  }

  private static void put(
      Map<String, Function<Setting, Form>> forms, Class<?> type, Function<Setting, Form> form) {
    forms.put(type.getName(), form);
  }

  /**
   * The form of a component of a settings record.
   *
   * @throws IllegalStateException if there is none for its type
   */
  static Form of(RecordComponent component, Setting said) {
    Class<?> type = component.getType();
    if (type.isEnum()) {
      return one(text -> simple(type, said, text));
    }
    if (Settings.holdsSettings(type)) {
      return truth(said);
    }
    Type full = component.getGenericType();
    Function<Setting, Form> form =
        BY_TYPE.get(full instanceof ParameterizedType ? full.getTypeName() : type.getName());
    if (form == null) {
      throw new IllegalStateException("no form for the type of " + said.name() + ": " + full);
    }
    return form.apply(said);
  }

  /** The name of a file, which is not read here. */
  static Form path() {
    return one(ValueParsers::file);
  }

  private static Form one(Function<String, ?> parser) {
    return new Form(Shape.ONE, parser, null, Form::nothing);
  }

  private static Form list(Function<String, ?> parser) {
    return new Form(Shape.COMMA_LIST, parser, null, Form::nothing);
  }

  private static Form repeated(Function<String, ?> parser) {
    return new Form(Shape.REPEATED, parser, (values, source, problems) -> values, List::of);
  }

  /** A mapping of the file is words, as a rule is. */
  private static Form rooms() {
    return new Form(
        Shape.RULES,
        RoomSettings.Room::parse,
        (values, source, problems) -> {
          try {
            return new RoomSettings(
                    values.stream().map(RoomSettings.Room.class::cast).toList(), false)
                .rooms();
          } catch (IllegalArgumentException e) {
            problems.add(source, String.valueOf(e.getMessage()).replaceFirst("^room: ", ""));
            return null;
          }
        },
        List::of);
  }

  private static Form truth(Setting said) {
    return new Form(
        said.value().equals("on|off") ? Shape.ONE : Shape.SWITCH,
        text -> simple(boolean.class, said, text),
        null,
        Form::nothing);
  }

  /** Makes a setting from a file. */
  @FunctionalInterface
  private interface FileReader {
    /**
     * The setting; null after adding a problem.
     *
     * @throws IllegalArgumentException the rest of a sentence that begins with the file's name
     */
    @Nullable Object read(Path path, Source source, Problems problems) throws IOException;
  }

  private static Form ofFile(FileReader reader, Supplier<? extends @Nullable Object> absent) {
    return new Form(
        Shape.ONE,
        ValueParsers::file,
        (values, source, problems) -> {
          Path path = (Path) values.get(0);
          try {
            return reader.read(path, source, problems);
          } catch (IOException e) {
            problems.add(source, String.valueOf(e.getMessage()));
          } catch (IllegalArgumentException e) {
            problems.add(source, path + " " + e.getMessage());
          }
          return null;
        },
        absent);
  }

  /**
   * A file with the value.
   *
   * @param secret whether only its owner should be able to read it
   */
  private static Form file(Setting said, boolean secret, Function<String, ?> content) {
    return file(said, secret, (text, path) -> content.apply(text));
  }

  /**
   * A file with the value, which knows its file.
   *
   * @param content makes the value from the file's text and name
   */
  private static Form file(Setting said, boolean secret, BiFunction<String, String, ?> content) {
    return ofFile(
        (path, source, problems) -> {
          String text = problems.read(path, source, said.file(), secret);
          return text == null ? null : content.apply(text, path.toString());
        },
        Form::nothing);
  }

  private static Form commands(Setting said) {
    return ofFile(
        (path, source, problems) -> {
          String text = problems.read(path, source, said.file(), false);
          List<String> wrong = new ArrayList<>();
          Commands commands = text == null ? null : commands(text, wrong);
          wrong.forEach(each -> problems.add(source, path + ": " + each));
          return wrong.isEmpty() ? commands : null;
        },
        Form::nothing);
  }

  private static @Nullable Commands commands(String text, List<String> wrong) {
    LoadSettings yaml = LoadSettings.builder().setAllowDuplicateKeys(false).build();
    try {
      Object content = new Load(yaml).loadFromString(text);
      return Commands.parse(new JsonMapper().valueToTree(content), wrong::add);
    } catch (YamlEngineException e) {
      wrong.add(ConfigFile.notYaml(e));
    } catch (JacksonException e) {
      wrong.add("is not YAML: " + e.getMessage());
    }
    return null;
  }

  private static Form picture(Setting said) {
    return ofFile(
        (path, source, problems) -> Avatar.of(BoundedFile.bytes(path, said.file())), Form::nothing);
  }

  private static Form templates() {
    return ofFile(
        (path, source, problems) -> TemplateFiles.read(path, what -> problems.add(source, what)),
        Formats::builtIn);
  }

  private static Form filters() {
    return new Form(
        Shape.RULES,
        text -> text,
        (values, source, problems) ->
            Filters.parse(
                values.stream().map(String.class::cast).toList(),
                what -> problems.add(source, what)),
        () -> Filters.NONE);
  }

  private static @Nullable Object nothing() {
    return null;
  }

  private static Object simple(Class<?> type, Setting said, String text) {
    return Objects.requireNonNull(Values.of(type, said, text));
  }

  private static Object duration(String text, Setting said) {
    return said.value().endsWith("|off")
        ? Values.orWord(text, "off", Optional.empty(), each -> simple(Duration.class, said, each))
        : simple(Duration.class, said, text);
  }

  private static UrlTemplate url(String text) {
    return UrlTemplate.parse(text.trim());
  }

  private static HostPort hostPort(String text, Setting said) {
    String usual = said.fallback();
    String forAll =
        ", or 0.0.0.0" + usual.substring(usual.lastIndexOf(':')) + " for all interfaces";
    return ValueParsers.hostPort(text, (int) said.min(), said.min() > 0 ? usual : usual + forAll);
  }
}
