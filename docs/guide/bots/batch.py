"""An echo bot for one message or many in a POST: python3 batch.py [PORT]"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def answer(message):
    """The reply to one message; None for no reply."""
    if "body" not in message:  # somebody types, has read, reacts: nothing was said
        return None
    return {"body": f"Did you say {message['body']}?"}


class Bot(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        received = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if isinstance(received, list):  # with --batch: one answer for each, in the same order
            answers = [answer(message) for message in received]
        else:
            answers = answer(received) or {}
        body = json.dumps(answers).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
ThreadingHTTPServer(("127.0.0.1", port), Bot).serve_forever()
