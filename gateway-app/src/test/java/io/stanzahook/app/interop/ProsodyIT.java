package io.stanzahook.app.interop;

class ProsodyIT extends InteropContract {
  ProsodyIT() {
    super(ProsodyServer.create());
  }
}
