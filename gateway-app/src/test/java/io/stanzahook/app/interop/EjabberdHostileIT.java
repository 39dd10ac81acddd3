package io.stanzahook.app.interop;

import io.stanzahook.sandbox.Bomb;

class EjabberdHostileIT extends HostileContract {
  EjabberdHostileIT() {
    super(EjabberdServer.createQuiet());
  }

  /** ejabberd 23.01 itself ends with a segmentation fault when a client sends 30,000 levels. */
  @Override
  boolean relays(Bomb bomb) {
    return bomb != Bomb.NESTING;
  }
}
