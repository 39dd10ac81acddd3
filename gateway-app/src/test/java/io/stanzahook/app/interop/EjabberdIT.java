package io.stanzahook.app.interop;

class EjabberdIT extends InteropContract {
  EjabberdIT() {
    super(EjabberdServer.create());
  }
}
