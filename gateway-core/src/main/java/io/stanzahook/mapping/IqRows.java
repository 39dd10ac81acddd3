package io.stanzahook.mapping;

import io.stanzahook.stanza.Namespaces;
import io.stanzahook.stanza.StanzaKind;
import io.stanzahook.xml.XmlElement;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The rows of the mapping that only iqs have. */
final class IqRows {
  private static final Field BLOCKED = Fields.attribute("jid", Value.TEXT);

  private IqRows() {}

  static void addTo(List<MappedProperty> rows, Field page) {
    iq(rows, "ping, XEP-0199", Fields.child("ping", Namespaces.PING, "ping", Contents.MARK));
    iq(
        rows,
        "software version, XEP-0092",
        Fields.child(
            "version",
            Namespaces.VERSION,
            "query",
            Contents.object(
                Fields.child("name", Contents.TEXT),
                Fields.child("version", Contents.TEXT),
                Fields.child("os", Contents.TEXT))));
    iq(
        rows,
        "service discovery, XEP-0030",
        Fields.child("disco", Namespaces.DISCO_INFO, "query", new DiscoContent()));
    iq(
        rows,
        "service discovery, XEP-0030",
        Fields.child("items", Namespaces.DISCO_ITEMS, "query", new ItemsContent()));
    iq(
        rows,
        "ad-hoc command, XEP-0050",
        Fields.child(
            "command", "http://jabber.org/protocol/commands", "command", new CommandContent()));
    iq(
        rows,
        "archive query, XEP-0313",
        Fields.child(
            "archive",
            "urn:xmpp:mam:2",
            "query",
            Contents.object(
                Fields.attribute("queryid", Value.TEXT),
                Fields.child("form", DataForm.NAMESPACE, "x", new DataForm(true)),
                page)));
    iq(
        rows,
        "end of an archive query, XEP-0313",
        Fields.child("result", "urn:xmpp:mam:2", "fin", Contents.object(page)));
    iq(
        rows,
        "external services, XEP-0215",
        Fields.child(
            "extdisco",
            "urn:xmpp:extdisco:2",
            "services",
            Contents.object(
                Fields.attribute("type", Value.TEXT),
                Fields.children(
                    "services",
                    null,
                    "service",
                    Contents.object(
                        List.of("type", "host"),
                        null,
                        Fields.attribute("type", Value.TEXT),
                        Fields.attribute("host", Value.TEXT),
                        Fields.attribute("port", Value.whole(0, 65_535)),
                        Fields.attribute("transport", Value.TEXT),
                        Fields.attribute("name", Value.TEXT),
                        Fields.attribute("username", Value.TEXT),
                        Fields.attribute("password", Value.TEXT),
                        Fields.attribute("restricted", Value.TRUTH),
                        Fields.attribute("expires", Value.TEXT))))));
    iq(
        rows,
        "gateways, XEP-0100",
        Fields.child(
            "gateway",
            "jabber:iq:gateway",
            "query",
            Contents.object(
                Fields.child("desc", Contents.TEXT),
                Fields.child("prompt", Contents.TEXT),
                Fields.child("jid", Contents.TEXT))));
    iq(
        rows,
        "last activity, XEP-0012",
        Fields.child(
            "lastactivity",
            Namespaces.LAST,
            "query",
            Contents.object(
                Fields.attribute("seconds", Value.COUNT), Fields.text("status", Value.TEXT))));
    iq(
        rows,
        "out of band data, XEP-0066",
        Fields.child(
            "oob",
            "jabber:iq:oob",
            "query",
            Contents.object(
                Fields.child("url", Contents.TEXT), Fields.child("desc", Contents.TEXT))));
    iq(
        rows,
        "registration, XEP-0077",
        Fields.child(
            "register",
            "jabber:iq:register",
            "query",
            Contents.object(
                Fields.child("instructions", Contents.TEXT),
                Fields.child("registered", Contents.MARK),
                Fields.child("remove", Contents.MARK),
                Fields.child("username", Contents.TEXT),
                Fields.child("password", Contents.TEXT),
                Fields.child("nick", Contents.TEXT),
                Fields.child("name", Contents.TEXT),
                Fields.child("first", Contents.TEXT),
                Fields.child("last", Contents.TEXT),
                Fields.child("email", Contents.TEXT),
                Fields.child("address", Contents.TEXT),
                Fields.child("city", Contents.TEXT),
                Fields.child("state", Contents.TEXT),
                Fields.child("zip", Contents.TEXT),
                Fields.child("phone", Contents.TEXT),
                Fields.child("url", Contents.TEXT),
                Fields.child("date", Contents.TEXT),
                Fields.child("misc", Contents.TEXT),
                Fields.child("text", Contents.TEXT),
                Fields.child("key", Contents.TEXT))));
    iq(
        rows,
        "statistics, XEP-0039",
        Fields.child(
            "stats",
            "http://jabber.org/protocol/stats",
            "query",
            Contents.listOf(
                "stat",
                Contents.object(
                    Fields.attribute("name", Value.TEXT),
                    new Unit(),
                    Fields.attribute("value", Value.NUMERIC)))));
    iq(
        rows,
        "slot for an upload, XEP-0363",
        Fields.child(
            "upload_request",
            "urn:xmpp:http:upload:0",
            "request",
            Contents.object(
                List.of("filename", "size"),
                null,
                Fields.attribute("filename", Value.TEXT),
                Fields.attribute("size", Value.COUNT),
                Fields.attribute("content-type", Value.TEXT))));
    iq(
        rows,
        "slot for an upload, XEP-0363",
        Fields.child(
            "upload_slot",
            "urn:xmpp:http:upload:0",
            "slot",
            Contents.object(
                Fields.child(
                    "put",
                    Contents.object(
                        Fields.attribute("url", Value.TEXT),
                        Fields.children(
                            "headers",
                            null,
                            "header",
                            Contents.object(
                                List.of("name", "value"),
                                null,
                                Fields.attribute("name", Value.TEXT),
                                Fields.text("value", Value.TEXT))))),
                Fields.child("get", Contents.object(Fields.attribute("url", Value.TEXT))))));
    iq(
        rows,
        "blocking, XEP-0191",
        Fields.child(
            "block",
            "urn:xmpp:blocking",
            "block",
            Contents.listOf("item", Contents.object(BLOCKED))));
    iq(
        rows,
        "blocking, XEP-0191",
        Fields.child(
            "blocklist",
            "urn:xmpp:blocking",
            "blocklist",
            Contents.listOf("item", Contents.object(BLOCKED))));
  }

  /** XEP-0039 calls the attribute {@code units}; mod_rest reads and writes {@code unit}. */
  private static final class Unit implements Field {
    private static final Field UNITS = Fields.attribute("unit", "", "units", Value.TEXT);
    private static final Field UNIT = Fields.attribute("unit", Value.TEXT);

    @Override
    public String name() {
      return UNIT.name();
    }

    @Override
    public Shape shape() {
      return UNIT.shape();
    }

    @Override
    public String place() {
      return UNITS.place() + " (or " + UNIT.place() + ")";
    }

    @Override
    public @Nullable JsonNode read(XmlElement holder, @Nullable String lang) {
      JsonNode units = UNITS.read(holder, lang);
      return units == null ? UNIT.read(holder, lang) : units;
    }

    @Override
    public void write(JsonNode value, Spot spot, XmlElement.Builder holder)
        throws MappingException {
      UNITS.write(value, spot, holder);
    }
  }

  private static void iq(List<MappedProperty> rows, String about, Field field) {
    rows.add(new MappedProperty(field, Set.of(StanzaKind.IQ), about));
  }
}
