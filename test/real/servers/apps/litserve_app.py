"""A LitServe script with the times of its descriptor."""
import os
import time

import litserve


class Api(litserve.LitAPI):
    def setup(self, device):
        time.sleep(float(os.environ.get("PROBE_LOAD", "0")))

    def decode_request(self, request):
        return float(request["seconds"])

    def predict(self, seconds):
        time.sleep(seconds)
        return "ok"

    def encode_response(self, output):
        return {"output": output}


if __name__ == "__main__":
    limit = os.environ.get("PROBE_REQUEST")
    keep_alive = os.environ.get("PROBE_KEEP_ALIVE")
    server = litserve.LitServer(Api(), accelerator="cpu", **({} if limit is None else {"timeout": float(limit)}))
    extra = {} if keep_alive is None else {"timeout_keep_alive": int(keep_alive)}
    server.run(port=int(os.environ["PORT"]), generate_client_file=False, **extra)
