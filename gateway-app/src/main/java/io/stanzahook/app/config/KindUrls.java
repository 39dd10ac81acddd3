package io.stanzahook.app.config;

import io.stanzahook.stanza.StanzaKind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The webhook's URLs by kind of stanza, where one has its own. */
final class KindUrls {
  static final Option<String> MESSAGE = option(StanzaKind.MESSAGE);
  static final Option<String> PRESENCE = option(StanzaKind.PRESENCE);
  static final Option<String> IQ = option(StanzaKind.IQ);

  private KindUrls() {}

  private static Option<String> option(StanzaKind kind) {
    return Option.withoutDefault(
        "post-url-" + kind.elementName(),
        "URL",
        "that of `--post-url`",
        WebhookValues::url,
        "the webhook for stanzas of kind `%s`, in place of `--post-url`"
            .formatted(kind.elementName()));
  }

  private static Option<String> of(StanzaKind kind) {
    return switch (kind) {
      case MESSAGE -> MESSAGE;
      case PRESENCE -> PRESENCE;
      case IQ -> IQ;
    };
  }

  /** Those given, after noting those given in vain. */
  static Map<StanzaKind, String> read(OptionValues values, InVain inVain) {
    Set<StanzaKind> posted = values.find(RunOptions.POST_STANZAS);
    Map<StanzaKind, String> urls = new LinkedHashMap<>();
    for (StanzaKind kind : StanzaKind.values()) {
      Source source = values.source(of(kind));
      if (source != null && posted != null && !posted.contains(kind)) {
        inVain.note(
            source,
            "does nothing unless %s has %s"
                .formatted(RunOptions.POST_STANZAS.flag(), kind.elementName()));
      }
      String url = values.find(of(kind));
      if (url != null) {
        urls.put(kind, url);
      }
    }
    return urls;
  }
}
