"""Trains the two models of this example on sentences from a small seeded grammar.

v1 uses single words. v2 also uses pairs and triples of words, so it understands "not good".

    python train.py [--out FOLDER]

prints the accuracy on held-out sentences. The script writes the same bytes on every machine.
"""

import argparse
import json
import math
import random
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "app"))

from features import features  # noqa: E402

SEED = 20180611
THINGS = ["food", "staff", "room", "film", "plot", "service", "music", "battery", "screen", "manual", "breakfast", "price"]
POSITIVE = ["good", "great", "wonderful", "excellent", "pleasant", "brilliant", "lovely", "perfect"]
NEGATIVE = ["bad", "awful", "terrible", "boring", "dreadful", "poor", "nasty", "useless"]
NOT = ["not", "never", "hardly"]
VERY = ["", "", "", "very", "really", "so", "quite"]
AROUND = [
    "we went there on a tuesday", "my brother was with us", "it arrived after two days", "i read about it first",
    "the door was green", "they have been open since spring", "it took an hour", "",
]


def sentence(draw):
    """Returns a sentence and whether it is positive: one or two claims about things, some of them negated."""
    positive = draw.random() < 0.5
    claims = []
    for thing in draw.sample(THINGS, draw.choice([1, 1, 2])):
        negated = draw.random() < 0.15
        word = draw.choice(POSITIVE if positive != negated else NEGATIVE)
        claim = ["the", thing, "was", draw.choice(NOT) if negated else "", draw.choice(VERY), word]
        claims.append(" ".join(part for part in claim if part))
    parts = [" and ".join(claims), draw.choice(AROUND)]
    draw.shuffle(parts)
    return ", ".join(part for part in parts if part), positive


def data(count):
    """Returns distinct sentences, split into training and held-out sentences."""
    draw = random.Random(SEED)
    sentences = {}
    while len(sentences) < count:
        text, positive = sentence(draw)
        sentences.setdefault(text, positive)
    pairs = list(sentences.items())
    return pairs[: count * 3 // 4], pairs[count * 3 // 4 :]


def score(model, text):
    return model["bias"] + sum(model["weights"].get(f, 0.0) for f in features(text, model["ngrams"]))


def train(version, ngrams, pairs, epochs=40, rate=0.5, decay=1e-3):
    """Logistic regression by stochastic gradient descent, in plain Python so that every machine rounds identically."""
    weights, bias = {}, 0.0
    rows = [(features(text, ngrams), 1.0 if positive else 0.0) for text, positive in pairs]
    draw = random.Random(SEED + ngrams)
    for epoch in range(epochs):
        draw.shuffle(rows)
        step = rate / (1 + epoch)
        for found, target in rows:
            z = bias + sum(weights.get(f, 0.0) for f in found)
            error = target - 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))
            bias += step * error
            for f in found:
                w = weights.get(f, 0.0)
                weights[f] = w + step * (error - decay * w)
    kept = {f: round(w, 3) for f, w in sorted(weights.items()) if abs(w) >= 0.05}
    return {"version": version, "ngrams": ngrams, "bias": round(bias, 3), "weights": kept}


def accuracy(model, pairs):
    return sum((score(model, text) >= 0) == positive for text, positive in pairs) / len(pairs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="the folder for models/")
    out = parser.parse_args().out
    training, held_out = data(4000)
    report = {}
    for version, ngrams in [("v1", 1), ("v2", 3)]:
        model = train(version, ngrams, training)
        target = out / "models" / version / "weights.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(model, indent=1) + "\n")
        report[version] = round(accuracy(json.loads(target.read_text()), held_out), 4)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
