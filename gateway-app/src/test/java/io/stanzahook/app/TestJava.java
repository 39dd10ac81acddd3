package io.stanzahook.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Java of the tests' child processes. */
public final class TestJava {
  private TestJava() {}

  /**
   * The program {@code java}, with the flags of a JVM that lives for seconds: no optimizing
   * compiler, no threads for collections, and the jar's classes from an archive where the build
   * made one. Tests start some two hundred, and most of what a start costs is this.
   */
  public static List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    String archive = System.getProperty("stanzahook.class.data", "");
    if (!archive.isEmpty() && Files.isReadable(Path.of(archive))) {
      command.add("-XX:SharedArchiveFile=" + archive);
      command.add("-Xlog:disable");
    }
    return command;
  }
}
