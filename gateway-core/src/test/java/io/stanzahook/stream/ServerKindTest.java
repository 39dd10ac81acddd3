package io.stanzahook.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers by their words. The start tags of Prosody, ejabberd and jabberd2 were recorded. */
class ServerKindTest {
  /** As servers write them; those of MongooseIM and Tigase follow their sources. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "PROSODY    | <?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' id='2cbdd1a1-3d43-4a27-b1c9-4a5a9c9d5d1b' xmlns='jabber:component:accept' from='bot.localhost'>",
        "EJABBERD   | <?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept' id='3451212219342834763' from='bot.localhost'>",
        "JABBERD2   | <?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept' from='bot.localhost' id='jvpy3fsknqc1lc8l50wsxhx9pkmynlj1l63ozm5o'>",
        "MONGOOSEIM | <?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept' id='6A3F09D1C2B4E587' from='bot.localhost'>",
        "TIGASE     | <stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' from='bot.localhost' id='2cbdd1a1-3d43-4a27-b1c9-4a5a9c9d5d1b'>",
        "UNKNOWN    | <?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' from='bot.localhost' id='i1'>",
        "UNKNOWN    | HTTP/1.1 400 Bad Request",
        "UNKNOWN    | ``",
      })
  void aServerIsKnownByItsStartTag(ServerKind kind, String head) {
    assertThat(ServerKind.ofStart(head)).isEqualTo(kind);
  }

  @Test
  void openfireIsKnownByItsQuotes_withAndWithoutAnId() {
    String start =
        "<?xml version='1.0' encoding='UTF-8'?><stream:stream"
            + " xmlns:stream=\"http://etherx.jabber.org/streams\""
            + " xmlns=\"jabber:component:accept\" from=\"gw.localhost\"";
    assertThat(ServerKind.ofStart(start + ">")).isEqualTo(ServerKind.OPENFIRE);
    assertThat(ServerKind.ofStart(start + " id=\"6zp2pjmkd5\">")).isEqualTo(ServerKind.OPENFIRE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PROSODY  | bot.example does not match any configured external components",
        "PROSODY  | Component already connected",
        "PROSODY  | Given token does not match calculated token",
        "EJABBERD | Unable to register route on existing local domain",
        "OPENFIRE | Component is not allowed to connect with the requested subdomain.",
        "OPENFIRE | The requested domain is already being used by another component.",
        "UNKNOWN  | go away",
        "UNKNOWN  |",
      })
  void aServerThatSaysNoBeforeItGivesAnIdIsKnownByItsText(ServerKind kind, String text) {
    assertThat(ServerKind.ofError(text)).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "PROSODY, Prosody",
    "EJABBERD, ejabberd",
    "JABBERD2, jabberd sm",
    "JABBERD2, Jabber IM server",
    "OPENFIRE, Openfire Server",
    "MONGOOSEIM, MongooseIM",
    "TIGASE, Tigase ver. 8.3.0",
    "UNKNOWN, My server"
  })
  void aServerThatSaysItsNameIsKnownByIt(ServerKind kind, String name) {
    assertThat(ServerKind.ofSoftware(name)).isEqualTo(kind);
  }

  @Test
  void aPortThatOnlyOneServerHasIsItsOwn() {
    assertThat(ServerKind.ofPort(5275)).isEqualTo(ServerKind.OPENFIRE);
    assertThat(ServerKind.ofPort(5347)).isEqualTo(ServerKind.UNKNOWN);
  }
}
