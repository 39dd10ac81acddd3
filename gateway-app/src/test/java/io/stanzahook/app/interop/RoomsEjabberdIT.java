package io.stanzahook.app.interop;

class RoomsEjabberdIT extends RoomsContract {
  RoomsEjabberdIT() {
    super(EjabberdServer.create());
  }
}
