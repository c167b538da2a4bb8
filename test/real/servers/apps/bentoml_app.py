"""A BentoML service that sets what its declaration says."""
import asyncio
import os
import time
from typing import AsyncGenerator

import bentoml

LIMIT = os.environ.get("PROBE_REQUEST")
CONCURRENCY = os.environ.get("PROBE_CONCURRENCY")
TRAFFIC = {
    **({} if LIMIT is None else {"timeout": float(LIMIT)}),
    **({} if CONCURRENCY is None else {"max_concurrency": int(CONCURRENCY)}),
}


@bentoml.service(traffic=TRAFFIC)
class Sleeper:
    def __init__(self):
        time.sleep(float(os.environ.get("PROBE_LOAD", "0")))

    @bentoml.api
    async def slow(self, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "ok"

    @bentoml.api
    async def stream(self, seconds: float) -> AsyncGenerator[str, None]:
        for _ in range(10):
            await asyncio.sleep(seconds / 10)
            yield "part\n"
