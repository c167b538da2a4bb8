"""A WSGI application without a framework, with quick, slow and streamed responses."""
import os
import time
from urllib.parse import parse_qs

time.sleep(float(os.environ.get("PROBE_LOAD", "0")))


def parts(seconds):
    for _ in range(10):
        time.sleep(seconds / 10)
        yield b"part\n"


def app(environ, start_response):
    seconds = float(parse_qs(environ.get("QUERY_STRING", "")).get("seconds", ["0"])[0])
    if environ["PATH_INFO"] == "/stream":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return parts(seconds)
    time.sleep(seconds)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
