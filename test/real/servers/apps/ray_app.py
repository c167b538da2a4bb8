"""An application of Ray Serve: quick, slow, and in parts."""
import asyncio
import os
import time

from ray import serve
from starlette.requests import Request
from starlette.responses import StreamingResponse


@serve.deployment(max_ongoing_requests=8, max_queued_requests=2)
class Sleeper:
    def __init__(self):
        time.sleep(float(os.environ.get("PROBE_LOAD", "0")))

    async def __call__(self, request: Request):
        seconds = float(request.query_params.get("seconds", "0"))
        if request.url.path == "/stream":
            return StreamingResponse(self.parts(seconds), media_type="text/plain")
        await asyncio.sleep(seconds)
        return "ok"

    async def parts(self, seconds):
        for _ in range(10):
            await asyncio.sleep(seconds / 10)
            yield "part\n"


app = Sleeper.bind()
