"""What is drawn of a view, sorted by how it is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from casa_lab.histograms.contents import FloatArray
from casa_lab.histograms.models import FrameHeader, FrameRow, Histogram, Role
from casa_lab.histograms.rows import Row

from .models import Choice

FLOW_WIDTH = 0.04
"""Width of a flow bin relative to the whole axis, as on screen."""


@dataclass(frozen=True)
class Numbers:
    """The rows of a frame; of a map, one row of two dimensions."""

    header: FrameHeader
    edges: FloatArray
    rows: list[Row]
    panel: list[Row] = field(default_factory=list)
    y_edges: FloatArray | None = None

    def having(self, *roles: Role) -> list[Row]:
        """Return the rows of the plot that are drawn in certain ways."""
        return [row for row in self.rows if row.role in roles]

    @property
    def positions(self) -> FloatArray:
        """Edges that can be drawn: flow bins get a width."""
        return finite(self.edges)


@dataclass(frozen=True)
class Shown:
    """One histogram as it is shown."""

    numbers: Numbers
    histogram: Histogram
    choice: Choice


def numbers_of(
    header: FrameHeader, arrays: Mapping[str, FloatArray], order: Sequence[str] = ()
) -> Numbers:
    """Sort the numbers of a frame.

    Parameters
    ----------
    header, arrays
        The frame, as :func:`casa_lab.histograms.frames.decode` gives it.
    order
        Names of rows in the order in which they are stacked; others follow.
    """
    if "y_edges" in arrays:
        role: Role = "layer"
        parts = (arrays[name] for name in ("values", "lower", "upper"))
        return Numbers(header, arrays["edges"], [Row("", role, *parts)], [], arrays["y_edges"])
    rows = list(_rows(header.rows, arrays, ""))
    place = {name: position for position, name in enumerate(order)}
    rows.sort(key=lambda row: place.get(row.name, len(place)))
    panel = [] if header.panel is None else list(_rows(header.panel.rows, arrays, "panel_"))
    return Numbers(header, arrays["edges"], rows, panel)


def finite(edges: FloatArray) -> FloatArray:
    """Give bins that reach to infinity a width that can be drawn."""
    inside = edges[np.isfinite(edges)]
    if not len(inside):
        return edges
    width = FLOW_WIDTH * (inside[-1] - inside[0])
    return np.where(
        np.isfinite(edges), edges, np.where(edges < 0, inside[0] - width, inside[-1] + width)
    )


def _rows(
    described: Sequence[FrameRow], arrays: Mapping[str, FloatArray], prefix: str
) -> Iterator[Row]:
    for number, row in enumerate(described):
        parts = (arrays[prefix + name][number] for name in ("values", "lower", "upper"))
        yield Row(row.name, row.role, *parts)
