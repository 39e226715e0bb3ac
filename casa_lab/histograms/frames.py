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

from .contents import FloatArray
from .drawing import Drawing
from .models import (
    FrameArray,
    FrameHeader,
    FramePanel,
    FrameRow,
    FrameScale,
    Integral,
    OtherRun,
    Watch,
)
from .rows import Row
from .scaling import Scaling
from .snapshot import SnapshotIndex

_LENGTH = struct.Struct("<I")
_ALIGNMENT = 8


def make_frame(
    watch: Watch,
    index: SnapshotIndex,
    drawing: Drawing,
    scaling: Scaling | None = None,
    others: Sequence[OtherRun] = (),
) -> bytes:
    """Return the frame that answers a watch.

    Parameters
    ----------
    watch
        What the browser asked for.
    index
        Index of the snapshot that the drawing was made from.
    drawing
        What the view shows.
    scaling
        What the contents were multiplied with.
    others
        The other runs in the drawing.
    """
    is_map = drawing.y_edges is not None
    arrays = {"edges": drawing.edges}
    if drawing.y_edges is not None:
        arrays["y_edges"] = drawing.y_edges
    arrays |= _arrays(drawing.rows, "", len(drawing.edges) - 1, is_map)
    panel = drawing.panel
    if panel is not None:
        arrays |= _arrays(panel.rows, "panel_", len(drawing.edges) - 1)
    header = FrameHeader(
        watch=watch.watch,
        run=watch.run,
        histogram=watch.histogram,
        sequence=index.sequence,
        view=watch.view,
        x=drawing.x,
        y=drawing.y,
        rows=[] if is_map else _described(drawing.rows),
        panel=None
        if panel is None
        else FramePanel(kind=panel.kind, reference=panel.reference, rows=_described(panel.rows)),
        integrals=[_integral(row) for row in drawing.integrals],
        scale=None
        if scaling is None
        else FrameScale(
            luminosity=scaling.luminosity, factors=scaling.factors, weighted=scaling.weighted
        ),
        others=list(others),
        remarks=drawing.remarks,
        fractions=index.fractions,
        final=index.final,
        arrays=[
            FrameArray.model_validate({"name": name, "shape": list(array.shape)})
            for name, array in arrays.items()
        ],
    )
    return encode(header, list(arrays.values()))


def _arrays(
    rows: Sequence[Row], prefix: str, bins: int, single: bool = False
) -> dict[str, FloatArray]:
    """Return the numbers of rows one above the other; those of a map as they are."""
    parts = {
        "values": [row.values for row in rows],
        "lower": [row.lower for row in rows],
        "upper": [row.upper for row in rows],
    }
    return {
        prefix + name: part[0] if single else np.array(part).reshape(len(rows), bins)
        for name, part in parts.items()
    }


def _described(rows: Sequence[Row]) -> list[FrameRow]:
    return [FrameRow(name=row.name, role=row.role) for row in rows]


def _integral(row: Row) -> Integral:
    value, lower, upper = (
        float(part[0]) if np.isfinite(part[0]) else None
        for part in (row.values, row.lower, row.upper)
    )
    return Integral(name=row.name, role=row.role, value=value, lower=lower, upper=upper)


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
