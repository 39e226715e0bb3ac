"""Writes the part of the code that computes: from a histogram to the arrays of a drawing.

Views that take more than a few lines of hist (efficiencies, profiles, scales, several
runs) are written down as numbers instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from casa_lab.histograms.contents import is_whole
from casa_lab.histograms.descriptors import describe_axes, other_label
from casa_lab.histograms.models import Axis, View
from casa_lab.histograms.rows import is_measured
from casa_lab.histograms.variations import find_variations

from .labels import quoted
from .numbers import FLOW_WIDTH, Numbers
from .variables import literals

_COUNTS_OR_WEIGHTS = '''\
def drawn(part{norm}):
    """Contents of the bins, and their errors below and above."""
    values{variances} = part.values({flow}){variances_of}
{cumulated}    if np.array_equal(values, variances) and not (values % 1).any():  # counts: Garwood
        error = np.abs(np.nan_to_num(hist.intervals.poisson_interval(values)) - values)
    else:
        error = np.sqrt([variances.clip(0), variances.clip(0)])
    return values{divided}, error{divided}'''

_MEANS = '''\
def drawn(part):
    """Means of the bins, and their errors below and above."""
    view = part.view({flow})
    with np.errstate(all="ignore"):
        values = np.where(view.count > 0, view.value, np.nan)
        error = np.sqrt(np.where(view.count > 1, view.variance / view.count, np.nan))
    return values, np.nan_to_num([error, error])'''

_WEIGHTED_MEANS = '''\
def drawn(part):
    """Means of the bins, and their errors below and above."""
    view = part.view({flow})
    weights, squares = view.sum_of_weights, view.sum_of_weights_squared
    with np.errstate(all="ignore"):
        values = np.where(weights != 0, view.value, np.nan)
        error = np.sqrt(np.where(weights**2 > squares, view.variance * squares, np.nan)) / weights
    return values, np.nan_to_num([error, error])'''


def recipe(uhi: dict[str, Any], numbers: Numbers) -> list[str]:
    """Return the lines that compute what is drawn from the histogram ``h``.

    Parameters
    ----------
    uhi
        The histogram.
    numbers
        What is drawn of it.
    """
    reducer = _Reducer(uhi, numbers.header.view)
    if not reducer.suffices(numbers):
        return [
            "# These numbers are Casa's; how it gets them is written in its documentation.",
            *literals(numbers),
        ]
    return list(reducer.lines(numbers))


class _Reducer:
    """Writes a view in terms of hist."""

    def __init__(self, uhi: dict[str, Any], view: View) -> None:
        self._uhi = uhi
        self._view = view
        self._axes = describe_axes(uhi)
        self._names = [axis.name for axis in self._axes]
        self._kept = [name for name in (view.stack, view.x, view.y) if name is not None]
        own = [axis.get("metadata", {}).get("name") for axis in uhi["axes"]]
        self._has_names = own == self._names and len(set(own)) == len(own)
        self._storage = uhi["storage"]["type"]

    def suffices(self, numbers: Numbers) -> bool:
        """Say whether hist gives the numbers in a few lines."""
        view, header = self._view, numbers.header
        if view.fraction or view.profile or view.runs or header.scale:
            return False
        if view.variations and not self._has_plain_variations(numbers):
            return False
        plain = self._storage not in ("weighted", "mean", "weighted_mean")
        if plain and not is_whole(np.asarray(self._uhi["storage"]["values"])):
            return False  # the squares of the weights are not known, to hist neither
        if view.per == "density" and not all(np.isfinite(row.values).all() for row in numbers.rows):
            return False  # nothing has no integral to divide by
        merges = len(self._names) > len(view.select) + len(self._kept)
        if "mean" in self._storage and (merges or view.rebin > 1 or view.rebin_y > 1):
            return False  # bins of one sample have no variance, which hist cannot merge
        drawn = [(view.x, view.rebin, header.x), (view.y, view.rebin_y, header.y)]
        return all(
            self._is_simple(self._axis(name), rebin, shown)
            for name, rebin, shown in drawn
            if name is not None and shown is not None
        )

    def _is_simple(self, axis: Axis, rebin: int, shown: Axis) -> bool:
        edges = self._uhi["axes"][self._names.index(axis.name)].get("edges", [])
        inner = shown.bins - int(axis.discrete and bool(shown.bins > axis.bins))
        return (
            not axis.circular
            and (axis.kind != "integer" or rebin == 1)
            and bool(np.isfinite(edges).all())
            and axis.bins == inner * rebin
            and axis.bins > 0
        )

    def lines(self, numbers: Numbers) -> Iterator[str]:
        yield from self._reduction()
        if numbers.y_edges is not None:
            yield from self._map(numbers)
            return
        yield from self._edges("edges", self._view.x, numbers.header.x)
        yield ""
        yield from self._helper()
        yield ""
        yield from self._rows(numbers)
        if numbers.panel:
            yield from self._panel(numbers)

    def _reduction(self) -> Iterator[str]:
        view = self._view
        kept = self._kept
        chosen = [
            f"{self._key(name)}: "
            + ("variation" if name == view.variations else self._place(name, category))
            for name, category in view.select.items()
        ]
        left = [name for name in self._names if name not in view.select]
        steps = []
        if chosen:
            steps.append(f"h[{{{', '.join(chosen)}}}]")
        if left != kept:
            keys = [quoted(name) if self._has_names else str(left.index(name)) for name in kept]
            steps.append(f"h.project({', '.join(keys)})")
        for name, rebin in ((view.x, view.rebin), (view.y, view.rebin_y)):
            if name is not None and rebin > 1:
                steps.append(f"h[{{{self._kept_key(name)}: hist.rebin({rebin})}}]")
        if view.variations is None:
            yield from (f"h = {step}" for step in steps)
            return
        nominal = self._place(view.variations, view.select[view.variations])
        yield ""
        yield "def reduced(h, variation):"
        yield '    """What is drawn of one variation."""'
        yield from (f"    h = {step}" for step in steps)
        yield "    return h"
        yield ""
        yield "everything = h"
        yield f"h = reduced(everything, {nominal})"

    def _edges(self, variable: str, name: str, shown: Axis) -> Iterator[str]:
        if shown.discrete:
            yield f"{variable} = np.arange({shown.bins + 1})"
            return
        yield f"{variable} = h.axes[{self._kept_key(name)}].edges"
        if shown.underflow or shown.overflow:
            yield f"width = {FLOW_WIDTH} * ({variable}[-1] - {variable}[0])  # of flow bins"
            below = f"{variable}[:1] - width, " if shown.underflow else ""
            above = f", {variable}[-1:] + width" if shown.overflow else ""
            yield f"{variable} = np.concatenate([{below}{variable}{above}])"

    def _helper(self) -> Iterator[str]:
        view = self._view
        flow = "flow=True" if view.flow else ""
        if self._storage == "mean":
            yield _MEANS.format(flow=flow)
            return
        if self._storage == "weighted_mean":
            yield _WEIGHTED_MEANS.format(flow=flow)
            return
        cumulated = {
            None: "",
            "below": "    values, variances = np.cumsum(values), np.cumsum(variances)\n",
            "above": "    values, variances = "
            "(np.cumsum(part[::-1])[::-1] for part in (values, variances))\n",
        }[view.cumulative]
        divided = ""
        is_weighted = self._storage == "weighted"
        if view.per != "bin" and view.cumulative is None:
            divided += " / np.diff(edges)"
        if view.per == "density":
            divided += " / norm"
        yield _COUNTS_OR_WEIGHTS.format(
            flow=flow,
            variances=", variances" if is_weighted else " = variances",
            variances_of=f", part.variances({flow})" if is_weighted else "",
            cumulated=cumulated,
            divided=divided,
            norm=", norm" if view.per == "density" else "",
        )

    def _rows(self, numbers: Numbers) -> Iterator[str]:
        is_density = self._view.per == "density"
        layers = [row.name for row in numbers.having("layer")]
        if layers:
            yield f"stack = {self._parts(layers)}  # from the bottom up"
            yield "stacked = sum(stack.values())"
            if is_density:
                yield "norm = stacked.values().sum()"
            norm = ", norm" if is_density else ""
            yield f"layers = {{name: drawn(part{norm})[0] for name, part in stack.items()}}"
            yield f"total, total_error = drawn(stacked{norm})"
            if numbers.having("band"):
                yield from self._band(layers, norm)
        for variable, role in (("lines", "line"), ("points", "points"), ("data", "data")):
            names = [row.name for row in numbers.rows if row.role == role]
            if names:
                norm = ", part.values().sum()" if is_density else ""
                yield f"{variable} = {self._parts(names)}"
                drawn = f"name: drawn(part{norm}) for name, part in {variable}.items()"
                yield f"{variable} = {{{drawn}}}"

    def _has_plain_variations(self, numbers: Numbers) -> bool:
        """Say whether the band is that of rows which have a category each."""
        stack = self._view.stack
        known = [] if stack is None else self._axis(stack).categories or []
        return all(row.name in known or stack is None for row in numbers.having("layer"))

    def _band(self, layers: list[str], norm: str) -> Iterator[str]:
        view = self._view
        assert view.variations is not None
        found = find_variations(self._axis(view.variations).categories or [])
        assert found is not None
        yield "pairs = ["
        for pair in found.pairs.values():
            places = [self._place(view.variations, name) for name in pair if name is not None]
            yield f"    [{', '.join(places)}],"
        yield "]"
        yield "below = above = 0  # the larger shift to each side, in quadrature"
        yield "for pair in pairs:"
        yield "    varied = [reduced(everything, variation) for variation in pair]"
        if view.stack is not None:
            written = ", ".join(self._place(view.stack, name) for name in layers)
            key = self._kept_key(view.stack)
            yield f"    varied = [sum(h[{{{key}: each}}] for each in [{written}]) for h in varied]"
        yield f"    shifts = [drawn(h{norm})[0] - total for h in varied]"
        yield "    below = below + np.minimum(0, np.min(shifts, axis=0)) ** 2"
        yield "    above = above + np.maximum(0, np.max(shifts, axis=0)) ** 2"
        yield "band_error = np.hypot(total_error, np.sqrt([below, above]))"

    def _panel(self, numbers: Numbers) -> Iterator[str]:
        described = numbers.header.panel
        assert described is not None
        if described.kind == "ratio" and not described.reference:
            yield "scale = np.where(total != 0, np.abs(total), np.nan)"
            yield "panel_rows = {"
            yield "    name: (values / scale * np.sign(total), np.nan_to_num(error / scale))"
            yield "    for name, (values, error) in data.items()"
            yield "}"
            error = "band_error" if numbers.having("band") else "total_error"
            yield f"panel_band = (scale / scale, np.nan_to_num({error} / scale))"
            return
        for line in literals(numbers):
            if line.startswith("panel_"):
                yield line

    def _map(self, numbers: Numbers) -> Iterator[str]:
        view, header = self._view, numbers.header
        assert view.y is not None
        assert header.y is not None
        yield from self._edges("edges", view.x, header.x)
        yield from self._edges("y_edges", view.y, header.y)
        flow = "flow=True" if view.flow else ""
        if "mean" in self._storage:
            weights = "count" if self._storage == "mean" else "sum_of_weights"
            yield f"view = h.view({flow})"
            yield f"values = np.where(view.{weights} != 0, view.value, np.nan)"
            return
        yield f"values = h.values({flow})"
        if view.per != "bin":
            yield "values = values / np.outer(np.diff(edges), np.diff(y_edges))"
            if view.per == "density":
                yield f"values = values / h.values({flow}).sum()"

    def _parts(self, names: list[str]) -> str:
        """Return the histograms of rows, by name."""
        stack = self._view.stack
        axis = None if stack is None else self._axis(stack)
        if (
            axis is not None
            and axis.kind == "category_str"
            and set(names) <= set(axis.categories or [])
        ):
            written = ", ".join(quoted(name) for name in names)
            key = self._kept_key(axis.name)
            return f"{{name: h[{{{key}: hist.loc(name)}}] for name in [{written}]}}"
        return f"{{{', '.join(f'{quoted(name)}: {self._part(name)}' for name in names)}}}"

    def _part(self, name: str) -> str:
        """Return the histogram of a row."""
        if self._view.stack is None:
            return "h"
        axis = self._axis(self._view.stack)
        known = [*(axis.categories or []), other_label(axis.categories or [])]
        key = self._kept_key(axis.name)
        if name in known:
            return f"h[{{{key}: {self._place(axis.name, name)}}}]"
        measured = [category for category in axis.categories or [] if is_measured(category)]
        return " + ".join(f"h[{{{key}: {self._place(axis.name, each)}}}]" for each in measured)

    def _place(self, name: str, category: str) -> str:
        """Return how hist calls a category of an axis."""
        axis = self._axis(name)
        categories = axis.categories or []
        if category not in categories:
            return "hist.overflow"
        if axis.kind == "category_str":
            return f"hist.loc({quoted(category)})"
        return str(categories.index(category))

    def _axis(self, name: str) -> Axis:
        return self._axes[self._names.index(name)]

    def _key(self, name: str) -> str:
        return quoted(name) if self._has_names else str(self._names.index(name))

    def _kept_key(self, name: str) -> str:
        return quoted(name) if self._has_names else str(self._kept.index(name))
