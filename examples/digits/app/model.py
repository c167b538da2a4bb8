"""A small neural network that reads a handwritten digit of 8 x 8 pixels."""

import json
import os

import numpy as np

#: The model is not part of the image: it is fetched from object storage and mounted.
DEFAULT_FILE = "/models/digits/digits.npz"


class BadInput(ValueError):
    """The request does not contain a digit."""


class Model:
    def __init__(self, file):
        with np.load(file, allow_pickle=False) as weights:
            self.w1, self.b1, self.w2, self.b2 = (weights[name].astype(np.float64) for name in ("w1", "b1", "w2", "b2"))

    @classmethod
    def from_environment(cls):
        return cls(os.environ.get("DIGITS_MODEL", DEFAULT_FILE))

    def probabilities(self, pixels):
        scores = np.tanh(pixels @ self.w1 + self.b1) @ self.w2 + self.b2
        likely = np.exp(scores - scores.max())
        return likely / likely.sum()

    def influence(self, pixels, digit):
        """How much each pixel contributes to the digit: its value times the gradient of the digit's score."""
        hidden = np.tanh(pixels @ self.w1 + self.b1)
        slope = self.w1 @ ((1 - hidden**2) * self.w2[:, digit])
        return pixels * slope


def read_digit(body, content_type):
    """64 numbers from 0 to 1, from JSON (8 rows of 8 numbers from 0 to 16) or from a PGM image."""
    try:
        if content_type == "image/x-portable-graymap" or body[:2] in (b"P2", b"P5"):
            rows = read_pgm(body)
        else:
            rows = np.asarray(json.loads(body)["pixels"], dtype=np.float64) / 16
    except BadInput:
        raise
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise BadInput('send {"pixels": 8 rows of 8 numbers from 0 to 16} or a PGM image of 8 x 8 pixels') from error
    if rows.shape != (8, 8) or not np.isfinite(rows).all() or rows.min() < 0 or rows.max() > 1:
        raise BadInput("a digit must have 8 rows of 8 numbers from 0 to 16")
    return rows.reshape(64)


def read_pgm(body):
    kind, *rest = body.split(maxsplit=4)
    width, height, highest = (int(word) for word in rest[:3])
    if (width, height) != (8, 8) or not 0 < highest < 256:
        raise BadInput("the image must have 8 x 8 pixels and a maximum value of at most 255")
    values = body[-64:] if kind == b"P5" else [int(word) for word in rest[3].split()]
    shades = list(values)
    if len(shades) != 64:
        raise BadInput("the image must have 64 pixels")
    return np.asarray(shades, dtype=np.float64).reshape(8, 8) / highest
