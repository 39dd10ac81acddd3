"""An echo bot that answers only signed requests: WEBHOOK_SECRET=whsec_... python3 signed.py [PORT]"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
if not SECRET:
    sys.exit("WEBHOOK_SECRET is empty: anybody could sign")


# begin verify
def verified(headers, body):
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > 300:
        return False
    signed = f"{headers.get('webhook-id')}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.digest(SECRET, signed, hashlib.sha256)).decode()
    signatures = headers.get("webhook-signature", "").encode().split()
    return any([hmac.compare_digest(f"v1,{expected}".encode(), s) for s in signatures])
# end verify


class Bot(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not verified(self.headers, body):
            return self.answer(401, b"")
        received = json.loads(body)
        if "body" not in received:  # somebody types, has read, reacts: nothing was said
            return self.answer(204, b"")
        self.answer(200, json.dumps({"body": f"Did you say {received['body']}?"}).encode())

    def answer(self, status, answer):
        self.send_response(status)
        if answer:
            self.send_header("Content-Type", "application/json")
        if status != 204:  # without its length, the caller waits for more of it
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
ThreadingHTTPServer(("127.0.0.1", port), Bot).serve_forever()
