package io.stanzahook.app.interop;

class ProsodyReconnectIT extends ReconnectContract {
  @Override
  XmppServer newServer() {
    return ProsodyServer.create();
  }
}
