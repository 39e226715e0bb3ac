"""Drawings: all numbers that a view shows of a histogram, as the browser gets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from casa_lab.errors import BadInput, CasaError, NotFound

from .bins import Bins, drawn_bins
from .contents import Contents, FloatArray, Sums
from .maps import make_map
from .models import Axis, Role, View
from .panel import Panel, make_panel
from .parts import Factors, Parts, make_parts
from .rows import Row, accumulated, add, efficiency_row, is_measured, sum_row
from .variations import band


@dataclass(frozen=True)
class Source:
    """A histogram that is drawn."""

    name: str
    """Name of its run, which tells it from others in the same drawing."""
    uhi: dict[str, Any]
    factors: Factors | None = None
    """What to multiply its contents with before anything is summed."""


@dataclass(frozen=True)
class Drawing:
    """All numbers of a drawing."""

    x: Axis
    edges: FloatArray
    rows: list[Row]
    """A map has one, of the shape (bins of x, bins of y)."""
    y: Axis | None = None
    y_edges: FloatArray | None = None
    panel: Panel | None = None
    integrals: list[Row] = field(default_factory=list)
    """Rows of one bin."""
    remarks: list[str] = field(default_factory=list)


def draw(source: Source, view: View, others: Sequence[Source] = ()) -> Drawing:
    """Compute what a view shows.

    Parameters
    ----------
    source
        The histogram.
    view
        What to draw of it.
    others
        The same histogram in other runs, drawn over it.

    Raises
    ------
    NotFound
        When the histogram has no such axis or, as yet, no such category.
    BadInput
        When the view contradicts itself, or asks of means what only sums can give.
    """
    if view.y is not None and not view.profile:
        shown = make_map(source.uhi, view, source.factors)
        return Drawing(
            shown.x.axis,
            shown.x.edges,
            [shown.row],
            y=shown.y.axis,
            y_edges=shown.y.edges,
            remarks=shown.remarks,
        )
    _check(view)
    parts = make_parts(source.uhi, view, source.factors)
    bins = drawn_bins(parts.x, parts.edges, view.rebin, view.flow)
    drawn, remarks = [parts], []
    if others or view.runs:
        drawn = [replace(parts, names=[source.name])]
        for other in others:
            try:
                drawn.append(_aligned(make_parts(other.uhi, view, other.factors), parts, other))
            except CasaError as error:
                remarks.append(f"Run '{other.name}' is left out: {error}")
    rows = [row for part in drawn for row in _rows(part, bins, view)]
    integrals: list[Row] = []
    if view.integrate is not None and (chosen := bins.within(*view.integrate)) is not None:
        integrals = [row for part in drawn for row in _integrals(part, bins, chosen, view)]
    panel = None if view.panel is None else make_panel(rows, view.panel, view.reference)
    return Drawing(bins.axis, bins.edges, rows, panel=panel, integrals=integrals, remarks=remarks)


def _check(view: View) -> None:
    if view.per != "bin" and view.flow:
        raise BadInput("Flow bins have no width: hide them, or draw contents per bin.")
    if view.per == "width" and view.cumulative is not None:
        raise BadInput("What is cumulative adds up whole bins: do not divide these by their width.")
    if view.runs and view.stack is not None:
        raise BadInput("Runs are compared in sum or for one category: do not stack.")


def _aligned(parts: Parts, like: Parts, other: Source) -> Parts:
    """Bring another run's bins into the order of those drawn."""
    parts = replace(parts, names=[other.name])
    if like.x.discrete:
        return _with_categories(parts, like)
    if parts.edges.shape != like.edges.shape or not np.allclose(parts.edges, like.edges):
        raise NotFound(f"its bins along '{like.x.name}' are others.")
    if (parts.x.underflow, parts.x.overflow) != (like.x.underflow, like.x.overflow):
        raise NotFound(f"its axis '{like.x.name}' has other flow bins.")
    return parts


def _with_categories(parts: Parts, like: Parts) -> Parts:
    own, wanted = parts.x.categories or [], like.x.categories or []
    flow = [len(own)] if like.x.overflow and parts.x.overflow else []

    def picked(contents: Contents) -> Contents:
        # The bin after the last is one of nothing, for categories that the run lacks.
        columns = [own.index(name) if name in own else -1 for name in wanted]
        columns += flow or ([-1] if like.x.overflow else [])
        taken = contents.select(np.array(columns, dtype=np.intp))
        return taken.scale(np.where(np.array(columns) < 0, 0.0, 1.0))

    if not own:
        raise NotFound("it has no category yet.")
    sums = [picked(part) for part in parts.wholes or []]
    return replace(
        parts,
        contents=[picked(part) for part in parts.contents],
        wholes=None if parts.wholes is None else [s for s in sums if isinstance(s, Sums)],
    )


