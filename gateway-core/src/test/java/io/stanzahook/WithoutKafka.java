package io.stanzahook;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The classes of this project once more, as they are where Kafka's client is not to be had. */
public final class WithoutKafka extends ClassLoader {
  public WithoutKafka() {
    super(WithoutKafka.class.getClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (name.startsWith("org.apache.kafka.")) {
      throw new ClassNotFoundException(name);
    }
    if (!name.startsWith("io.stanzahook.")) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      return known == null ? define(name) : known;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
