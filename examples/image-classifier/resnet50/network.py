"""A residual convolutional network in numpy, much smaller than the ResNet-50 that its backend is named after.

A convolution, three residual blocks of two convolutions each (the second and third halve the resolution), the mean over
the picture, and a linear layer. Pictures are arrays of (count, height, width, channels).
"""

import numpy as np

#: The name of each block and its stride.
BLOCKS = [("block1", 1), ("block2", 2), ("block3", 2)]


def patches(x, stride):
    """Returns every 3 x 3 neighborhood as a row: (count, height / stride, width / stride, 9 * channels)."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    height, width = x.shape[1:3]
    parts = [padded[:, i : i + height : stride, j : j + width : stride] for i in range(3) for j in range(3)]
    return np.concatenate(parts, axis=3)


def convolution(x, weights, bias, stride=1):
    return patches(x, stride) @ weights + bias


def forward(images, w):
    """Returns the score of each class for each picture."""
    x = np.maximum(convolution(images[..., None] - 0.5, w["stem.w"], w["stem.b"]), 0)
    for name, stride in BLOCKS:
        inner = np.maximum(convolution(x, w[f"{name}.1.w"], w[f"{name}.1.b"], stride), 0)
        outer = convolution(inner, w[f"{name}.2.w"], w[f"{name}.2.b"])
        x = np.maximum(outer + x[:, ::stride, ::stride] @ w[f"{name}.skip"], 0)
    return x.mean(axis=(1, 2)) @ w["head.w"] + w["head.b"]


def load(file):
    """Reads the weights, which are stored as integers from -127 to 127 with a scale (a power of two) for each array."""
    with np.load(file, allow_pickle=False) as model:
        names = [name for name in model.files if not name.endswith(":scale")]
        return {name: model[name].astype(np.float32) * np.float32(model[f"{name}:scale"]) for name in names}
