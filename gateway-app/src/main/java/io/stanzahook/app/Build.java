package io.stanzahook.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What this program was built from.
 *
 * @param version of the program; {@code dev} outside of a jar
 * @param commit of the sources; {@code unknown} if the build was not told
 * @param libraries their versions by name
 */
record Build(String version, String commit, SortedMap<String, String> libraries) {
  private static final String FILE = "build.properties";
  private static final String LIBRARY = "library.";
  private static final String UNKNOWN = "unknown";

  /** The build that runs. Reads the jar. */
  static Build current() {
    // From the jar's manifest; classes outside of a jar have none.
    String version = Build.class.getPackage().getImplementationVersion();
    Properties properties = new Properties();
    try (InputStream in = Build.class.getResourceAsStream(FILE)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SortedMap<String, String> libraries = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      if (name.startsWith(LIBRARY)) {
        libraries.put(name.substring(LIBRARY.length()), properties.getProperty(name));
      }
    }
    return new Build(
        version == null ? "dev" : version, known(properties.getProperty("commit")), libraries);
  }

  private static String known(@Nullable String commit) {
    return commit == null || commit.isBlank() ? UNKNOWN : commit;
  }
}
