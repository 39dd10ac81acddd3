package io.stanzahook.app.interop;

class SendApiEjabberdIT extends SendApiContract {
  SendApiEjabberdIT() {
    super(EjabberdServer.create(), "ejabberd");
  }
}
