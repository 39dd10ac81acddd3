package io.stanzahook.app.interop;

class ProsodyLifecycleIT extends LifecycleContract {
  @Override
  XmppServer newServer() {
    return ProsodyServer.create();
  }
}
