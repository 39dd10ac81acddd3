package io.stanzahook.app.config;

import io.stanzahook.GatewaySettings;
import io.stanzahook.app.credentials.ApiCredentials;
import io.stanzahook.app.credentials.HookSecrets;
import io.stanzahook.app.formats.Formats;
import io.stanzahook.app.logging.Flags;
import io.stanzahook.cluster.ClusterSettings;
import io.stanzahook.delivery.BatchSettings;
import io.stanzahook.delivery.RetrySettings;
import io.stanzahook.exchange.PostFormat;
import io.stanzahook.net.ProxyEnvironment;
import io.stanzahook.settings.Settings;
import io.stanzahook.settings.Values;
import io.stanzahook.stanza.Jid;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.trace.Tracing;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes settings from flags, environment and file. */
public final class Configuration {
  private final String version;
  private final ProxyEnvironment proxies;
  private final Problems problems;
  private final Set<String> domains = new HashSet<>();
  private final Map<Path, String> domainsByFolder = new HashMap<>();

  /**
   * The values of one component.
   *
   * @param place its entry in the file; null if there is no list of components
   */
  private record Read(OptionValues values, @Nullable String place, @Nullable Path folder) {
    String where() {
      return place == null ? "" : place + ": ";
    }

    @Nullable String domain() {
      return values.find("component") instanceof String domain ? domain : null;
    }
  }

  private Configuration(String version, Map<String, String> environment, Problems problems) {
    this.version = version;
    this.proxies = ProxyEnvironment.of(environment);
    this.problems = problems;
  }

  /** Reads them without warnings. */
  public static AppSettings read(
      CommandLineFlags flags, Map<String, String> environment, String version)
      throws ConfigurationException {
    return read(flags, environment, version, warning -> {});
  }

  /**
   * Reads flags, environment and file, and the files that they name.
   *
   * @param version of the program, for webhooks and for requests (XEP-0092)
   * @param warnings receives a line for each warning, such as a file with secrets that others can
   *     read
   * @throws ConfigurationException with all problems
   */
  public static AppSettings read(
      CommandLineFlags flags,
      Map<String, String> environment,
      String version,
      Consumer<String> warnings)
      throws ConfigurationException {
    Problems problems = new Problems(warnings);
    Map<String, Given> given = flags.over(environment, RunOptions.ALL, problems);
    List<ConfigFile.Entry> components = null;
    Given config = given.get("config");
    if (config != null) {
      Option option = Option.named("config", RunOptions.ALL);
      Source source = config.source();
      Object path = OptionValues.parse(option, config.texts().get(0), source, problems);
      if (path != null) {
        ConfigFile.Content file =
            ConfigFile.read((Path) path, source, RunOptions.ALL, environment, problems);
        file.given().forEach(given::putIfAbsent);
        components = file.components();
      }
    }
    return new Configuration(version, environment, problems).settings(given, components);
  }

  /**
   * Reads a record of settings from flags alone.
   *
   * @param warnings receives a line for each warning
   * @param more checks for further problems, and adds them
   * @throws ConfigurationException with all problems
   */
  public static <R extends Record> R read(
      Class<R> type,
      CommandLineFlags flags,
      Consumer<String> warnings,
      BiConsumer<OptionValues, Problems> more)
      throws ConfigurationException {
    Problems problems = new Problems(warnings);
    flags.problems().forEach(problems::add);
    List<Option> options = Option.of(type, Option.Scope.PROCESS);
    OptionValues values = new OptionValues(options, flags.given(), problems);
    values.complete(options, null);
    more.accept(values, problems);
    problems.throwIfAny();
    return Settings.make(type, values.all());
  }

  /** Makes settings from texts that were read before. */
  static AppSettings read(
      Map<String, Given> given, Map<String, String> environment, Problems problems, String version)
      throws ConfigurationException {
    return new Configuration(version, environment, problems).settings(given, null);
  }

  private AppSettings settings(Map<String, Given> top, @Nullable List<ConfigFile.Entry> entries)
      throws ConfigurationException {
    OptionValues process = new OptionValues(RunOptions.ALL, top, problems);
    List<Read> components = new ArrayList<>();
    if (entries == null) {
      components.add(component(top, null));
    } else {
      for (ConfigFile.Entry entry : entries) {
        Map<String, Given> own = new LinkedHashMap<>(top);
        own.putAll(entry.given());
        components.add(component(own, entry.place()));
      }
    }
    problems.reportUseless(components.size());
    process.complete(RunOptions.PROCESS, null);
    // JIDs in these files are checked only if the domains of all components are known.
    List<String> known = domains(components);
    late(
        process,
        "api-token-file",
        ApiCredentials.MAX_BYTES,
        (text, wrong) -> ApiCredentials.parse(text, known, wrong));
    late(
        process,
        "hook-secret-file",
        HookSecrets.MAX_BYTES,
        (text, wrong) ->
            process.find("templates") instanceof Formats formats
                ? HookSecrets.parse(text, formats.names(), known, wrong)
                : null);
    Source endpoint = process.source("trace-endpoint");
    if (endpoint != null && Boolean.FALSE.equals(process.find("trace-context"))) {
      problems.add(endpoint, "there are no traces to send with --trace-context off");
    }
    Source cluster = process.source("cluster");
    if (cluster != null
        && components.stream().anyMatch(each -> each.values().source("spool") != null)) {
      problems.add(cluster, "keeps messages in place of --spool; give one of the two");
    }
    String missing = cluster == null ? null : ClusterSettings.missing();
    if (cluster != null && missing != null) {
      problems.add(cluster, missing);
    }
    checkEdges(process, components);
    problems.throwIfAny();
    Tracing tracing =
        process.isOn("trace-context") && process.find("trace-sample") instanceof Double share
            ? Tracing.on(share)
            : Tracing.OFF;
    List<GatewaySettings> gateways = new ArrayList<>();
    for (Read component : components) {
      try {
        gateways.add(settings(component, tracing));
      } catch (IllegalArgumentException e) {
        // The engine refuses a setting. The message names it.
        problems.add(component.where() + Flags.named(String.valueOf(e.getMessage())));
      }
    }
    problems.throwIfAny();
    process.put("gateways", gateways);
    process.put("tracing", tracing);
    return Settings.make(AppSettings.class, process.all());
  }

