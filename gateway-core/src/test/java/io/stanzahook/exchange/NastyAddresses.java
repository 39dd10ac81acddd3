package io.stanzahook.exchange;

import io.stanzahook.exchange.DroppedReply.Reason;
import io.stanzahook.exchange.NastyReply.Collection;
import java.util.List;

/** The part of the nasty replies that is about who they come from and go to. */
final class NastyAddresses {
  private NastyAddresses() {}

  static void collect(Collection list, String domain) {
    for (String from :
        List.of(
            "a@elsewhere.example", "elsewhere.example", "a@sub." + domain, domain + ".example")) {
      list.dropped(
          Reason.FOREIGN_FROM, "from " + from, "{\"body\":\"x\",\"from\":\"" + from + "\"}");
      list.stanza(Reason.FOREIGN_FROM, "<message from='" + from + "'><body>x</body></message>");
    }
    String long1023 = "l".repeat(1023);
    for (String to :
        List.of(
            "",
            "@",
            "/",
            "a@",
            "@b",
            "a@/c",
            "a@b/",
            "a b@c",
            "a@b c",
            "a@b@c",
            "a\\u0009@b",
            "a@b/c\\nd",
            "a<b@c",
            "a&b@c",
            "a'b@c",
            "a@b:5222",
            "a@b\\u00a0c",
            "a@localhost/\\u0000",
            "a@localhost/\\ufffe",
            long1023 + "l@localhost",
            "a@" + long1023 + "l",
            "a@b/" + long1023 + "l")) {
      list.dropped(Reason.INVALID, "to " + to, "{\"body\":\"x\",\"to\":\"" + to + "\"}");
    }
    for (String to :
        List.of(
            "nobody@localhost",
            long1023 + "@localhost",
            "a@" + long1023,
            "a@localhost/" + long1023,
            "a@-",
            "a@..",
            "a@b..c",
            "a@[::1]",
            "a@xn--",
            "a@xn--a",
            "\\u00e9@localhost",
            "\\u0130@localhost",
            "\\u212a@localhost",
            "\\u0378@localhost",
            "a\\u200b@localhost",
            "a\\u00ad@localhost",
            "\\u05d0a@localhost",
            "\\ue000@localhost",
            "a@localhost/\\u0378",
            "a@localhost/\\u200b",
            "a@localhost/\\u05d0a",
            "a@localhost/\\ue000",
            "a@\\u00e9",
            "a@\\u0378",
            "\\ud83d\\ude00@localhost",
            "a@localhost/\\ud83d\\ude00",
            "a@localhost/ x ",
            "a\\\\20b@localhost",
            "localhost",
            "localhost/x",
            domain,
            "a@" + domain,
            "a@nowhere.example",
            "a@localhost.",
            "rooms.localhost",
            "a@rooms.localhost/x")) {
      list.sentElsewhere("to " + to, "{\"body\":\"x\",\"to\":\"" + to + "\"}");
      list.sentElsewhere(
          "presence to " + to,
          "{\"kind\":\"presence\",\"type\":\"subscribe\",\"to\":\"" + to + "\"}");
    }
    for (String from :
        List.of("\\u0378", "a\\u200b", "\\ue000", "\\u05d0a", "\\u0130", "\\u212a", long1023)) {
      list.sentElsewhere(
          "from " + from, "{\"body\":\"x\",\"from\":\"" + from + "@" + domain + "\"}");
      list.sentElsewhere(
          "from resource " + from, "{\"body\":\"x\",\"from\":\"a@" + domain + "/" + from + "\"}");
    }
  }
}
