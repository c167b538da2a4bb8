"""An ASGI application without a framework, with quick, slow and streamed responses."""
import asyncio
import ctypes
import os
import time
from urllib.parse import parse_qs

LOAD = float(os.environ.get("PROBE_LOAD", "0"))
time.sleep(LOAD / 2)
# A call that holds the GIL, as the initialization of many native libraries does.
ctypes.PyDLL(None).sleep(int(os.environ.get("PROBE_HOLD", "0")))


async def lifespan(receive, send):
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            time.sleep(LOAD / 2)
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    seconds = float(parse_qs(scope["query_string"].decode()).get("seconds", ["0"])[0])
    if scope["path"] == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        for part in range(10):
            await asyncio.sleep(seconds / 10)
            await send({"type": "http.response.body", "body": b"part\n", "more_body": part < 9})
        return
    await asyncio.sleep(seconds)
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})
