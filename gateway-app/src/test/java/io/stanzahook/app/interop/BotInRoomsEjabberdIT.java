package io.stanzahook.app.interop;

class BotInRoomsEjabberdIT extends BotInRoomsContract {
  BotInRoomsEjabberdIT() {
    super(EjabberdServer.create());
  }
}
