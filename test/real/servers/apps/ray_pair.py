"""Two Ray Serve applications: a builder with nested arguments, and two deployments, one of which has a `user_config`."""
import getpass
import os
import time
from typing import Any

import pydantic
import ray
from ray import serve


@serve.deployment
class Scale:
    def __init__(self, arguments: dict):
        # Longer than the other application needs, so that readiness can be early.
        time.sleep(float(os.environ.get("PROBE_LOAD", "5")))
        self.arguments = arguments

    async def __call__(self, request):
        return {
            "arguments": self.arguments,
            "types": {name: type(value).__name__ for name, value in self.arguments["llm_configs"][0].items()},
            "root": request.scope["root_path"],
            "mode": os.environ.get("MODE"),
            "key": os.environ.get("KEY"),
            "user": [os.getuid(), getpass.getuser()],
            "cpus": ray.cluster_resources()["CPU"],
        }


class Engine(pydantic.BaseModel):
    llm_configs: list[dict[str, Any]]
    tensor_parallel: int


def build(engine: Engine):
    return Scale.bind(engine.model_dump())


@serve.deployment
class Threshold:
    def reconfigure(self, config):
        self.config = config

    def value(self):
        return self.config


@serve.deployment
class Front:
    def __init__(self, threshold):
        self.threshold = threshold

    async def __call__(self, request):
        return {"user_config": await self.threshold.value.remote()}


pair = Front.bind(Threshold.bind())


@serve.deployment
class Broken:
    def __init__(self):
        raise ValueError("the weights are missing")


broken = Broken.bind()
