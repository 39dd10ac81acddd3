package io.stanzahook.app.interop;

class BotInRoomsProsodyIT extends BotInRoomsContract {
  BotInRoomsProsodyIT() {
    super(ProsodyServer.create());
  }
}
