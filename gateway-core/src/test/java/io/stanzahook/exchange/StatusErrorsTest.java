package io.stanzahook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.StanzaError;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class StatusErrorsTest {
  /** The table of docs/reference/conformance.md, by error. */
  private static final Map<String, int[]> TABLE = new LinkedHashMap<>();

  static {
    TABLE.put("modify/bad-request", new int[] {400, 411, 416, 422});
    TABLE.put("auth/not-authorized", new int[] {401, 511});
    TABLE.put("auth/forbidden", new int[] {402, 403, 451});
    TABLE.put("cancel/item-not-found", new int[] {404});
    TABLE.put("cancel/not-allowed", new int[] {405});
    TABLE.put("modify/not-acceptable", new int[] {406});
    TABLE.put("auth/registration-required", new int[] {407});
    TABLE.put("wait/remote-server-timeout", new int[] {408, 502, 503, 504});
    TABLE.put("cancel/conflict", new int[] {409, 412});
    TABLE.put("cancel/gone", new int[] {410});
    TABLE.put("modify/resource-constraint", new int[] {413, 414, 431});
    TABLE.put("cancel/feature-not-implemented", new int[] {415, 501});
    TABLE.put("wait/resource-constraint", new int[] {423, 429, 507});
    TABLE.put("cancel/internal-server-error", new int[] {500});
  }

  static final Iterable<String> ERRORS = TABLE.keySet();

  @ParameterizedTest
  @FieldSource("ERRORS")
  void everyRowOfTheTable(String error) {
    assertThat(TABLE.get(error))
        .isNotEmpty()
        .satisfies(
            statuses -> {
              for (int status : statuses) {
                assertThat(name(StatusErrors.of(status))).as("%d", status).isEqualTo(error);
              }
            });
  }

  @Test
  void anyOtherStatusIsServiceUnavailable() {
    assertThat(IntStream.concat(IntStream.range(100, 200), IntStream.range(300, 1_000)))
        .filteredOn(
            status ->
                TABLE.values().stream()
                    .flatMapToInt(IntStream::of)
                    .noneMatch(known -> known == status))
        .hasSizeGreaterThan(700)
        .allSatisfy(
            status ->
                assertThat(name(StatusErrors.of(status))).isEqualTo("cancel/service-unavailable"));
  }

  @Test
  void failuresWithoutAStatus() {
    assertThat(name(StatusErrors.NAME_NOT_FOUND)).isEqualTo("cancel/remote-server-not-found");
    assertThat(name(StatusErrors.CERTIFICATE)).isEqualTo("cancel/remote-server-timeout");
    assertThat(name(StatusErrors.UNREACHABLE)).isEqualTo("wait/remote-server-timeout");
    assertThat(name(StatusErrors.TIMEOUT)).isEqualTo("wait/remote-server-timeout");
    assertThat(name(StatusErrors.BUSY)).isEqualTo("wait/resource-constraint");
  }

  @Test
  void textsAreOneSentenceWithoutAddresses() {
    assertThat(IntStream.range(300, 600).mapToObj(status -> StatusErrors.of(status).text()))
        .allSatisfy(text -> assertThat(text).matches("[A-Z][^.:/]*\\."));
  }

  private static String name(StanzaError error) {
    return error.type().value() + "/" + error.condition().elementName();
  }
}
