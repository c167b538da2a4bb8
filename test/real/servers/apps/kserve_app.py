"""A server on KServe's package with the times of its descriptor."""
import argparse
import asyncio
import os
import time

import kserve


class Sleeper(kserve.Model):
    def load(self):
        time.sleep(float(os.environ.get("PROBE_LOAD", "0")))
        self.ready = True

    async def predict(self, payload, headers=None, response_headers=None):
        if payload.get("stream"):
            return self.parts(payload["seconds"])
        await asyncio.sleep(payload["seconds"])
        return {"predictions": ["ok"]}

    async def parts(self, seconds):
        for _ in range(10):
            await asyncio.sleep(seconds / 10)
            yield b"part\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(parents=[kserve.model_server.parser])
    parser.add_argument("--model_dir")
    model = Sleeper(parser.parse_args().model_name)
    model.load()
    drain = os.environ.get("PROBE_DRAIN")
    kserve.ModelServer(**({} if drain is None else {"grace_period": int(drain)})).start([model])
