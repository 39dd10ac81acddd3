package io.stanzahook.app.interop;

class SendApiProsodyIT extends SendApiContract {
  SendApiProsodyIT() {
    super(ProsodyServer.create(), "Prosody");
  }
}
