"""An echo bot: python3 bot.py [PORT]"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Bot(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        received = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "body" not in received:  # somebody types, has read, reacts: nothing was said
            self.send_response(204)
            self.end_headers()
            return
        answer = json.dumps({"body": f"Did you say {received['body']}?"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
ThreadingHTTPServer(("127.0.0.1", port), Bot).serve_forever()
