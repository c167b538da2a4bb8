"""Trains the two models of this example, and writes its samples, from pictures of shapes that it draws.

    python train.py [--out FOLDER]

prints the accuracy on held-out pictures. The weights are computed in double precision and rounded much more coarsely
than results differ between machines, so the script writes the same bytes everywhere.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / folder) for folder in ("common", "svm", "resnet50")]

import classifier  # noqa: E402
import network  # noqa: E402
from imaging import CLASSES, SIDE, read_image, write_png  # noqa: E402

SEED = 50


def inside(shape, x, y):
    """Returns where the shape covers the plane; it fits into the unit circle."""
    if shape == "disc":
        return x**2 + y**2 <= 0.7
    if shape == "ring":
        return (x**2 + y**2 <= 0.9) & (x**2 + y**2 >= 0.3)
    if shape == "square":
        return np.maximum(abs(x), abs(y)) <= 0.7
    if shape == "triangle":
        return (y >= -0.5) & (y + 1.732 * abs(x) <= 1)
    return (np.minimum(abs(x), abs(y)) <= 0.25) & (np.maximum(abs(x), abs(y)) <= 0.95)


def draw_shape(draw, shape):
    """Returns a picture of integers from 0 to 255: a shape of random size, position, rotation and shade, with noise."""
    fine = (np.arange(SIDE * 4) + 0.5) / 4 - SIDE / 2
    center_x, center_y = draw.uniform(-1.5, 1.5, 2)
    radius, turn = draw.uniform(4, 6.5), draw.uniform(-0.3, 0.3)
    x, y = (fine - center_x)[None, :] / radius, (fine - center_y)[:, None] / radius
    turned_x, turned_y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    cover = inside(shape, turned_x, turned_y).reshape(SIDE, 4, SIDE, 4).mean(axis=(1, 3))
    ground, shade = draw.uniform(0, 0.35), draw.uniform(0.6, 1)
    picture = ground + (shade - ground) * cover + draw.normal(0, 0.05, (SIDE, SIDE))
    if draw.random() < 0.5:
        picture = 1 - picture
    return np.clip(np.round(picture * 255), 0, 255).astype(int)


def data(count):
    draw = np.random.Generator(np.random.PCG64(SEED))
    labels = np.arange(count) % len(CLASSES)
    pictures = np.stack([draw_shape(draw, CLASSES[label]) for label in labels])
    cut = count * 3 // 4
    return (pictures[:cut], labels[:cut]), (pictures[cut:], labels[cut:])


def train_svm(images, labels, decay=1e-4, steps=20):
    """Trains one machine per class: squared hinge loss, minimized with Newton's method, which has no step size."""
    x = np.stack([classifier.features(image) for image in images])
    weights = []
    for k in range(len(CLASSES)):
        target = np.where(labels == k, 1.0, -1.0)
        w = np.zeros(x.shape[1])
        for _ in range(steps):
            active = target * (x @ w) < 1
            near = x[active]
            slope = decay * w + near.T @ (near @ w - target[active]) / len(x)
            curve = decay * np.eye(len(w)) + near.T @ near / len(x)
            w = w - np.linalg.solve(curve, slope)
        weights.append(w)
    return {"weights": np.round(np.stack(weights), 3).astype(np.float32)}


def start_weights(draw):
    def layer(size, channels):
        return draw.normal(0, np.sqrt(2 / size), (size, channels))

    w = {"stem.w": layer(9, 8), "stem.b": np.zeros(8)}
    channels = 8
    for (name, _), wider in zip(network.BLOCKS, (8, 16, 32)):
        w[f"{name}.1.w"], w[f"{name}.1.b"] = layer(9 * channels, wider), np.zeros(wider)
        w[f"{name}.2.w"], w[f"{name}.2.b"] = layer(9 * wider, wider) / 4, np.zeros(wider)
        w[f"{name}.skip"] = np.eye(channels) if channels == wider else layer(channels, wider)
        channels = wider
    w["head.w"], w["head.b"] = layer(channels, len(CLASSES)), np.zeros(len(CLASSES))
    return w


