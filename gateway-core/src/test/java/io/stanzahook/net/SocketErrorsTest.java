package io.stanzahook.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketErrorsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          io_uring connect(..) failed with error(-111): Connection refused | Connection refused
          connect(..) failed with error(-113): No route to host: /10.0.0.1:80 | No route to host: /10.0.0.1:80
          recvAddress(..) failed with error(-104): Connection reset by peer | Connection reset by peer
          bind(..) failed with error(-98): Address already in use | Address already in use
          syscall:read(..) failed: Connection reset by peer | Connection reset by peer
          Connection refused: /127.0.0.1:1 | Connection refused: /127.0.0.1:1
          the answer(..) of a person: yes | the answer(..) of a person: yes
          """)
  void theSystemsWordsStandAlone(String message, String text) {
    assertThat(SocketErrors.text(new IOException(message))).isEqualTo(text);
  }

  @Test
  void anErrorWithoutAMessageIsNamed() {
    assertThat(SocketErrors.text(new ConnectException())).isEqualTo("ConnectException");
    assertThat(SocketErrors.text(new ConnectException(" "))).isEqualTo("ConnectException");
  }
}
