package io.stanzahook.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.stanzahook.SpooledGateway;
import io.stanzahook.cluster.Brokers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The console of a node of a cluster, with a real broker. */
@Timeout(300)
class ConsoleClusterIT extends GatewayRunFixture {
  @Test
  void showsWhatTheNodeHoldsInWordsFiguresAndATable() throws Exception {
    try (Brokers brokers = Brokers.start(folder.resolve("kafka"), 1);
        Browser browser = new Browser()) {
      launch(
          tokens("t0ken\n"),
          "--delivery-log-bodies",
          "--cluster=kafka://" + brokers.addresses() + "/console",
          "--cluster-partitions=3");
      browser.open("http://127.0.0.1:" + port + "/");
      browser.await("the login", () -> browser.find("#login").isDisplayed());
      browser.find("#credential").sendKeys("t0ken", Keys.ENTER);
      browser.awaitText("#cluster-line", "This node is an edge and a worker");
      browser.await("its stream", () -> cell(browser, "Streams").equals(SpooledGateway.DOMAIN));
      browser.await("its partitions", () -> cell(browser, "Partitions").equals("3 partitions"));
      for (String from : List.of("ann", "ben", "cid")) {
        bed.say(from, "Where is my order?");
        bed.reply();
      }
      browser.await("no lag", () -> cell(browser, "Lag").equals("0 messages"));
      browser.awaitText("#deliveries", "delivered");
      assertThat(cell(browser, "Brokers")).isEqualTo("answer");
      assertThat(cell(browser, "Slots without an owner")).isEqualTo("0");
      assertThat(browser.all("#notices .notice")).isEmpty();
      browser.find("#numbers summary").click();
      browser.awaitText("#numbers-body", "Cluster lag");
      browser.assertAccessibleInEachLook();
      browser.find("#numbers summary").click();
      browser.size(1100, 800);
      browser.script("window.scrollTo(0, 0)");
      browser.take("console-cluster");

      JsonNode cluster = new JsonMapper().readTree(get("/readyz").body()).get("cluster");
      assertThat(cluster.get("role").asString()).isEqualTo("all");
      assertThat(cluster.get("streams").get(0).asString()).isEqualTo(SpooledGateway.DOMAIN);
      assertThat(cluster.get("partitions").asInt()).isEqualTo(3);
      assertThat(cluster.get("slots_unowned").asInt()).isZero();
      assertThat(cell(browser, "Slots")).startsWith(cluster.get("slots").asInt() + " slot");

      // A broker that is away is said above all else.
      brokers.kill(0);
      browser.awaitText("#notices", "The cluster's brokers do not answer this node.");
      assertThat(cell(browser, "Brokers")).isEqualTo("do not answer");
      browser.assertAccessible();
      brokers.restart(0);
      browser.await("it is over", () -> browser.all("#notices .notice").isEmpty());
      stop();
    }
  }

  /** What stands now in the row of that name. */
  private static String cell(Browser browser, String name) {
    for (WebElement row : browser.all("#cluster-body tr")) {
      if (row.getText().startsWith(name + " ")) {
        return String.valueOf(browser.script("return arguments[0].children[1].textContent", row));
      }
    }
    return "";
  }
}
