"""A model for MLServer."""
import asyncio
import os

from mlserver import MLModel
from mlserver.types import InferenceResponse


class Sleeper(MLModel):
    async def load(self):
        await asyncio.sleep(float(os.environ.get("PROBE_LOAD", "0")))
        return True

    async def predict(self, payload):
        await asyncio.sleep(payload.inputs[0].data[0])
        return InferenceResponse(model_name=self.name, outputs=[])

    async def predict_stream(self, payloads):
        async for payload in payloads:
            for _ in range(10):
                await asyncio.sleep(payload.inputs[0].data[0] / 10)
                yield InferenceResponse(model_name=self.name, outputs=[])