def slopes(images, labels, w):
    """Returns the gradient of the loss for every weight: the forward pass of network.py, then backpropagation."""
    tape = []

    def convolve(x, name, stride=1):
        rows = network.patches(x, stride)
        tape.append((x.shape, rows, stride))
        return rows @ w[f"{name}.w"] + w[f"{name}.b"]

    x = np.maximum(convolve(images[..., None] - 0.5, "stem"), 0)
    steps = [x]
    for name, stride in network.BLOCKS:
        inner = np.maximum(convolve(x, f"{name}.1", stride), 0)
        kept = x[:, ::stride, ::stride]
        out = np.maximum(convolve(inner, f"{name}.2") + kept @ w[f"{name}.skip"], 0)
        steps.append((x.shape, inner, kept, out))
        x = out
    mean = x.mean(axis=(1, 2))
    scores = mean @ w["head.w"] + w["head.b"]
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    found = {}

    def back_convolve(error, name, needed=True):
        shape, rows, stride = tape.pop()
        flat = error.reshape(-1, error.shape[-1])
        found[f"{name}.w"] = rows.reshape(-1, rows.shape[-1]).T @ flat
        found[f"{name}.b"] = flat.sum(axis=0)
        if not needed:
            return None
        parts = (error @ w[f"{name}.w"].T).reshape(*error.shape[:3], 9, shape[3])
        padded = np.zeros((shape[0], shape[1] + 2, shape[2] + 2, shape[3]))
        for k in range(9):
            i, j = divmod(k, 3)
            padded[:, i : i + shape[1] : stride, j : j + shape[2] : stride] += parts[:, :, :, k]
        return padded[:, 1:-1, 1:-1]

    error = (likely - np.eye(len(CLASSES))[labels]) / len(labels)
    found["head.w"], found["head.b"] = mean.T @ error, error.sum(axis=0)
    error = np.broadcast_to((error @ w["head.w"].T)[:, None, None] / (x.shape[1] * x.shape[2]), x.shape)
    for (name, stride), (shape, inner, kept, out) in zip(reversed(network.BLOCKS), reversed(steps[1:])):
        error = error * (out > 0)
        channels = error.shape[-1]
        found[f"{name}.skip"] = kept.reshape(-1, kept.shape[-1]).T @ error.reshape(-1, channels)
        around = np.zeros(shape)
        around[:, ::stride, ::stride] = error @ w[f"{name}.skip"].T
        error = back_convolve(back_convolve(error, f"{name}.2") * (inner > 0), f"{name}.1") + around
    back_convolve(error * (steps[0] > 0), "stem", needed=False)
    return found


def train_network(images, labels, epochs=7, batch=50, rate=4e-3):
    """Adam, with cosine decay of the learning rate to zero."""
    draw = np.random.Generator(np.random.PCG64(SEED + 1))
    w = start_weights(draw)
    first, second = ({name: np.zeros_like(v) for name, v in w.items()} for _ in range(2))
    steps, step = epochs * (len(labels) // batch), 0
    for _ in range(epochs):
        for chosen in draw.permutation(len(labels))[: len(labels) // batch * batch].reshape(-1, batch):
            step += 1
            now = rate * (1 + np.cos(np.pi * step / steps)) / 2
            for name, slope in slopes(images[chosen], labels[chosen], w).items():
                first[name] = 0.9 * first[name] + 0.1 * slope
                second[name] = 0.99 * second[name] + 0.01 * slope**2
                size = np.sqrt(second[name] / (1 - 0.99**step)) + 1e-4
                w[name] = w[name] - now * first[name] / (1 - 0.9**step) / size
    stored = {}
    for name, values in w.items():
        scale = 2.0 ** np.ceil(np.log2(max(abs(values).max(), 1e-3) / 127))
        stored[name] = np.round(values / scale).astype(np.int8)
        stored[f"{name}:scale"] = np.float32(scale)
    return stored


def save(file, arrays):
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez(file, **arrays)
    return file


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="the folder for the models and the samples")
    out = parser.parse_args().out

    (pictures, labels), (held_out, truth) = data(4000)
    # The model of the SVM is next to its code; that of the network is in a separate directory for `serving lock`.
    svm = classifier.Svm(save(out / "svm" / "svm.npz", train_svm(pictures / 255, labels)))
    weights = network.load(save(out / "models" / "resnet50" / "weights.npz", train_network(pictures / 255, labels)))

    by_svm = np.array([svm.scores(picture / 255).argmax() for picture in held_out])
    by_network = network.forward((held_out / 255).astype(np.float32), weights).argmax(axis=1)

    # Samples of both formats, held out, that both models classify correctly.
    both = (by_svm == truth) & (by_network == truth)
    first = next(i for i in np.flatnonzero(both) if CLASSES[truth[i]] == "ring")
    second = next(i for i in np.flatnonzero(both) if CLASSES[truth[i]] == "triangle")
    png = write_png(held_out[first])
    assert (np.round(read_image(png) * 255) == held_out[first]).all()
    (out / "sample.png").write_bytes(png)
    rows = ",\n    ".join(json.dumps(row) for row in held_out[second].tolist())
    (out / "sample.json").write_text('{\n  "pixels": [\n    ' + rows + "\n  ]\n}\n")
    expected = {"sample.png": CLASSES[truth[first]], "sample.json": CLASSES[truth[second]]}
    (out / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")

    print(json.dumps({
        "SVM:v1": round(float((by_svm == truth).mean()), 4),
        "ResNet50:v2": round(float((by_network == truth).mean()), 4),
    }))


if __name__ == "__main__":
    main()
