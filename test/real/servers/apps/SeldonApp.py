"""A class for Seldon's microservice, with the name of its module."""
import os
import time


class SeldonApp:
    def load(self):
        time.sleep(float(os.environ.get("PROBE_LOAD", "0")))

    def predict(self, rows, names=None, meta=None):
        time.sleep(float(rows[0]))
        return rows
