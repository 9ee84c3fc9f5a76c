"""A screenshot made small: a PNG of 256 colours."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256
Pixels = NDArray[np.uint8]


def small(png: bytes) -> bytes:
    """The same picture; a colour that is rare becomes the nearest of those that aren't."""
    pixels = _pixels(png)
    colours, places, counts = np.unique(
        pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    kept = colours[np.argsort(counts, kind="stable")[::-1][:COLOURS]]
    nearest = [
        int(np.argmin(((kept.astype(int) - one.astype(int)) ** 2).sum(axis=1))) for one in colours
    ]
    indexes = np.array(nearest, dtype=np.uint8)[places.reshape(pixels.shape[:2])]
    height, width = indexes.shape
    lines = np.hstack([np.zeros((height, 1), np.uint8), indexes])
    return SIGNATURE + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", kept.tobytes()),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += length + 12


def _pixels(png: bytes) -> Pixels:
    """Of a PNG as Chromium writes it: 8 bits a channel, not interlaced."""
    chunks = list(_chunks(png))
    width, height, depth, kind = struct.unpack_from(">IIBB", chunks[0][1])
    assert depth == 8
    channels = {2: 3, 6: 4}[kind]
    packed = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    lines = np.frombuffer(packed, np.uint8).reshape(height, 1 + width * channels)
    found = np.zeros((height + 1, width + 1, channels), np.int64)
    for y, line in enumerate(lines, start=1):
        given = line[1:].reshape(width, channels).astype(np.int64)
        _unfilter(int(line[0]), given, found[y - 1], found[y])
    return found[1:, 1:, :3].astype(np.uint8)


def _unfilter(method: int, given: NDArray[np.int64], above: Pixels, line: Pixels) -> None:
    """Each pixel was written as what it differs from its neighbours: left, above, or both."""
    if method == 0:
        line[1:] = given
    elif method == 1:
        line[1:] = np.cumsum(given, axis=0) % 256
    elif method == 2:
        line[1:] = (given + above[1:]) % 256
    else:
        for x in range(1, len(line)):
            left, up, corner = line[x - 1], above[x], above[x - 1]
            guess = (left + up) // 2 if method == 3 else _paeth(left, up, corner)
            line[x] = (given[x - 1] + guess) % 256


def _paeth(left: Pixels, up: Pixels, corner: Pixels) -> Pixels:
    aim = left + up - corner
    far = [np.abs(aim - one) for one in (left, up, corner)]
    return np.where(
        (far[0] <= far[1]) & (far[0] <= far[2]), left, np.where(far[1] <= far[2], up, corner)
    )
