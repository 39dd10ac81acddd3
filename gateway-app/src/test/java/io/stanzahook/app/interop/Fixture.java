package io.stanzahook.app.interop;

/** Something real that runs beside a test: started by its factory, ended by {@link #close}. */
interface Fixture extends AutoCloseable {
  /** What it is, fit for a file name. */
  String name();

  /** What it has written or seen so far, for the report of a failed test. */
  String log();

  /** Ends it and removes its folder; does nothing the second time. */
  @Override
  void close();
}
