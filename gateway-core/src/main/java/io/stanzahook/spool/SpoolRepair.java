package io.stanzahook.spool;

/** Replaces the spool's file by a repaired one. Called by the writing thread. */
interface SpoolRepair {
  /** Makes a new file of what can be read of the one there is, which is closed and put aside. */
  SpoolFile repair();

  /** Opens the file as it is. */
  SpoolFile reopen();

  /** What a repaired file holds. */
  SpoolFile.State stateOf(SpoolFile file);

  /** How often that was done. */
  int generation();
}
