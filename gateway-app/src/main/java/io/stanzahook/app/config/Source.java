package io.stanzahook.app.config;

/**
 * Where a value was given.
 *
 * @param layer which kind of place
 * @param place as people would name it: {@code --queue}, {@code STANZAHOOK_QUEUE}, {@code
 *     config.yaml: queue}
 */
public record Source(Layer layer, String place) {

  /** The places, the weakest first. */
  public enum Layer {
    DEFAULT,
    FILE,
    ENVIRONMENT,
    FLAG,
    /** An entry of the file's {@code components}, for that component only. */
    ENTRY
  }

  boolean isStrongerThan(Source other) {
    return layer.compareTo(other.layer) > 0;
  }

  @Override
  public String toString() {
    return place;
  }
}
