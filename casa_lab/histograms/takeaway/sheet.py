"""Puts several pictures onto one.

Imports matplotlib when it does, so it is for a process of its own.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casa_lab.histograms.contents import FloatArray

COLUMNS = 2
"""How many pictures stand side by side."""


def on_one_sheet(pictures: Sequence[bytes]) -> bytes:
    """Return a PNG with pictures row by row, of half their size: to look at, not to print.

    Parameters
    ----------
    pictures
        One or more, as PNG.
    """
    from matplotlib import image

    arrays = [_half(image.imread(io.BytesIO(picture), format="png")) for picture in pictures]
    height, width = (max(array.shape[side] for array in arrays) for side in (0, 1))
    columns = min(COLUMNS, len(arrays))
    rows = -(-len(arrays) // columns)
    sheet = np.ones((rows * height, columns * width, 4))
    for number, array in enumerate(arrays):
        top, left = height * (number // columns), width * (number % columns)
        sheet[top : top + array.shape[0], left : left + array.shape[1]] = array
    stream = io.BytesIO()
    image.imsave(stream, sheet, format="png")
    return stream.getvalue()


def _half(picture: NDArray[Any]) -> FloatArray:
    """Return an image of rows, columns and colours with the mean of each four pixels."""
    height, width = (length // 2 for length in picture.shape[:2])
    blocks = picture[: 2 * height, : 2 * width].reshape(height, 2, width, 2, -1)
    mean: FloatArray = blocks.mean(axis=(1, 3), dtype=np.float64)
    return mean
