"""Reads a picture from a request: a PNG or rows of numbers. Both container images of this example contain this file."""

import json
import struct
import zlib

import numpy as np

SIDE = 16
CLASSES = ["disc", "ring", "square", "triangle", "cross"]
LONGEST_BODY = 1024 * 1024
MOST_PIXELS = 1024 * 1024
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


class BadImage(ValueError):
    """The request does not contain a picture."""


def read_image(body, content_type=""):
    """Returns a square of SIDE x SIDE gray values from 0 (black) to 1 (white)."""
    if len(body) > LONGEST_BODY:
        raise BadImage(f"the request is longer than {LONGEST_BODY} bytes")
    try:
        if body.startswith(b"\x89PNG\r\n\x1a\n"):
            shades = read_png(body) / 255
        elif content_type.partition(";")[0].strip() == "application/json":
            shades = np.asarray(json.loads(body)["pixels"], dtype=np.float64) / 255
        else:
            raise BadImage('send a PNG, or JSON {"pixels": rows of numbers from 0 to 255}')
    except BadImage:
        raise
    except (ValueError, KeyError, TypeError, IndexError, struct.error, zlib.error) as error:
        raise BadImage(f"the picture cannot be read: {error}") from error
    if shades.ndim != 2 or 0 in shades.shape or not np.isfinite(shades).all() or shades.min() < 0 or shades.max() > 1:
        raise BadImage("a picture must have rows of equal length with numbers from 0 to 255")
    rows = np.arange(SIDE) * shades.shape[0] // SIDE
    columns = np.arange(SIDE) * shades.shape[1] // SIDE
    return shades[np.ix_(rows, columns)]


def read_png(body):
    """Returns the gray values (0 to 255) of a PNG with 8 bits per channel, not interlaced."""
    header, data, at = None, b"", 8
    while at < len(body):
        length, kind = struct.unpack_from(">I4s", body, at)
        chunk = body[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", chunk)
        elif kind == b"IDAT":
            data += chunk
        at += 12 + length
    if header is None:
        raise BadImage("the PNG has no header")
    width, height, depth, colors, _, _, interlaced = header
    if depth != 8 or colors not in CHANNELS or interlaced or not 0 < width * height <= MOST_PIXELS:
        raise BadImage("the PNG must have 8 bits per channel, no palette, no interlacing and at most a million pixels")
    channels = CHANNELS[colors]
    stride = width * channels
    expected = height * (stride + 1)
    raw = zlib.decompressobj().decompress(data, expected)
    if len(raw) != expected:
        raise BadImage("the PNG is truncated")
    pixels = np.zeros((height, stride), dtype=np.uint8)
    above = bytearray(stride)
    for y in range(height):
        start = y * (stride + 1)
        above = unfilter(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above, channels)
        pixels[y] = above
    pixels = pixels.reshape(height, width, channels).astype(np.float64)
    if channels >= 3:
        return pixels[..., :3] @ np.array([0.299, 0.587, 0.114])
    return pixels[..., 0]


def unfilter(kind, line, above, step):
    """Undoes one of the five line filters of PNG."""
    if kind > 4:
        raise BadImage("the PNG has an unknown filter")
    for x in range(len(line)):
        left = line[x - step] if x >= step else 0
        corner = above[x - step] if x >= step else 0
        up = above[x]
        if kind == 4:
            guess = left + up - corner
            near = sorted((abs(guess - value), rank, value) for rank, value in enumerate((left, up, corner)))
            base = near[0][2]
        else:
            base = (0, left, up, (left + up) // 2)[kind]
        line[x] = (line[x] + base) & 255
    return line


def write_png(shades):
    """Returns a grayscale PNG of integers from 0 to 255, uncompressed, so that its bytes are the same everywhere."""
    height, width = shades.shape
    raw = b"".join(b"\0" + row.astype(np.uint8).tobytes() for row in shades)

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(raw), len(raw) ^ 0xFFFF) + raw + struct.pack(">I", zlib.adler32(raw))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", stored) + chunk(b"IEND", b"")
