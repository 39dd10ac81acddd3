"""A chat user driven from outside: one JSON object a line, commands on stdin, events on stdout.

Used by ChatClient.java and scripts/record-mod-component-http. Wants Debian's python3-slixmpp.

Usage: chat_client.py PORT JID PASSWORD    (the server is on loopback; the JID may hold a resource)

Commands: {"op": "message" | "raw" | "subscribe" | "join" | "ping" | "disco_info" |
"disco_items" | "version" | "iq" | "close", ...}; those with an "n" are answered by one "result" event
with the same "n". Events: "online", "message", "presence", "iq", "result", "stream_error", "auth_failed",
"disconnected".
"""

import asyncio
import json
import sys
from xml.etree import ElementTree

from slixmpp import ClientXMPP
from slixmpp.exceptions import IqError, IqTimeout
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath
from slixmpp.xmlstream.tostring import tostring

CLIENT = "{jabber:client}"
ERRORS = "{urn:ietf:params:xml:ns:xmpp-stanzas}"
LONGEST_LINE = 16 * 1024 * 1024


def say(event, **fields):
    sys.stdout.write(json.dumps({"event": event, **fields}) + "\n")
    sys.stdout.flush()


def error_of(xml):
    """The stanza error's type, condition and text; empty where there is none."""
    error = xml.find(CLIENT + "error")
    if error is None:
        return {}
    fields = {"errorType": error.get("type")}
    for child in error:
        if child.tag == ERRORS + "text":
            fields["errorText"] = child.text or ""
        elif child.tag.startswith(ERRORS):
            fields["errorCondition"] = child.tag[len(ERRORS):]
    return fields


def fields_of(xml):
    """What a test looks at; "xml" holds the whole stanza with every namespace declared."""
    fields = {name: xml.get(name) for name in ("from", "to", "type", "id")}
    for name in ("body", "subject", "thread", "show", "status"):
        child = xml.find(CLIENT + name)
        if child is not None:
            fields[name] = child.text or ""
    fields.update(error_of(xml))
    fields["xml"] = ElementTree.tostring(xml, encoding="unicode")
    return {name: value for name, value in fields.items() if value is not None}


class Client(ClientXMPP):
    def __init__(self, jid, password):
        super().__init__(jid, password)
        self["feature_mechanisms"].unencrypted_plain = True
        self["feature_mechanisms"].unencrypted_scram = True
        self.auto_authorize = True
        self.auto_subscribe = False
        for plugin in ("xep_0030", "xep_0045", "xep_0092", "xep_0199"):
            self.register_plugin(plugin)
        for kind in ("message", "presence", "iq"):
            self.register_handler(Callback(kind, MatchXPath(CLIENT + kind), self.receiver(kind)))
        self.add_event_handler("session_start", self.on_start)
        self.add_event_handler("failed_all_auth", lambda _: say("auth_failed"))
        self.add_event_handler("disconnected", lambda why: say("disconnected", reason=str(why)))
        self.add_event_handler(
            "stream_error",
            lambda error: say("stream_error", condition=error["condition"], text=error["text"]),
        )

    @staticmethod
    def receiver(kind):
        return lambda stanza: say(kind, **fields_of(stanza.xml))

    async def on_start(self, _):
        # Servers send subscription answers only to clients that have done both.
        await self.get_roster()
        self.send_presence()
        say("online", jid=str(self.boundjid))

    async def answer(self, command, request):
        """Awaits an iq request and reports its outcome, whatever that is."""
        number = command["n"]
        try:
            iq = await request
            say("result", n=number, **fields_of(iq.xml), **details_of(command["op"], iq))
        except IqError as error:
            say("result", n=number, **fields_of(error.iq.xml))
        except (IqTimeout, asyncio.TimeoutError):
            say("result", n=number, type="timeout")

    def request_of(self, command):
        """The coroutine of a command that awaits an answer."""
        timeout = command.get("timeout", 20)
        to = command.get("to")
        if command["op"] == "ping":
            return self["xep_0199"].send_ping(to, timeout=timeout)
        if command["op"] == "disco_info":
            return self["xep_0030"].get_info(
                to, node=command.get("node"), local=False, cached=False, timeout=timeout
            )
        if command["op"] == "disco_items":
            return self["xep_0030"].get_items(
                to, node=command.get("node"), local=False, timeout=timeout
            )
        if command["op"] == "version":
            return self["xep_0092"].get_version(to, timeout=timeout)
        iq = self.make_iq(ito=to, itype=command["type"])
        iq.append(ElementTree.fromstring(command["payload"]))
        return iq.send(timeout=timeout)

    def do(self, command):
        op = command["op"]
        if op == "message":
            message = self.make_message(
                mto=command["to"], mbody=command.get("body"), mtype=command.get("type", "chat")
            )
            message["id"] = command["id"]
            message.send()
        elif op == "raw":
            self.send_raw(command["xml"])
        elif op == "subscribe":
            self.send_presence(pto=command["to"], ptype="subscribe")
        elif op == "join":
            self["xep_0045"].join_muc(command["room"], command["nick"])
        elif op == "close":
            self.disconnect(wait=1)
        else:
            asyncio.ensure_future(self.answer(command, self.request_of(command)))


def details_of(op, iq):
    """What the plugins read out of an answer."""
    if op == "disco_info":
        info = iq["disco_info"]
        return {
            "identities": [f"{category}/{kind}" for category, kind, _, _ in info["identities"]],
            "features": sorted(info["features"]),
            "node": info["node"],
        }
    if op == "disco_items":
        return {"items": [str(jid) for jid, _, _ in iq["disco_items"]["items"]]}
    if op == "version":
        version = iq["software_version"]
        return {"name": version["name"], "version": version["version"]}
    return {}


async def main(port, jid, password):
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader(limit=LONGEST_LINE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    client = Client(jid, password)
    client.connect(("127.0.0.1", int(port)), disable_starttls=True)
    while line := await commands.readline():
        client.do(json.loads(line))
    client.abort()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
