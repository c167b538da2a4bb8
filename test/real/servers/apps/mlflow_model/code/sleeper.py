"""The loader of a model of MLflow."""
import os
import time


class Sleeper:
    def predict(self, rows):
        time.sleep(float(rows[0]))
        return ["ok"]


def _load_pyfunc(path):
    time.sleep(float(os.environ.get("PROBE_LOAD", "0")))
    return Sleeper()
