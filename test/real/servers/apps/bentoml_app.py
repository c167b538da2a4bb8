"""A BentoML service with the times of its descriptor."""
import asyncio
import os
import time
from typing import AsyncGenerator

import bentoml


@bentoml.service(traffic={"timeout": float(os.environ.get("PROBE_REQUEST", "60")), "max_concurrency": 8})
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
