"""An echo bot for batches at high rates: python3 fast.py [PORT [PROCESSES]]"""

import json
import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def answer(message):
    """The reply to one message; None for no reply."""
    if "body" not in message:  # somebody types, has read, reacts: nothing was said
        return None
    return {"body": f"Did you say {message['body']}?"}


class Bot(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open
    wbufsize = -1  # one write for each response

    def do_POST(self):
        messages = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps([answer(message) for message in messages]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):  # a line for each request costs more than the request
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128

    def server_bind(self):  # several processes listen at the same port
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().server_bind()


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
children = []
for _ in range(int(sys.argv[2]) - 1 if len(sys.argv) > 2 else 0):
    child = os.fork()
    if child == 0:
        children = []
        break
    children.append(child)
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
try:
    Server(("127.0.0.1", port), Bot).serve_forever()
finally:  # the first process ends the others
    for child in children:
        os.kill(child, signal.SIGTERM)
