"""A Python model for Triton."""
import os
import time

import triton_python_backend_utils as utils


class TritonPythonModel:
    def initialize(self, args):
        time.sleep(float(os.environ.get("PROBE_LOAD", "0")))

    def execute(self, requests):
        return [self.sleep(utils.get_input_tensor_by_name(request, "seconds")) for request in requests]

    def sleep(self, seconds):
        time.sleep(float(seconds.as_numpy().item()))
        return utils.InferenceResponse([utils.Tensor("slept", seconds.as_numpy())])
