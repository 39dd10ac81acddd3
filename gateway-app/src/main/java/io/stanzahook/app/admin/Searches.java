package io.stanzahook.app.admin;

import io.stanzahook.app.http.ApiException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Searches through deliveries. They run one at a time, off the event loop, because they may read a
 * file. Any thread may call it.
 *
 * @param thread runs them; it limits how many wait
 */
public record Searches(Scheduler thread) {
  /**
   * Runs a search.
   *
   * @return fails with {@link ApiException} if too many searches wait, or the file cannot be read
   */
  <T> Mono<T> run(Callable<T> search) {
    return Mono.fromCallable(search)
        .subscribeOn(thread)
        .onErrorMap(
            RejectedExecutionException.class, e -> ApiException.busy("too many searches at once"))
        .onErrorMap(
            IOException.class, e -> ApiException.ofStatus(503, String.valueOf(e.getMessage())));
  }
}
