"""Explains why a picture is read as a digit: a second endpoint with the same model and a custom server.

    python -m explain --port 8000 --keep-alive 4010 --drain 60

A server behind a load balancer must, as this one does:
- listen on every address, not on localhost;
- keep idle connections longer than the load balancer does, so that only the load balancer closes them;
- on SIGTERM accept no new connections, complete running requests with `Connection: close`, then exit with 0.
"""

import argparse
import json
import os
import signal
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from model import BadInput, Model, read_digit

LONGEST_BODY = 64 * 1024


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False

    def __init__(self, address, model):
        self.model = model
        self.draining = False
        self.connections = {}  # connection -> whether it has a request
        self.changed = threading.Condition()
        super().__init__(address, Handler)

    def note(self, connection, busy):
        with self.changed:
            if busy is None:
                self.connections.pop(connection, None)
            else:
                self.connections[connection] = busy
                if self.draining and not busy:
                    connection.shutdown(socket.SHUT_RD)
            self.changed.notify_all()

    def drain(self, seconds):
        """Waits for running requests, at most for the given time; returns whether all have completed."""
        end = time.monotonic() + seconds
        with self.changed:
            self.draining = True
            for connection, busy in self.connections.items():
                if not busy:
                    connection.shutdown(socket.SHUT_RD)
            while self.connections and time.monotonic() < end:
                self.changed.wait(end - time.monotonic())
            return not self.connections


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "explain"

    def handle(self):
        self.server.note(self.connection, False)
        try:
            super().handle()
        except OSError:
            pass  # the client has closed the connection
        finally:
            self.server.note(self.connection, None)

    def parse_request(self):
        self.server.note(self.connection, True)
        return super().parse_request()

    def handle_one_request(self):
        super().handle_one_request()
        if not self.close_connection:
            self.server.note(self.connection, False)

    def do_GET(self):
        if self.path.partition("?")[0] == "/healthz":
            self.answer(200, {"status": "ok"})
        else:
            self.answer(405, {"error": "send a POST"}, Allow="POST")

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LONGEST_BODY:
            self.close_connection = True
            self.answer(411 if not length.isdigit() else 413, {"error": "send a digit with a valid Content-Length"})
            return
        try:
            pixels = read_digit(self.rfile.read(int(length)), self.headers.get("Content-Type", ""))
        except BadInput as error:
            self.answer(400, {"error": str(error)})
            return
        likely = self.server.model.probabilities(pixels)
        digit = int(likely.argmax())
        influence = self.server.model.influence(pixels, digit).reshape(8, 8)
        self.answer(200, {
            "digit": digit,
            "probabilities": [round(float(p), 4) for p in likely],
            "influence": [[round(float(v), 3) for v in row] for row in influence],
        })

    def answer(self, status, value, **headers):
        body = json.dumps(value).encode() + b"\n"
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, text)
        if self.server.draining or self.close_connection:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text, *values):
        print(f"{self.address_string()} {text % values}", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument("--keep-alive", type=float, default=4010, help="seconds that an idle connection is kept open")
    parser.add_argument("--drain", type=float, default=60, help="seconds that running requests may take after SIGTERM")
    arguments = parser.parse_args()

    Handler.timeout = arguments.keep_alive
    server = Server(("0.0.0.0", arguments.port), Model.from_environment())
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    signal.signal(signal.SIGINT, signal.getsignal(signal.SIGTERM))
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    sys.exit(0 if server.drain(arguments.drain) else 1)


if __name__ == "__main__":
    main()
