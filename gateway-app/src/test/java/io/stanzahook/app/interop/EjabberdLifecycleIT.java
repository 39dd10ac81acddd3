package io.stanzahook.app.interop;

class EjabberdLifecycleIT extends LifecycleContract {
  @Override
  XmppServer newServer() {
    return EjabberdServer.create();
  }
}
