package io.stanzahook.app.interop;

class RoomsProsodyIT extends RoomsContract {
  RoomsProsodyIT() {
    super(ProsodyServer.create());
  }
}
