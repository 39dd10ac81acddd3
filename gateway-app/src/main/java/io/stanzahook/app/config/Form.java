package io.stanzahook.app.config;

import io.stanzahook.app.credentials.ApiCredentials;
import io.stanzahook.app.credentials.TokenFile;
import io.stanzahook.app.formats.Formats;
import io.stanzahook.app.formats.TemplateFiles;
import io.stanzahook.delivery.Concurrency;
import io.stanzahook.local.Filters;
import io.stanzahook.settings.HostPort;
import io.stanzahook.settings.Setting;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.stream.ClientCertificate;
import io.stanzahook.stream.TrustedCertificates;
import io.stanzahook.webhook.SigningKeys;
import io.stanzahook.webhook.UrlTemplate;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The form of a setting's value, which follows from its type.
 *
 * @param shape how many values it takes
 * @param each reads one of them
 * @param whole makes the setting of what {@code each} read, where that is not the same
 * @param absent gives what it is where it is not given; null for nothing
 */
record Form(
    Shape shape,
    ValueParser<?> each,
    @Nullable Whole whole,
    Supplier<? extends @Nullable Object> absent) {

  /** How many values an option takes, and how a file may write them. */
  enum Shape {
    /** One. */
    ONE,
    /** One, {@code true} or {@code false}; the flag alone means {@code true}. */
    SWITCH,
    /** One text with commas; in a file a list too. */
    COMMA_LIST,
    /** Any number: the flag repeated, lines of a variable, in a file a list or a mapping. */
    REPEATED,
    /** As {@link #REPEATED}; in a file a list of mappings, each as words {@code key=value}. */
    RULES;

    /** Whether it may be given several times. */
    boolean isRepeated() {
      return this == REPEATED || this == RULES;
    }
  }

  /** Makes a setting of its values, reading the files that they name. */
  @FunctionalInterface
  interface Whole {
    /** The setting; null after noting what is wrong. */
    @Nullable Object of(List<?> values, Source source, Problems problems);
  }

  /** By the name of their type, as {@link Type#getTypeName} has it. */
  private static final Map<String, Function<Setting, Form>> BY_TYPE = byType();

  /** Texts that have a form of their own, by the placeholder of their value. */
  private static final Map<String, ValueParser<?>> TEXTS =
      Map.of(
          "DOMAIN", ComponentDomain::parse,
          "NAME", ValueParsers.certificateName(),
          "NICK", ValueParsers::nick,
          "URL", ValueParsers::gatewayUrl);

  private static Map<String, Function<Setting, Form>> byType() {
    Map<String, Function<Setting, Form>> forms = new HashMap<>();
    forms.put("boolean", Form::truth);
    forms.put("int", said -> one(isBytes(said) ? size(said) : number(said)));
    forms.put("java.lang.Integer", said -> one(number(said)));
    forms.put("long", said -> one(ValueParsers.largeSize(said.min(), said.max())));
    forms.put("double", said -> one(ValueParsers::share));
    put(forms, String.class, said -> one(TEXTS.getOrDefault(said.value(), text -> text)));
    put(forms, Duration.class, said -> one(duration(said)));
    put(forms, Path.class, said -> one(ValueParsers.file()));
    put(forms, HostPort.class, said -> one(ValueParsers.hostPort((int) said.min(), example(said))));
    put(forms, URI.class, said -> one(ValueParsers::endpoint));
    put(forms, UrlTemplate.class, said -> one(refusing(text -> UrlTemplate.parse(text.trim()))));
    put(forms, Concurrency.class, said -> one(ValueParsers.concurrency()));
    put(forms, SigningKeys.class, said -> file(said, true, refusing(SigningKeys::parse)));
    put(
        forms,
        TrustedCertificates.class,
        said -> file(said, false, refusing(TrustedCertificates::parse)));
    put(
        forms,
        ClientCertificate.class,
        said -> file(said, true, refusing(ClientCertificate::parse)));
    // Read once the components are known, whose addresses it names.
    put(forms, ApiCredentials.class, said -> path());
    put(forms, TokenFile.class, said -> file(said, true, refusing(TokenFile::parse)));
    put(
        forms,
        Formats.class,
        said ->
            new Form(
                Shape.ONE,
                ValueParsers.file(),
                (values, source, problems) ->
                    TemplateFiles.read((Path) values.get(0), problems.of(source)),
                Formats::builtIn));
    put(
        forms,
        Filters.class,
        said -> new Form(Shape.RULES, text -> text, Form::filters, () -> Filters.NONE));
    forms.put("java.util.Set<%s>".formatted(StanzaKind.class.getName()), said -> list(kinds()));
    forms.put("java.util.Set<java.lang.Integer>", said -> list(ValueParsers::statuses));
    forms.put("java.util.List<java.lang.String>", said -> repeated(text -> text));
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
   * @throws IllegalStateException where there is none for its type
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // Whether it is an enum was looked at.
  static Form of(RecordComponent component, Setting said) {
    Class<?> type = component.getType();
    if (type.isEnum()) {
      return one(ValueParsers.choice((Class) type));
    }
    if (Binder.holdsSettings(type)) {
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

  /**
   * A file that holds the value.
   *
   * @param secret whether others than its owner should not read it
   */
  private static Form file(Setting said, boolean secret, ValueParser<?> content) {
    return new Form(
        Shape.ONE,
        ValueParsers.file(),
        (values, source, problems) -> {
          Path path = (Path) values.get(0);
          String text = problems.read(path, source, said.file(), secret);
          try {
            return text == null ? null : content.parse(text);
          } catch (InvalidValueException e) {
            problems.add(source, path + " " + e.getMessage());
            return null;
          }
        },
        Form::nothing);
  }

  /** The name of a file, and no more. */
  static Form path() {
    return one(ValueParsers.file());
  }

  private static Filters filters(List<?> values, Source source, Problems problems) {
    return Filters.parse(values.stream().map(String.class::cast).toList(), problems.of(source));
  }

  private static @Nullable Object nothing() {
    return null;
  }

  private static Form one(ValueParser<?> parser) {
    return new Form(Shape.ONE, parser, null, Form::nothing);
  }

  private static Form list(ValueParser<?> parser) {
    return new Form(Shape.COMMA_LIST, parser, null, Form::nothing);
  }

  private static Form repeated(ValueParser<?> parser) {
    return new Form(Shape.REPEATED, parser, (values, source, problems) -> values, List::of);
  }

  private static Form truth(Setting said) {
    return said.value().equals("on|off")
        ? one(ValueParsers::onOff)
        : new Form(Shape.SWITCH, ValueParsers.truth(), null, Form::nothing);
  }

  private static boolean isBytes(Setting said) {
    return said.value().equals("BYTES");
  }

  private static ValueParser<Integer> size(Setting said) {
    return ValueParsers.size((int) said.min(), (int) said.max());
  }

  private static ValueParser<Integer> number(Setting said) {
    return ValueParsers.number((int) said.min(), (int) said.max());
  }

  private static ValueParser<?> kinds() {
    return ValueParsers.stanzaKinds();
  }

  private static ValueParser<?> duration(Setting said) {
    ValueParser<Duration> duration =
        ValueParsers.duration(Duration.ofMillis(said.min()), Duration.ofMillis(said.max()));
    if (!said.value().endsWith("|off")) {
      return duration;
    }
    return ValueParsers.or(
        "off", Optional.empty(), text -> (Optional<?>) Optional.of(duration.parse(text)));
  }

  private static String example(Setting said) {
    String usual = said.fallback();
    return said.min() > 0
        ? usual
        : usual + ", or 0.0.0.0" + usual.substring(usual.lastIndexOf(':')) + " for all interfaces";
  }

  /** What the engine reads; its refusals are problems with the value. */
  private static <T> ValueParser<T> refusing(Function<String, T> parser) {
    return text -> {
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException e) {
        throw new InvalidValueException(String.valueOf(e.getMessage()));
      }
    };
  }
}
