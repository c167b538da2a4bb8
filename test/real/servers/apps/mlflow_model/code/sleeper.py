"""The loader of an MLflow model."""
import os
import time


class Sleeper:
    def predict(self, rows):
        time.sleep(float(rows[0]))
        return ["ok"]


def _load_pyfunc(path):
    time.sleep(float(os.environ.get("PROBE_LOAD", "0")))
    return Sleeper()
