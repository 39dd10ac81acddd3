package io.stanzahook.delivery;

import io.stanzahook.exchange.PostFormat;
import io.stanzahook.settings.Setting;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How many stanzas go to the webhook in one call; all of it may change while stanzas flow. */
public record BatchSettings(
    @Setting(
            name = "batch",
            value = "N",
            fallback = "1",
            min = 1,
            max = BatchSettings.MAX,
            live = true,
            help =
                "maximum number of stanzas in one POST, whose body is then a JSON array; an iq "
                    + "request is always alone in it; for the formats `json` and `rest-json`; `1`: "
                    + "one stanza in each POST, without an array")
        int most,
    @Setting(
            name = "batch-wait",
            value = "DURATION",
            fallback = "0s",
            max = BatchSettings.MAX_WAIT_MILLIS,
            live = true,
            help =
                "time that a batch with fewer than `--batch` stanzas waits for more; `0s`: it "
                    + "takes what waits when a call may begin")
        Duration fillTime,
    @Setting(
            name = "batch-bytes",
            value = "BYTES",
            fallback = "1048576",
            min = 1024,
            max = 64 << 20,
            live = true,
            help = "maximum size of the body of a batch; a stanza that is larger goes alone")
        int bytes) {
  /** The most stanzas in one call. */
  public static final int MAX = 1_000;

  /** The longest wait, in milliseconds. */
  public static final long MAX_WAIT_MILLIS = 60_000;

  /** Bytes of a body, unless set otherwise. */
  public static final int DEFAULT_BYTES = 1 << 20;

  /** No batches. */
  public static final BatchSettings ONE_BY_ONE = of(1);

  /** So many stanzas, which do not wait for more. */
  public static BatchSettings of(int most) {
    return new BatchSettings(most, Duration.ZERO, DEFAULT_BYTES);
  }

  /** Why so many stanzas cannot be in one request of that format; null if they can. */
  public static @Nullable String problem(int most, PostFormat format) {
    return most > 1 && !format.hasBatches()
        ? "needs ‹post-format› json or rest-json: a request of format %s holds one stanza"
            .formatted(format)
        : null;
  }

  /** Whether there are any. */
  public boolean isOn() {
    return most > 1;
  }
}