def _rows(parts: Parts, bins: Bins, view: View) -> list[Row]:
    """Return the rows of one histogram as drawn."""
    merged = _merged(parts, bins)
    if view.cumulative is not None:
        towards = view.cumulative
        merged = replace(
            merged,
            contents=[accumulated(part, towards) for part in _sums(merged)],
            varied=[
                (up and accumulated(up, towards), down and accumulated(down, towards))
                for up, down in merged.varied
            ],
        )
    widths = bins.widths if view.per != "bin" and view.cumulative is None else 1.0
    return _normalised(merged, _norms(parts, bins, view), widths, view)


def _integrals(parts: Parts, bins: Bins, chosen: Bins, view: View) -> list[Row]:
    """Return what the rows hold in some of the bins, as rows of one bin."""
    plain = view.model_copy(update={"cumulative": None})
    return _normalised(_merged(parts, chosen), _norms(parts, bins, view), 1.0, plain)


def _merged(parts: Parts, bins: Bins) -> Parts:
    def merge(part: Sums) -> Sums:
        return part.merge(bins.starts, bins.stop)

    return replace(
        parts,
        contents=[part.merge(bins.starts, bins.stop) for part in parts.contents],
        wholes=None if parts.wholes is None else [merge(part) for part in parts.wholes],
        varied=[(up and merge(up), down and merge(down)) for up, down in parts.varied],
    )


def _sums(parts: Parts) -> list[Sums]:
    return [part for part in parts.contents if isinstance(part, Sums)]


def _roles(parts: Parts, view: View) -> list[Role]:
    if view.fraction is not None or len(_sums(parts)) < len(parts.contents):
        simulated: Role = "points"
    elif view.style == "stack":
        simulated = "line" if view.runs else "layer"
    else:
        simulated = "line" if view.style == "steps" else "points"
    return ["data" if is_measured(name) and not view.runs else simulated for name in parts.names]


def _norms(parts: Parts, bins: Bins, view: View) -> list[float]:
    """Return what each row is divided by to have unit integral; layers share theirs."""
    if view.per != "density":
        return [1.0] * len(parts.names)
    integrals = [float(part.values.sum()) for part in _sums(_merged(parts, bins))]
    roles = _roles(parts, view)
    stacked = sum(value for value, role in zip(integrals, roles, strict=True) if role == "layer")
    return [
        stacked if role == "layer" else value for value, role in zip(integrals, roles, strict=True)
    ]


def _normalised(
    parts: Parts, norms: Sequence[float], widths: FloatArray | float, view: View
) -> list[Row]:
    roles = _roles(parts, view)
    if parts.wholes is not None:
        return [
            efficiency_row(name, role, passed, whole)
            for name, role, passed, whole in zip(
                parts.names, roles, _sums(parts), parts.wholes, strict=True
            )
        ]
    rows = [
        sum_row(name, role, contents).divided(widths * norm)
        for name, role, contents, norm in zip(
            parts.names, roles, parts.contents, norms, strict=True
        )
    ]
    layers = [part for part, role in zip(_sums(parts), roles, strict=False) if role == "layer"]
    if layers and len(_sums(parts)) == len(parts.contents):
        norm = next(norm for norm, role in zip(norms, roles, strict=True) if role == "layer")
        total = sum_row("", "total", add(layers)).divided(widths * norm)
        rows.append(total)
        if parts.varied:
            rows.append(_band(total, parts.varied, widths * norm))
    return rows


def _band(
    total: Row, varied: Sequence[tuple[Sums | None, Sums | None]], divisors: FloatArray | float
) -> Row:
    def values(part: Sums | None) -> FloatArray | None:
        return None if part is None else part.values / divisors

    below, above = band(total.values, [(values(up), values(down)) for up, down in varied])
    return Row(
        "",
        "band",
        total.values,
        np.hypot(np.nan_to_num(total.lower), below),
        np.hypot(np.nan_to_num(total.upper), above),
    )
