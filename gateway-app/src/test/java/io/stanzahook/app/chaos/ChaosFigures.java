package io.stanzahook.app.chaos;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a run came to.
 *
 * @param kills how often the gateway was killed
 * @param safe messages that the gateway said it has, by answering a ping sent after them
 * @param lost of these, those the webhook never answered
 * @param unsafe messages that were under way when it was killed
 * @param unsafeLost of these, those the webhook was never asked about
 * @param requests to the webhook
 * @param again requests for what the webhook had answered before
 * @param manyIds messages that came under more than one webhook-id
 * @param outOfOrder messages that were POSTed before the one before them was answered
 * @param unreplied safe messages whose reply did not come back
 * @param repliedTwice messages whose reply came back more than once
 */
record ChaosFigures(
    int kills,
    int safe,
    int lost,
    int unsafe,
    int unsafeLost,
    int requests,
    int again,
    int manyIds,
    int outOfOrder,
    int unreplied,
    int repliedTwice) {

  /** As one line of JSON. */
  String json() {
    return Arrays.stream(ChaosFigures.class.getRecordComponents())
        .map(component -> "\"%s\":%s".formatted(component.getName(), value(component)))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private Object value(RecordComponent component) {
    try {
      return component.getAccessor().invoke(this);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(String.format(Locale.ROOT, "%s", component), e);
    }
  }
}
