package io.stanzahook.net;

import io.netty.resolver.HostsFileEntriesProvider;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file of names and addresses that a machine has for itself, {@code /etc/hosts}: read again
 * when it has changed. Any thread may call; reading blocks.
 */
final class HostsFile {
  private final Path path;
  private @Nullable Object version;
  private HostsFileEntriesProvider entries = none();

  HostsFile(Path path) {
    this.path = path;
  }

  /** That of this machine. */
  static HostsFile ofMachine() {
    String windows = System.getenv("SystemRoot");
    return new HostsFile(
        windows == null
            ? Path.of("/etc/hosts")
            : Path.of(windows, "system32", "drivers", "etc", "hosts"));
  }

  private static HostsFileEntriesProvider none() {
    try {
      return HostsFileEntriesProvider.parser().parse(new StringReader(""));
    } catch (IOException e) {
      throw new IllegalStateException("a text can be read", e);
    }
  }

  /** The addresses that the file has for a name; none where it does not have it. */
  synchronized List<InetAddress> find(String name) {
    readIfChanged();
    String key = name.toLowerCase(Locale.ENGLISH);
    List<InetAddress> found = new ArrayList<>(of(entries.ipv4Entries(), key));
    if (!NetUtil.isIpV4StackPreferred()) {
      found.addAll(of(entries.ipv6Entries(), key));
    }
    return found;
  }

  private static List<InetAddress> of(Map<String, List<InetAddress>> all, String key) {
    return all.getOrDefault(key, List.of());
  }

  private void readIfChanged() {
    Object now = null;
    try {
      BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
      now =
          List.of(
              file.lastModifiedTime(), file.size(), Objects.requireNonNullElse(file.fileKey(), ""));
      if (!now.equals(version)) {
        entries = HostsFileEntriesProvider.parser().parse(path.toFile(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      entries = none();
    }
    version = now;
  }
}
