"""Two axes at once: maps, and the mean of one axis along the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from casa_lab.errors import BadInput

from .bins import Bins, drawn_bins
from .contents import Contents, FloatArray, Means, Sums
from .descriptors import describe_axes
from .models import Axis, View
from .projection import edges_of, project
from .rows import Row, sum_row

MAX_BINS = 600
"""More bins than this along one axis are merged: a screen shows no more."""


@dataclass(frozen=True)
class Map:
    """A map as drawn; its row has the shape (bins of x, bins of y)."""

    x: Bins
    y: Bins
    row: Row
    remarks: list[str]


def make_map(uhi: dict[str, Any], view: View, factors: tuple[str, FloatArray] | None) -> Map:
    """Reduce a histogram to a map.

    Raises
    ------
    NotFound
        When the histogram has no such axis or, as yet, no such category.
    BadInput
        When the view asks for what a map cannot show.
    """
    _check(view)
    assert view.y is not None
    contents = project(uhi, [view.x, view.y], view.select, factors)
    axes = {axis.name: axis for axis in describe_axes(uhi)}
    remarks: list[str] = []
    along, upwards = (
        _bins(axes[name], edges_of(uhi, name), rebin, view.flow, remarks)
        for name, rebin in ((view.x, view.rebin), (view.y, view.rebin_y))
    )
    contents = contents.merge(upwards.starts, upwards.stop).transpose((1, 0))
    contents = contents.merge(along.starts, along.stop).transpose((1, 0))
    row = sum_row("", "layer", contents)
    if view.per != "bin":
        if isinstance(contents, Means):
            raise BadInput("Means have no density: draw them as they are.")
        area = np.outer(along.widths, upwards.widths)
        row = row.divided(area * (contents.values.sum() if view.per == "density" else 1.0))
    return Map(along, upwards, row, remarks)


def average(contents: Contents, axis: Axis, edges: FloatArray) -> Means:
    """Return the means along the last dimension, as if bins were filled at their centres.

    Flow bins and bins that end at infinity have no centre and are left out.
    """
    assert isinstance(contents, Sums)  # means are refused before
    inner = contents.select((..., slice(int(axis.underflow), int(axis.underflow) + axis.bins)))
    finite = np.isfinite(edges[:-1]) & np.isfinite(edges[1:])
    centres = (edges[:-1][finite] + edges[1:][finite]) / 2
    values, variances = inner.values[..., finite], inner.variances[..., finite]
    filled = Means(values, variances, np.broadcast_to(centres, values.shape), np.zeros_like(values))
    return filled.sum((values.ndim - 1,))


def _check(view: View) -> None:
    if view.x == view.y:
        raise BadInput(f"Axis '{view.x}' cannot be drawn along twice.")
    for name in (view.x, view.y):
        if name in view.select:
            raise BadInput(
                f"Axis '{name}' is drawn in this view; take it out of the selection or the view."
            )
    refused = {
        "stack": view.stack is not None,
        "fraction": view.fraction is not None,
        "variations": view.variations is not None,
        "cumulative": view.cumulative is not None,
        "panel": view.panel is not None,
        "integrate": view.integrate is not None,
        "runs": bool(view.runs),
    }
    for name, asked in refused.items():
        if asked:
            raise BadInput(f"A map of two axes cannot show '{name}'; draw along one axis for that.")
    if view.flow and view.per != "bin":
        raise BadInput("Flow bins have no width: hide them, or draw contents per bin.")


def _bins(axis: Axis, edges: FloatArray, rebin: int, flow: bool, remarks: list[str]) -> Bins:
    fine = drawn_bins(axis, edges, rebin, flow)
    if axis.discrete or len(fine.starts) <= MAX_BINS:
        return fine
    coarse = next(
        factor
        for factor in range(2 * rebin, axis.bins + 1)
        if axis.bins % factor == 0 or not axis.circular
        if axis.bins // factor <= MAX_BINS
    )
    remarks.append(
        f"Axis '{axis.name}' has {axis.bins} bins; {coarse} are drawn as one. Nothing is lost "
        "in the histogram itself."
    )
    return drawn_bins(axis, edges, coarse, flow)
