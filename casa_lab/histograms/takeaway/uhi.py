"""Writes what is drawn as a histogram again: one axis of rows, and those drawn along."""

from __future__ import annotations

from typing import Any

import numpy as np

from casa_lab.histograms.contents import FloatArray, is_whole
from casa_lab.histograms.models import Axis, Role
from casa_lab.histograms.rows import Row

from .numbers import Numbers

_CATEGORIES: tuple[Role, ...] = ("layer", "line", "points", "data")
"""Roles of rows that are no sums of others."""


def view_uhi(numbers: Numbers) -> dict[str, Any]:
    """Return the UHI dictionary of what is drawn, with the uncertainties as variances.

    Parameters
    ----------
    numbers
        What is drawn.
    """
    header = numbers.header
    metadata = {"name": header.histogram, "run": header.run}
    if numbers.y_edges is not None:
        assert header.y is not None
        axes = [_axis(header.x, numbers.edges), _axis(header.y, numbers.y_edges)]
        (row,) = numbers.rows
        return _uhi(axes, row.values, variances_of(row), metadata)
    rows = numbers.having(*_CATEGORIES)
    axes = [_axis(header.x, numbers.edges)]
    if [row.name for row in rows] == [""]:
        return _uhi(axes, rows[0].values, variances_of(rows[0]), metadata)
    categories = {
        "type": "category_str",
        "categories": [row.name for row in rows],
        "flow": False,
        "metadata": {"name": header.view.stack or "run"},
    }
    values = np.array([row.values for row in rows]).reshape(len(rows), -1)
    variances = np.array([variances_of(row) for row in rows]).reshape(values.shape)
    return _uhi([categories, *axes], values, variances, metadata)


def variances_of(row: Row) -> FloatArray:
    """Return the squared uncertainties, counts for counts, where those of a row differ by side."""
    if is_whole(row.values) and not np.array_equal(row.lower, row.upper, equal_nan=True):
        return row.values
    mean: FloatArray = (row.lower + row.upper) / 2
    return mean**2


def _uhi(
    axes: list[dict[str, Any]], values: FloatArray, variances: FloatArray, metadata: dict[str, Any]
) -> dict[str, Any]:
    return {
        "uhi_schema": 1,
        "metadata": metadata,
        "axes": axes,
        "storage": {"type": "weighted", "values": values, "variances": variances},
    }


def _axis(axis: Axis, edges: FloatArray) -> dict[str, Any]:
    metadata = {"name": axis.name, "label": axis.label}
    if axis.categories is not None:
        return {
            "type": "category_str",
            "categories": axis.categories,
            "flow": False,
            "metadata": metadata,
        }
    return {
        "type": "variable",
        "edges": edges[np.isfinite(edges)],
        "underflow": axis.underflow,
        "overflow": axis.overflow,
        "circular": False,
        "metadata": metadata,
    }
