"""Trains the model of this example, and writes its samples, from the handwritten digits of scikit-learn.

    python train.py [--out FOLDER]

prints the accuracy on held-out digits. The weights are computed in double precision and rounded much more coarsely
than results differ between machines, so the script writes the same bytes everywhere.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "app"))

from model import Model  # noqa: E402

SEED = 1453
HIDDEN = 32


def train(pixels, digits, steps=300, rate=0.5, momentum=0.9, decay=1e-3):
    """Full-batch gradient descent with momentum."""
    draw = np.random.Generator(np.random.PCG64(SEED))
    weights = [
        draw.normal(0, 1 / 8, (64, HIDDEN)), np.zeros(HIDDEN), draw.normal(0, 1 / 6, (HIDDEN, 10)), np.zeros(10),
    ]
    speed = [np.zeros_like(w) for w in weights]
    targets = np.eye(10)[digits]
    for _ in range(steps):
        w1, b1, w2, b2 = weights
        hidden = np.tanh(pixels @ w1 + b1)
        scores = hidden @ w2 + b2
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        error = (likely / likely.sum(axis=1, keepdims=True) - targets) / len(digits)
        back = (error @ w2.T) * (1 - hidden**2)
        slopes = [pixels.T @ back + decay * w1, back.sum(axis=0), hidden.T @ error + decay * w2, error.sum(axis=0)]
        for i, slope in enumerate(slopes):
            speed[i] = momentum * speed[i] - rate * slope
            weights[i] = weights[i] + speed[i]
    return {name: np.round(w, 3).astype(np.float32) for name, w in zip(("w1", "b1", "w2", "b2"), weights)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="the folder for models/ and the samples")
    out = parser.parse_args().out

    digits = load_digits()
    order = np.random.Generator(np.random.PCG64(SEED)).permutation(len(digits.target))
    training, held_out = order[: len(order) * 3 // 4], order[len(order) * 3 // 4 :]
    weights = train(digits.data[training] / 16, digits.target[training])

    target = out / "models" / "digits" / "digits.npz"
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez(target, **weights)

    # A sample in each format, from two different held-out digits.
    first, second = (next(i for i in held_out if digits.target[i] == digit) for digit in (3, 7))
    rows = digits.images[first].astype(int).tolist()
    text = ",\n    ".join(json.dumps(row) for row in rows)
    (out / "sample.json").write_text('{\n  "pixels": [\n    ' + text + "\n  ]\n}\n")
    shades = "\n".join(" ".join(str(int(v)) for v in row) for row in digits.images[second])
    (out / "sample.pgm").write_text(f"P2\n8 8\n16\n{shades}\n")
    expected = {"sample.json": int(digits.target[first]), "sample.pgm": int(digits.target[second])}
    (out / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")

    model = Model(target)
    right = [model.probabilities(digits.data[i] / 16).argmax() == digits.target[i] for i in held_out]
    print(json.dumps({"digits": round(float(np.mean(right)), 4)}))


if __name__ == "__main__":
    main()
