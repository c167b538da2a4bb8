"""A model for MLServer that returns the number of requests in its batch to each of them."""
import asyncio

from mlserver import MLModel
from mlserver.types import InferenceResponse, ResponseOutput


class Batches(MLModel):
    async def load(self):
        return True

    async def predict(self, payload):
        size = payload.inputs[0].shape[0]
        await asyncio.sleep(0.2)
        output = ResponseOutput(name="size", shape=[size, 1], datatype="INT32", data=[size] * size)
        return InferenceResponse(model_name=self.name, outputs=[output])
