#!/usr/bin/python3
"""The bot that people write instead of a gateway: slixmpp takes messages, aiohttp POSTs them, a task for each.

  scripts/bench_bot.py DOMAIN SECRET PORT URL

scripts/bench compares the gateway with it. Needs Debian's python3-slixmpp and python3-aiohttp.
"""

import asyncio
import logging
import sys

import aiohttp
from slixmpp import ComponentXMPP


class Bot(ComponentXMPP):
    def __init__(self, domain, secret, port, url):
        super().__init__(domain, secret, "127.0.0.1", port)
        self.url = url
        self.tasks = set()
        self.add_event_handler("session_start", self.start)
        self.add_event_handler("message", self.message)

    async def start(self, _):
        self.http = aiohttp.ClientSession()
        print("ready", flush=True)

    def message(self, message):
        if message["type"] in ("chat", "normal"):
            task = asyncio.create_task(self.answer(message))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def answer(self, message):
        request = {
            "to": str(message["to"]), "from": str(message["from"]), "kind": "message", "body": message["body"],
            "stanza": str(message)}
        try:
            async with self.http.post(self.url, json=request) as response:
                response.raise_for_status()
                reply = await response.json()
        except (aiohttp.ClientError, asyncio.TimeoutError) as failure:
            logging.warning("no answer to %s: %s", message["id"], failure)
            error = message.reply()
            error["type"] = "error"
            error["error"]["condition"] = "remote-server-timeout"
            error.send()
            return
        if "body" in reply:
            message.reply(reply["body"]).send()


def main(domain, secret, port, url):
    logging.basicConfig(level=logging.WARNING)
    bot = Bot(domain, secret, int(port), url)
    bot.connect()
    bot.process()


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
