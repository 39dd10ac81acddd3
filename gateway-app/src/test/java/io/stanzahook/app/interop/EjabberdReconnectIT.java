package io.stanzahook.app.interop;

class EjabberdReconnectIT extends ReconnectContract {
  @Override
  XmppServer newServer() {
    return EjabberdServer.create();
  }
}
