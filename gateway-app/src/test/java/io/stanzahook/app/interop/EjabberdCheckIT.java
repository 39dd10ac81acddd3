package io.stanzahook.app.interop;

class EjabberdCheckIT extends CheckContract {
  EjabberdCheckIT() {
    super(EjabberdServer.create());
  }
}
