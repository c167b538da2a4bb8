"""A Ray Serve application that processes eight requests at once and queues two."""
import asyncio
import os
import time

import fastapi
import pydantic
from fastapi.responses import StreamingResponse
from ray import serve

api = fastapi.FastAPI()


@serve.deployment(num_replicas=1, max_ongoing_requests=8)
@serve.ingress(api)
class Sleeper:
    def __init__(self):
        time.sleep(float(os.environ.get("PROBE_LOAD", "0")))

    @api.get("/slow")
    async def slow(self, seconds: float):
        await asyncio.sleep(seconds)
        return "ok"

    @api.get("/stream")
    async def stream(self, seconds: float):
        return StreamingResponse(self.parts(seconds))

    async def parts(self, seconds: float):
        for _ in range(10):
            await asyncio.sleep(seconds / 10)
            yield "part\n"


app = Sleeper.bind()


class Arguments(pydantic.BaseModel):
    queued: int


def build(arguments: Arguments):
    return Sleeper.options(max_queued_requests=arguments.queued).bind()
