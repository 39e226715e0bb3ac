"""Draws histograms with mplhep, as an analyst would at first look.

Along each numeric axis, datasets are stacked and data drawn as points on top;
of variations, the nominal one is shown. Two numeric axes make a map, more are
drawn one by one; a histogram of categories alone is drawn along the first.

Matplotlib is imported with this module, so it is to be imported when needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any

import matplotlib.style
import mplhep
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.mathtext import MathTextParser

from .contents import FloatArray
from .descriptors import describe_axes, describe_histogram
from .models import Axis, View
from .views import ViewData, edges_of, make_view, project

STACKED_AXES = ("dataset", "sample", "process")
"""Names, in order of preference, of the axis that plots are stacked by."""

NOMINAL = "nominal"
"""A category axis that has this category holds variations."""

_DATA = re.compile(r"(pseudo[-_ ]?)?data", re.IGNORECASE)
"""How names of datasets begin that hold data, not simulation."""

_DPI = 100


def draw(path: str, uhi: dict[str, Any]) -> Iterator[tuple[str, Callable[[IO[bytes]], None]]]:
    """Yield the plots of a histogram: a suffix for the file's name, and what saves it as PNG."""
    axes = describe_axes(uhi)
    descriptor = describe_histogram(path, uhi)
    means = descriptor.storage in ("mean", "weighted_mean")
    numeric = [axis for axis in axes if not axis.discrete]
    stack = next((axis for name in STACKED_AXES for axis in axes if _is_stack(axis, name)), None)
    select = {axis.name: NOMINAL for axis in axes if NOMINAL in (axis.categories or [])}

    if len(numeric) == 2 and not means:
        yield "", partial(_save, partial(_draw_map, uhi, numeric, select), path)
        return
    free = [axis for axis in axes if axis is not stack and axis.name not in select]
    along = numeric or (free or axes)[:1]
    for axis in along:
        view = View(
            x=axis.name,
            stack=None if stack is None or stack is axis else stack.name,
            select={name: kept for name, kept in select.items() if name != axis.name},
        )
        label = descriptor.label if descriptor.label != path else "Mean" if means else "Events"
        draw_on = partial(_draw_view, make_view(uhi, view), means, label)
        suffix = "" if len(along) == 1 else "-" + re.sub(r"[^\w.-]+", "_", axis.name)
        yield suffix, partial(_save, draw_on, path)


def _is_stack(axis: Axis, name: str) -> bool:
    return axis.categories is not None and axis.name.lower() == name


def _save(draw_on: Callable[[Axes], None], title: str, stream: IO[bytes]) -> None:
    # A figure with a canvas of its own leaves pyplot's state and backend alone.
    with matplotlib.style.context(mplhep.style.ROOT):
        figure = Figure(figsize=(9, 7.5))
        FigureCanvasAgg(figure)
        plot = figure.add_subplot()
        draw_on(plot)
        plot.set_title(_text(title), loc="left", fontsize="x-small", color="dimgray")
        figure.savefig(stream, format="png", dpi=_DPI, bbox_inches="tight")


def _draw_view(data: ViewData, means: bool, label: str, plot: Axes) -> None:
    inner = slice(int(data.x.underflow), int(data.x.underflow) + data.x.bins)
    values, variances = data.values[:, inner], data.variances[:, inner]
    points = [row for row, name in enumerate(data.stack) if means or _DATA.match(name)]
    filled = [row for row in range(len(data.stack)) if row not in points]
    # The largest dataset at the bottom keeps the shape of the small ones readable.
    filled.sort(key=lambda row: float(values[row].sum()), reverse=True)
    if filled:
        mplhep.histplot(
            [values[row] for row in filled],
            bins=data.edges,
            stack=True,
            histtype="fill",
            label=[_text(data.stack[row]) for row in filled],
            ax=plot,
        )
    for row in points:
        name = data.stack[row]
        mplhep.histplot(
            # A point at zero without uncertainty says nothing.
            np.where(variances[row] > 0, values[row], np.nan),
            bins=data.edges,
            yerr=np.sqrt(variances[row]),
            histtype="errorbar",
            label=_text(name),
            color="black" if _DATA.match(name) else None,
            ax=plot,
        )
    if data.x.categories is not None:
        plot.set_xticks(data.edges[:-1] + 0.5, [_text(name) for name in data.x.categories])
        plot.minorticks_off()
    if not means:
        plot.set_ylim(bottom=min(0.0, float(values.min(initial=0.0))))
    plot.set_xlabel(_text(data.x.label))
    plot.set_ylabel(_text(label))
    if any(data.stack):
        plot.legend(fontsize="small")
    _margin(plot, data.edges)


def _draw_map(uhi: dict[str, Any], numeric: list[Axis], select: dict[str, str], plot: Axes) -> None:
    values, _ = project(uhi, [axis.name for axis in numeric], select)
    inner = tuple(slice(int(axis.underflow), int(axis.underflow) + axis.bins) for axis in numeric)
    along, upwards = (edges_of(uhi, axis.name) for axis in numeric)
    # mplhep.hist2dplot makes the figure pyplot's current one, which this one is not.
    mesh = plot.pcolormesh(along, upwards, values[inner].T)
    plot.figure.colorbar(mesh, ax=plot)
    plot.set_xlabel(_text(numeric[0].label))
    plot.set_ylabel(_text(numeric[1].label))


def _margin(plot: Axes, edges: FloatArray) -> None:
    """Leave room above for the legend, and none at the sides."""
    if len(edges) > 1:
        plot.set_xlim(edges[0], edges[-1])
    bottom, top = plot.get_ylim()
    plot.set_ylim(bottom, bottom + 1.25 * (top - bottom))


def _text(label: str) -> str:
    """Return a label that matplotlib can draw: TeX where it is valid, else as typed."""
    try:
        MathTextParser("path").parse(label)
    except ValueError:
        return label.replace("$", r"\$")
    return label
