"""A linear support vector machine on a histogram of oriented gradients."""

import numpy as np

DIRECTIONS = 8
CELL = 4


def features(image):
    """Returns the strength of the edges in each direction for each cell of the picture, normalized to length 1."""
    down, right = np.gradient(image)
    strength = np.hypot(down, right)
    direction = np.arctan2(down, right) % np.pi * DIRECTIONS / np.pi
    lower = np.floor(direction)
    part = direction - lower
    lower = lower.astype(int) % DIRECTIONS
    cells = image.shape[0] // CELL
    found = np.zeros((cells, cells, DIRECTIONS))
    rows, columns = np.indices(image.shape) // CELL
    np.add.at(found, (rows, columns, lower), strength * (1 - part))
    np.add.at(found, (rows, columns, (lower + 1) % DIRECTIONS), strength * part)
    found = found.reshape(-1)
    return np.append(found / (np.linalg.norm(found) + 1e-6), 1.0)


class Svm:
    def __init__(self, file):
        with np.load(file, allow_pickle=False) as model:
            self.weights = model["weights"].astype(np.float64)

    def scores(self, image):
        return self.weights @ features(image)
