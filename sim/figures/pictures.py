"""How figures become files: as PNG and SVG with their rows beside them, or as one light PNG."""

import io
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from sim.figures.columns import Table, as_csv
from sim.figures.kept import noted
from sim.figures.lettering import lettered
from sim.figures.one_pass import DPI, in_both_forms, in_pixels
from sim.io.writers import write_bytes, write_text

COLOURS = 256  # as many as one byte a pixel can name
AS_THEY_ARE = 128  # of these, the most frequent of a picture
_DIGITS = "%.6g"
_PACKED = 3  # of 9: more takes longer and hardly packs drawings better
_PNG, _IN_RGB = b"\x89PNG\r\n\x1a\n", 2  # how such a file begins, and what it calls three bytes a pixel
_METRES_AN_INCH = 0.0254


def write_figure(figure: Figure, data: Table, folder: Path, name: str) -> Iterable[Path]:
    """Write one figure as PNG and SVG with its data as CSV; returns the paths in that order."""
    with lettered(figure):
        pixels, lines = in_both_forms(figure)
    paths = []
    for suffix, said in (("png", as_png(pixels)), ("svg", lines)):
        paths.append(noted(folder / f"{name}.{suffix}"))
        write_bytes(paths[-1], said)
    return [*paths, write_rows(data, folder / f"{name}.csv")]


def as_png(pixels: NDArray[np.uint8]) -> bytes:
    """Pixels (height, width, 4), none of them transparent, as a PNG; the same bytes for the same pixels.

    Rows are packed as they are. What PNG can do to them first helps photographs; drawings get no smaller, and working
    it out takes most of the time.
    """
    height, width, _ = pixels.shape
    pixels = np.ascontiguousarray(pixels)
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # before each row stands what was done to it: nothing
    three = np.dtype("V3")  # bytes taken at once: twice as fast as one by one
    colours: Any = np.ndarray((height, width), three, buffer=pixels, strides=(4 * width, 4))
    np.ndarray((height, width), three, buffer=rows, offset=1, strides=(1 + 3 * width, 3))[:] = colours
    per_metre = round(DPI / _METRES_AN_INCH)
    parts = (
        (b"IHDR", struct.pack(">2I5B", width, height, 8, _IN_RGB, 0, 0, 0)),
        (b"pHYs", struct.pack(">2IB", per_metre, per_metre, 1)),
        (b"IDAT", zlib.compress(rows.data, _PACKED)),
        (b"IEND", b""),
    )
    told = (
        struct.pack(">I", len(said)) + kind + said + struct.pack(">I", zlib.crc32(kind + said)) for kind, said in parts
    )
    return b"".join((_PNG, *told))


def write_rows(data: Table, path: Path) -> Path:
    """Write what a figure is drawn from as CSV; returns the path."""
    write_text(path, as_csv(data, _DIGITS))
    return noted(path)


def write_light(figure: Figure, path: Path) -> Path:
    """Write a figure as a PNG with a palette, about a third of the usual size; returns the path."""
    with lettered(figure):
        pixels = in_pixels(figure)
    write_bytes(path, _in_palette(np.asarray(Image.fromarray(pixels).convert("RGB"))))
    return path


def in_palette(picture: bytes) -> bytes:
    """A PNG with the 256 colours that suit it best, one byte a pixel; the same bytes for the same picture.

    The most frequent colours, those of paper, areas and lettering, stay as they are. Pillow finds the others so that
    they lie close to whatever is left, however rare it is: the shades of a colour bar, edges where two colours blend.
    Asked for all of them, either of its methods does worse: by range it tints pale areas, by median it draws colour
    bars in steps. Nothing is dithered, so lettering stays clean.
    """
    with Image.open(io.BytesIO(picture)) as image:
        return _in_palette(np.asarray(image.convert("RGB")))


def _in_palette(pixels: NDArray[np.uint8]) -> bytes:
    codes = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    shades, which, counts = np.unique(codes, return_inverse=True, return_counts=True)
    colours = np.stack([shades >> 16, shades >> 8 & 255, shades & 255], axis=-1).astype(np.uint8)
    palette = colours
    if len(colours) > COLOURS:
        order = np.argsort(-counts.astype(np.int64), kind="stable")
        kept, rest = order[:AS_THEY_ARE], order[AS_THEY_ARE:]
        others = Image.fromarray(np.repeat(colours[rest], counts[rest], axis=0)[np.newaxis])
        found = others.quantize(COLOURS - AS_THEY_ARE, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
        palette = np.concatenate([colours[kept], np.array(found.getpalette(), dtype=np.uint8).reshape(-1, 3)])[:COLOURS]
    distance = ((colours[:, np.newaxis].astype(np.int32) - palette.astype(np.int32)) ** 2).sum(axis=-1)
    light = Image.fromarray(distance.argmin(axis=-1)[which].reshape(codes.shape).astype(np.uint8))
    light.putpalette(palette.tobytes())
    file = io.BytesIO()
    light.save(file, "PNG", optimize=True)
    return file.getvalue()
