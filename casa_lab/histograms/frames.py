"""Binary frames: how a view travels to the browser.

The layout is written down in :mod:`casa_lab.histograms.models`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .models import FrameArray, FrameHeader, Watch
from .snapshot import SnapshotIndex
from .views import FloatArray, ViewData

_LENGTH = struct.Struct("<I")
_ALIGNMENT = 8


def make_frame(watch: Watch, index: SnapshotIndex, data: ViewData) -> bytes:
    """Return the frame that answers a watch.

    Parameters
    ----------
    watch
        What the browser asked for.
    index
        Index of the snapshot that the view was made from.
    data
        The view.
    """
    arrays = {"edges": data.edges, "values": data.values, "variances": data.variances}
    header = FrameHeader(
        watch=watch.watch,
        run=watch.run,
        histogram=watch.histogram,
        sequence=index.sequence,
        x=data.x,
        stack=data.stack,
        fractions=index.fractions,
        final=index.final,
        arrays=[
            FrameArray.model_validate({"name": name, "shape": list(array.shape)})
            for name, array in arrays.items()
        ],
    )
    return encode(header, list(arrays.values()))


def encode(header: FrameHeader, arrays: Sequence[NDArray[Any]]) -> bytes:
    """Return the bytes of a frame.

    Parameters
    ----------
    header
        Describes the arrays, in order.
    arrays
        One array for each entry of ``header.arrays``.

    Raises
    ------
    ValueError
        When the arrays are not those that the header describes.
    """
    described = [tuple(array.shape) for array in header.arrays]
    if described != [array.shape for array in arrays]:
        raise ValueError(f"the header describes arrays of shapes {described}")
    text = header.model_dump_json().encode()
    text += b" " * (-(_LENGTH.size + len(text)) % _ALIGNMENT)
    payload = (np.ascontiguousarray(array, dtype="<f8").tobytes() for array in arrays)
    return b"".join((_LENGTH.pack(len(text)), text, *payload))


def decode(frame: bytes) -> tuple[FrameHeader, dict[str, FloatArray]]:
    """Return the header and the arrays of a frame, for clients that are not browsers."""
    (length,) = _LENGTH.unpack_from(frame)
    offset = _LENGTH.size + length
    header = FrameHeader.model_validate(json.loads(frame[_LENGTH.size : offset]))
    arrays: dict[str, FloatArray] = {}
    for array in header.arrays:
        count = int(np.prod(array.shape, dtype=int))
        flat = np.frombuffer(frame, dtype="<f8", count=count, offset=offset)
        arrays[array.name] = flat.reshape(array.shape)
        offset += flat.nbytes
    return header, arrays
