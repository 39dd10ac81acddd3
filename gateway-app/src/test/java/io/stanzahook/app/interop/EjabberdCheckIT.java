package io.stanzahook.app.interop;

class EjabberdCheckIT extends CheckContract {
  EjabberdCheckIT() {
    super(EjabberdServer.create());
  }

  @Override
  String label() {
    return "ejabberd";
  }

  @Override
  String software() {
    return "ejabberd";
  }

  @Override
  String declaration(String component) {
    return "\"%s\": { password: ".formatted(component);
  }

  @Override
  String listener() {
    return "module: ejabberd_service";
  }
}
