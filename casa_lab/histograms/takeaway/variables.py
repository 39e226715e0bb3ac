"""The arrays that a drawing is made from: by name, and as code that writes them down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from casa_lab.histograms.contents import FloatArray
from casa_lab.histograms.rows import Row

from .numbers import Numbers, finite


def variables(numbers: Numbers) -> dict[str, Any]:
    """Return what the code of a drawing expects to be there.

    Parameters
    ----------
    numbers
        What is drawn.

    Returns
    -------
    dict
        ``edges`` and, for a map, ``values`` and ``y_edges``; otherwise as needed:

        - ``layers``: contents by name, from the bottom of the stack up,
        - ``total`` with ``total_error``, and ``band_error`` with the variations,
        - ``lines``, ``points`` and ``data``: pairs of contents and errors by name,
        - ``panel_rows`` likewise, and the pair ``panel_band``.

        Errors have two rows: distances below and above.
    """
    if numbers.y_edges is not None:
        return {
            "edges": numbers.positions,
            "y_edges": finite(numbers.y_edges),
            "values": numbers.rows[0].values,
        }
    found: dict[str, Any] = {"edges": numbers.positions}
    layers = {row.name: row.values for row in numbers.having("layer")}
    if layers:
        found["layers"] = layers
    for row in numbers.having("total"):
        found.update(total=row.values, total_error=errors(row))
    for row in numbers.having("band"):
        found.update(total=row.values, band_error=errors(row))
    for name, role in (("lines", "line"), ("points", "points"), ("data", "data")):
        rows = {row.name: pair(row) for row in numbers.rows if row.role == role}
        if rows:
            found[name] = rows
    if numbers.panel:
        found["panel_rows"] = {row.name: pair(row) for row in numbers.panel if row.role != "band"}
    for row in numbers.panel:
        if row.role == "band":
            found["panel_band"] = pair(row)
    return found


def literals(numbers: Numbers) -> Iterator[str]:
    """Yield lines of code that write the arrays down."""
    for name, value in variables(numbers).items():
        yield f"{name} = {_write(value, '')}"


def errors(row: Row) -> FloatArray:
    """Return the distances below and above; zero where nothing is known."""
    # A bar of unknown length would be an error to matplotlib.
    return np.nan_to_num([row.lower, row.upper], nan=0.0, posinf=0.0)


def pair(row: Row) -> tuple[FloatArray, FloatArray]:
    """Return contents and errors; a ratio to nothing is no point that can be drawn."""
    return np.where(np.isfinite(row.values), row.values, np.nan), errors(row)


def _write(value: Any, indent: str) -> str:
    deeper = indent + "    "
    if isinstance(value, dict):
        items = "".join(
            f"{deeper}{key!r}: {_write(item, deeper)},\n" for key, item in value.items()
        )
        return f"{{\n{items}{indent}}}"
    if isinstance(value, tuple):
        items = "".join(f"{deeper}{_write(item, deeper)},\n" for item in value)
        return f"(\n{items}{indent})"
    return f"np.array({_numbers(value.tolist())})"


def _numbers(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_numbers(item) for item in value)}]"
    return repr(value).replace("nan", "np.nan").replace("inf", "np.inf")
