package io.stanzahook.app.interop;

import io.stanzahook.sandbox.Bomb;

class EjabberdHostileIT extends HostileContract {
  EjabberdHostileIT() {
    super(EjabberdServer.create());
  }

  /** Its own XML driver does not get over 30,000 levels. */
  @Override
  boolean relays(Bomb bomb) {
    return bomb != Bomb.NESTING;
  }
}
