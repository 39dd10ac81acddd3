package io.stanzahook.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.dispatch.FlowSettings.Overload;
import io.stanzahook.stanza.OutboundStanza;
import io.stanzahook.stanza.Stanza;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.publisher.TestPublisher;

class DispatcherDrainTest extends DispatcherFixture {
  @Test
  void drainLetsAllEnd() {
    Dispatcher dispatcher = dispatcher(settings(1, 10, Overload.BACKPRESSURE));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message("a@b", "1"), message("c@d", "2"));
    List<String> ends = new ArrayList<>();
    dispatcher.drain(Duration.ofSeconds(5)).subscribe(v -> {}, e -> {}, () -> ends.add("drained"));
    stream.next(message("e@f", "after"));
    assertThat(recorder.refused).containsExactly(DeliveryListener.RefusalReason.SHUTDOWN);
    answer("1", "x");
    assertThat(ends).isEmpty();
    answer("2", "y");
    assertThat(ends).containsExactly("drained");
    assertThat(sent).extracting(OutboundStanza::id).contains("after");
  }

  @Test
  void drainAnswersTheRestWhenTheTimeIsOver() {
    Dispatcher dispatcher = dispatcher(settings(1, 10, Overload.BACKPRESSURE));
    TestPublisher<Stanza> stream = start(dispatcher);
    stream.next(message("a@b", "1"), message("c@d", "2"));
    List<String> ends = new ArrayList<>();
    dispatcher.drain(Duration.ofSeconds(5)).subscribe(v -> {}, e -> {}, () -> ends.add("drained"));
    time.advanceTimeBy(Duration.ofSeconds(6));
    assertThat(ends).containsExactly("drained");
    assertThat(calls).isEmpty();
    assertThat(sent).extracting(OutboundStanza::id).containsExactly("2", "1");
    assertError(sent.get(0), "wait", "resource-constraint");
    assertError(sent.get(1), "wait", "remote-server-timeout");
  }
}