  /** Makes a setting from the text of its file; takes what is wrong with it. */
  private interface LateParser {
    @Nullable Object parse(String text, Consumer<String> wrong);
  }

  /** Reads the file of a setting that names addresses of components, if it is given. */
  private void late(OptionValues process, String name, int maxBytes, LateParser parser) {
    Source source = process.source(name);
    Object value = null;
    if (source != null && process.find(name) instanceof Path path) {
      String text = problems.read(path, source, maxBytes, true);
      value =
          text == null ? null : parser.parse(text, what -> problems.add(source, path + " " + what));
    }
    process.put(name, value);
  }

  /** The domains of all components; null if one is unknown, which is another problem. */
  private static @Nullable List<String> domains(List<Read> components) {
    List<String> known = components.stream().map(Read::domain).filter(Objects::nonNull).toList();
    return known.isEmpty() || known.size() < components.size() ? null : known;
  }

  private Read component(Map<String, Given> given, @Nullable String place) {
    Map<String, Given> own = new LinkedHashMap<>(given);
    for (String keeping : List.of("spool", "cluster")) {
      if (own.containsKey(keeping)) {
        Source usual = new Source(Source.Layer.DEFAULT, "default of --retry-for with --" + keeping);
        String time = Values.show(RetrySettings.DEFAULT_RETRY_FOR_IF_KEPT);
        own.putIfAbsent("retry-for", new Given(usual, List.of(time)));
      }
    }
    OptionValues values = new OptionValues(RunOptions.ALL, own, problems);
    values.complete(RunOptions.COMPONENT, place);
    checkKinds(values);
    checkBatch(values);
    Read read = new Read(values, place, folder(values, place));
    checkUnique(read);
    return read;
  }

  /** What rooms say comes on any of the streams, and one process has to know who is in them. */
  private void checkEdges(OptionValues process, List<Read> components) {
    Source edges = process.source("cluster-edges");
    if (edges == null || !(process.find("cluster-edges") instanceof Integer count) || count == 1) {
      return;
    }
    for (Read component : components) {
      boolean rooms =
          component.values().source("room") != null
              || component.values().isOn("accept-invitations");
      if (rooms) {
        problems.add(
            edges,
            "above 1, a component cannot be in chat rooms: leave out --room and --accept-invitations");
        return;
      }
    }
  }

  private void checkKinds(OptionValues values) {
    for (StanzaKind kind : StanzaKind.values()) {
      Source source = values.source("post-url-" + kind.elementName());
      if (source != null
          && values.find("post-stanzas") instanceof Set<?> posted
          && !posted.contains(kind)) {
        problems.addUseless(source, "does nothing unless --post-stanzas has " + kind.elementName());
      }
    }
  }

  private void checkBatch(OptionValues values) {
    Source source = values.source("batch");
    if (source != null
        && values.find("batch") instanceof Integer most
        && values.find("post-format") instanceof PostFormat format) {
      String problem = BatchSettings.problem(most, format);
      if (problem != null) {
        problems.add(source, Flags.named(problem));
      }
    }
  }

  /** If a list of components shares a folder, each uses the subfolder named after its domain. */
  private @Nullable Path folder(OptionValues values, @Nullable String place) {
    Source source = values.source("spool");
    if (!(values.find("spool") instanceof Path folder)
        || source == null
        || !(values.find("component") instanceof String domain)) {
      return null;
    }
    if (place == null || source.layer() == Source.Layer.ENTRY) {
      return folder;
    }
    try {
      return folder.resolve(domain);
    } catch (InvalidPathException e) {
      problems.add(
          place
              + ": spool: the domain cannot be the name of a folder in this locale; set"
              + " LC_ALL=C.UTF-8, or name a spool in the entry");
      return null;
    }
  }

  /** Two components must not share a domain or a spool. */
  private void checkUnique(Read component) {
    String domain = component.domain();
    if (domain == null) {
      return;
    }
    if (!domains.add(Jid.comparableDomain(domain))) {
      problems.add(component.where() + "component: another entry has the domain " + domain);
      return;
    }
    Path folder = component.folder();
    String other = folder == null ? null : domainsByFolder.putIfAbsent(real(folder), domain);
    if (other != null) {
      problems.add(
          "%sspool: %s is the folder of %s; give each component one of its own"
              .formatted(component.where(), folder, other));
    }
  }

  /** The same path for the same folder, if that can be known without creating it. */
  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException notThere) {
      return folder.toAbsolutePath().normalize();
    }
  }

  private GatewaySettings settings(Read component, Tracing tracing) {
    Map<String, Object> values = component.values().all();
    values.put("proxyEnvironment", proxies);
    values.put("tracing", tracing);
    if (component.folder() != null) {
      values.put("spool", component.folder());
    }
    return GatewaySettings.of(values, version);
  }
}
