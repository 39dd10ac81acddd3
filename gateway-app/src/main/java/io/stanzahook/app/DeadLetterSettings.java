package io.stanzahook.app;

import io.stanzahook.app.config.Option;
import io.stanzahook.app.credentials.ApiCredentials;
import io.stanzahook.app.credentials.TokenFile;
import io.stanzahook.settings.Setting;
import io.stanzahook.tls.TrustedCertificates;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code dead-letters} is called with: flags alone, since nothing of it is a setting to keep.
 */
record DeadLetterSettings(
    @Setting(
            name = "url",
            value = "URL",
            fallback = "http://127.0.0.1:9797",
            inFile = false,
            help = "address of the running gateway's `--http-listen`")
        String url,
    @Setting(
            name = "token-file",
            value = "F",
            absent = "required",
            file = ApiCredentials.MAX_BYTES,
            inFile = false,
            help = "a file whose first line is a credential from the gateway's `--api-token-file`")
        TokenFile token,
    @Setting(
            name = "ca",
            value = "FILE",
            absent = "the JDK's trust store",
            file = 1 << 20,
            inFile = false,
            help =
                "a PEM file with the only CAs to trust for the gateway's `--http-tls-cert`, or with "
                    + "that certificate itself")
        @Nullable TrustedCertificates ca,
    @Setting(
            name = "component",
            value = "DOMAIN",
            inFile = false,
            help = "whose dead letters, where the gateway has several components")
        @Nullable String component,
    @Setting(
            name = "from",
            value = "JID",
            inFile = false,
            help = "only those from this JID, bare JID or domain")
        @Nullable String from,
    @Setting(
            name = "to",
            value = "JID",
            inFile = false,
            help = "only those to this JID, bare JID or domain")
        @Nullable String to,
    @Setting(
            name = "cause",
            value = "CAUSE",
            inFile = false,
            help = "only those with this cause, such as `status_500` or `not_sent`")
        @Nullable String cause,
    @Setting(
            name = "status",
            value = "N",
            inFile = false,
            help = "only those whose last response had this HTTP status; 0 for none")
        @Nullable String status,
    @Setting(
            name = "all",
            fallback = "false",
            inFile = false,
            help = "with `redeliver` and `delete`: all dead letters")
        boolean every,
    @Setting(
            name = "limit",
            value = "N",
            fallback = "100",
            min = 1,
            max = 1000,
            inFile = false,
            help = "with `list`: the maximum number to show")
        int limit,
    @Setting(
            name = "before",
            value = "POSITION",
            inFile = false,
            help = "with `list`: continues after the last page")
        @Nullable String before,
    @Setting(
            name = "json",
            fallback = "false",
            inFile = false,
            help = "prints the gateway's JSON response instead of text")
        boolean json) {

  /** All options, in the order of help. */
  static final List<Option> OPTIONS = Option.of(DeadLetterSettings.class, Option.Scope.PROCESS);

  /** Those flags that say which dead letters are meant, by their names. */
  Map<String, String> filters() {
    Map<String, String> filters = new LinkedHashMap<>();
    put(filters, "from", from);
    put(filters, "to", to);
    put(filters, "cause", cause);
    put(filters, "status", status);
    return filters;
  }

  private static void put(Map<String, String> filters, String name, @Nullable String value) {
    if (value != null) {
      filters.put(name, value);
    }
  }
}
