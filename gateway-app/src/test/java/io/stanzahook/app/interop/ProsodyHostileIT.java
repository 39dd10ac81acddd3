package io.stanzahook.app.interop;

class ProsodyHostileIT extends HostileContract {
  ProsodyHostileIT() {
    super(ProsodyServer.create());
  }
}
