package io.stanzahook.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.stanza.Jid;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeliveryPageTest {
  private static final String QUARTER = "x".repeat(DeliveryPage.MAX_BODIES / 4);

  /** One that holds a bit more than a quarter of what an answer may. */
  private static SeenDelivery large() {
    SeenMessage request =
        new SeenMessage("", List.of(Map.entry("a", QUARTER.substring(0, 9))), QUARTER, false);
    return delivery(List.of(new SeenExchange(1, request, null, "")));
  }

  private static SeenDelivery delivery(List<SeenExchange> exchanges) {
    return new SeenDelivery(
        1,
        "msg_1",
        null,
        Jid.of("a@b"),
        Jid.of("c@d"),
        "message",
        null,
        0,
        1,
        List.of(),
        List.of(),
        SeenDelivery.Outcome.SETTLED,
        1,
        0,
        List.of(),
        "",
        "",
        "",
        exchanges,
        0,
        "");
  }

  private static void assertPage(DeliveryPage page, int size, boolean cut) {
    assertThat(page.deliveries()).hasSize(size);
    assertThat(page.cut()).isEqualTo(cut);
  }

  @Test
  void hasAsManyAsTheLimitAllows() {
    SeenDelivery one = delivery(List.of());
    assertPage(DeliveryPage.of(Stream.of(one, one), 3, true), 2, false);
    assertPage(DeliveryPage.of(Stream.of(one, one), 2, true), 2, false);
    assertPage(DeliveryPage.of(Stream.of(one, one), 1, true), 1, true);
    assertPage(DeliveryPage.of(Stream.empty(), 1, true), 0, false);
  }

  @Test
  void endsWhereTheyHoldTooMuch() {
    assertPage(DeliveryPage.of(Stream.generate(DeliveryPageTest::large), 100, true), 3, true);
    assertPage(
        DeliveryPage.of(Stream.generate(DeliveryPageTest::large).limit(9), 100, false), 9, false);
  }

  @Test
  void oneIsShownHoweverMuchItHolds() {
    SeenExchange exchange = large().exchanges().get(0);
    SeenDelivery huge = delivery(List.of(exchange, exchange, exchange, exchange));
    assertPage(DeliveryPage.of(Stream.of(huge), 1, true), 1, false);
    assertPage(DeliveryPage.of(Stream.of(huge, huge), 2, true), 1, true);
  }
}
