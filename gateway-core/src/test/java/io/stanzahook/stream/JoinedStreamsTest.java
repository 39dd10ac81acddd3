package io.stanzahook.stream;

import static io.stanzahook.stream.StreamStatus.CONNECTED;
import static io.stanzahook.stream.StreamStatus.CONNECTING;
import static io.stanzahook.stream.StreamStatus.ENDED;
import static io.stanzahook.stream.StreamStatus.STANDBY;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JoinedStreamsTest {
  @Test
  void theWorstOfThoseThatAreHeldCounts() {
    assertThat(JoinedStreams.joined(List.of(STANDBY, CONNECTED))).isEqualTo(CONNECTED);
    assertThat(JoinedStreams.joined(List.of(CONNECTING, CONNECTED))).isEqualTo(CONNECTING);
    assertThat(JoinedStreams.joined(List.of(STANDBY, ENDED))).isEqualTo(STANDBY);
    assertThat(JoinedStreams.joined(List.of(ENDED, ENDED))).isEqualTo(ENDED);
  }

  @Test
  void theStateOfAllIsTold_andWhichStreamChangedIt() {
    List<String> told = new ArrayList<>();
    JoinedStreams joined =
        new JoinedStreams(
            new StreamListener() {
              @Override
              public void status(StreamStatus status, @Nullable String detail) {
                told.add(status + " " + detail);
              }

              @Override
              public void connected() {
                told.add("connected");
              }
            },
            2);
    joined.of(0).status(STANDBY, null);
    joined.of(1).status(STANDBY, null);
    joined.of(1).status(CONNECTING, null);
    joined.of(1).connected();
    joined.of(1).status(CONNECTED, "there");
    assertThat(told)
        .containsExactly(
            "STANDBY null", "CONNECTING null", "connected", "CONNECTED stream 1: there");
  }

  @Test
  void readingIsPausedAsLongAsItIsOnOneStream() {
    List<String> told = new ArrayList<>();
    JoinedStreams joined =
        new JoinedStreams(
            new StreamListener() {
              @Override
              public void paused() {
                told.add("paused");
              }

              @Override
              public void resumed() {
                told.add("resumed");
              }

              @Override
              public void disconnected(String reason, String explanation) {
                told.add(reason);
              }
            },
            3);
    joined.of(0).paused();
    joined.of(1).paused();
    joined.of(0).resumed();
    assertThat(told).containsExactly("paused");
    // Who is told takes this for the end of the pause.
    joined.of(2).disconnected("io", "");
    assertThat(told).containsExactly("paused", "io", "paused");
    joined.of(1).resumed();
    assertThat(told).endsWith("resumed").hasSize(4);
    joined.of(1).resumed();
    assertThat(told).hasSize(4);
    joined.of(1).paused();
    joined.of(1).disconnected("closed", "");
    assertThat(told).hasSize(6).endsWith("paused", "closed");
  }
}
