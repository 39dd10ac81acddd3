package io.stanzahook.delivery;

import io.stanzahook.spool.Spool;
import io.stanzahook.spool.SpoolListener;

/** Opens the spool that a dispatcher is to keep its messages in. */
@FunctionalInterface
public interface SpoolOpener {
  /**
   * Opens it; may block.
   *
   * @throws io.stanzahook.spool.SpoolException saying what is wrong with the folder or its files
   */
  Spool open(SpoolListener listener);
}
