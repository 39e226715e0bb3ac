"""Writes the part of the code that draws: mplhep over arrays that are there already.

The arrays are those that :func:`~casa_lab.histograms.takeaway.variables.variables`
describes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from casa_lab.histograms.contents import FloatArray
from casa_lab.histograms.models import Axis, Histogram
from casa_lab.histograms.rows import Row, is_measured

from .labels import drawable, quoted
from .legend import STATISTICAL, SYSTEMATIC, legend, name_in_legend
from .logaxis import logarithmic_ends, logarithmic_ticks
from .models import Choice, Look
from .numbers import Numbers, Shown
from .roles import is_profile, palette, vertical_label

_SHEETS = {"cms": "CMS", "atlas": "ATLAS2", "lhcb": "LHCb2", "plain": "ROOT"}
"""Style sheets of mplhep."""

_LETTERS = {"cms": 22, "atlas": 13, "lhcb": 26, "plain": 22}
"""Size of the legend's letters in points: the sheets' relative sizes are relative to much."""

_PLAIN_SIZE = (10, 8)

_MARKER = 10

_SHORT_NAME = 8
"""Most characters of a reference that the label of a panel names."""


_BAND = 'facecolor="none", edgecolor="dimgray", hatch="/////", linewidth=0'


def plotting(shown: Shown, look: Look) -> list[str]:
    """Return the lines that draw.

    Parameters
    ----------
    shown
        What is drawn.
    look
        How the picture looks.
    """
    numbers, histogram, choice = shown.numbers, shown.histogram, shown.choice
    if numbers.y_edges is not None:
        body = _map(numbers, histogram, choice)
    else:
        body = _plot(numbers, histogram, choice, _LETTERS[look.style])
    return [
        f"mplhep.style.use({quoted(_SHEETS[look.style])})",
        *_figure(numbers, look),
        *body,
        *_experiment(numbers, look),
    ]


def _figure(numbers: Numbers, look: Look) -> Iterator[str]:
    size = f"figsize={_PLAIN_SIZE}" if look.style == "plain" else ""
    if not numbers.panel:
        yield f"fig, ax = plt.subplots({size})"
        return
    yield "fig, (ax, panel) = plt.subplots("
    yield f"    2, sharex=True,{' ' + size + ',' if size else ''}"
    yield '    gridspec_kw={"height_ratios": [3, 1], "hspace": 0.1},'
    yield ")"


def _plot(numbers: Numbers, histogram: Histogram, choice: Choice, size: int) -> Iterator[str]:
    yield from _stack(numbers, choice)
    yield from _over(numbers, choice)
    yield from _vertical(numbers, choice)
    width = _common_width(numbers)
    label = _vertical_title(numbers, histogram, width)
    yield f"ax.set_ylabel({quoted(drawable(label))})"
    yield from _horizontal(numbers, choice)
    yield from _flow_marks(numbers)
    bottom = "panel" if numbers.panel else "ax"
    yield from _names_along(numbers.header.x, bottom)
    yield from legend(numbers, size)
    if numbers.panel:
        yield from _panel(numbers, choice, size)
    yield f"{bottom}.set_xlabel({quoted(drawable(numbers.header.x.label))})"


def _stack(numbers: Numbers, choice: Choice) -> Iterator[str]:
    layers = numbers.having("layer")
    if [row.name for row in layers] == [""]:
        yield "mplhep.histplot("
        yield '    total, edges, yerr=total_error, histtype="step",'
        yield '    color="#5790fc", linewidth=2, ax=ax'
        yield ")"
        return
    if not layers:
        return
    names = [row.name for row in layers]
    colours = _colours(numbers, choice)
    yield f"colors = [{', '.join(quoted(colours[name]) for name in names)}]"
    yield f"labels = [{', '.join(quoted(name_in_legend(numbers, name)) for name in names)}]"
    yield "mplhep.histplot("
    yield "    list(layers.values()), edges, stack=True,"
    yield '    histtype="fill", color=colors, label=labels, ax=ax'
    yield ")"
    if numbers.having("total"):
        yield "mplhep.histplot("
        yield '    total, edges, yerr=total_error, histtype="band",'
        yield f"    label={quoted(STATISTICAL)}, {_BAND}, ax=ax"
        yield ")"
    if numbers.having("band"):
        yield "mplhep.histplot("
        yield '    total, edges, yerr=band_error, histtype="band",'
        yield f"    label={quoted(SYSTEMATIC)}, {_BAND.replace('/////', chr(92) * 4)}, ax=ax"
        yield ")"


def _over(numbers: Numbers, choice: Choice) -> Iterator[str]:
    """Draw what is not stacked: lines, points, and data over all."""
    lines = [row.name for row in numbers.having("line")]
    points = [row.name for row in numbers.having("points")]
    colours = _colours(numbers, choice)
    for kind, name in [("lines", name) for name in lines] + [("points", name) for name in points]:
        histtype = "step" if kind == "lines" else "errorbar"
        yield f"values, error = {kind}[{quoted(name)}]"
        yield f"mplhep.histplot(values, edges, yerr=error, histtype={quoted(histtype)},"
        size = f" markersize={_MARKER}," if kind == "points" else ""
        yield f"    color={quoted(colours[name])},{size}"
        yield f"    label={quoted(name_in_legend(numbers, name))}, ax=ax)"
    for row in numbers.having("data"):
        yield f"values, error = data[{quoted(row.name)}]"
        yield 'mplhep.histplot(values, edges, yerr=error, histtype="errorbar", color="black",'
        label = name_in_legend(numbers, row.name) or "Data"
        yield f"    label={quoted(label)}, markersize={_MARKER}, ax=ax)"


def _horizontal(numbers: Numbers, choice: Choice) -> Iterator[str]:
    """Set the horizontal axis, which a panel shares."""
    if (ends := logarithmic_ends(numbers, choice)) is not None:
        yield 'ax.set_xscale("log")'
        yield from logarithmic_ticks(*ends)
        yield f"ax.set_xlim({ends[0]!r}, {ends[1]!r})"
    elif choice.range is not None:
        yield f"ax.set_xlim({choice.range[0]!r}, {choice.range[1]!r})"
    elif len(numbers.edges) > 1:
        yield "ax.set_xlim(edges[0], edges[-1])"


def _vertical(numbers: Numbers, choice: Choice) -> Iterator[str]:
    """Set the scale, with room at the top."""
    shown = _shown(numbers, choice)
    tops, bottoms = _known(numbers.rows, shown, 1), _known(numbers.rows, shown, -1)
    high, low = float(tops.max(initial=0.0)), float(bottoms.min(initial=np.inf))
    if choice.log:
        high = high if high > 0 else 1.0
        least = float(tops.min(initial=high, where=tops > 0))
        floor = max(min(least, high / 10), high * 1e-6) / 2
        yield 'ax.set_yscale("log")'
        yield f"ax.set_ylim({floor:.3g}, {high * (high / floor) ** (_headroom(numbers) - 1):.3g})"
        return
    if _is_free(numbers) and len(tops):
        high = float(tops.max())
    low = low if np.isfinite(low) else 0.0
    if high <= low:
        high = low + 1.0
    bottom = 0.0
    contents = _known(numbers.rows, shown, 0)
    if _is_free(numbers) or contents.min(initial=0.0) < 0:
        bottom = low - 0.1 * (high - low)
    yield f"ax.set_ylim({bottom:.4g}, {bottom + _headroom(numbers) * (high - bottom):.4g})"


def _headroom(numbers: Numbers) -> float:
    """Return the height of the plot in units of its highest point: room for the legend."""
    entries = sum(bool(row.name) or row.role in ("total", "band") for row in numbers.rows)
    lines = min(entries, 5) if entries <= 5 else (entries + 1) // 2
    return min(1.25 + lines * (0.13 if numbers.panel else 0.065), 2.2)


def _is_free(numbers: Numbers) -> bool:
    """Say whether zero means nothing on the vertical axis, as for means."""
    view = numbers.header.view
    roles = {row.role for row in numbers.rows}
    return view.profile or (roles <= {"points"} and view.fraction is None)


def _vertical_title(numbers: Numbers, histogram: Histogram, width: float | None) -> str:
    view = numbers.header.view
    if view.fraction is not None:
        return "Efficiency"
    if view.profile:
        label = next((axis.label for axis in histogram.axes if axis.name == view.y), view.y or "")
        return f"Mean of {label}"
    if is_profile(histogram):
        return "Mean"
    if view.per == "density":
        return "Normalised to unit area"
    label = vertical_label(histogram, numbers.header.x, None if view.per == "width" else width)
    if view.per == "width":
        return label.replace(" / bin", " / width of bin")
    if view.cumulative is not None:
        return f"{label.split(' / ')[0]}, cumulative"
    return label


def _common_width(numbers: Numbers) -> float | None:
    widths = np.diff(numbers.edges[np.isfinite(numbers.edges)])
    if numbers.header.x.kind != "regular" or not len(widths):
        return None
    return float(widths[0])


def _flow_marks(numbers: Numbers) -> Iterator[str]:
    if numbers.header.x.underflow:
        yield 'ax.axvline(edges[1], color="gray", linestyle=":")  # underflow'
    if numbers.header.x.overflow:
        yield 'ax.axvline(edges[-2], color="gray", linestyle=":")  # overflow'


def _names_along(axis: Axis, axes: str, side: str = "x") -> Iterator[str]:
    """Write the names of categories where numbers would be."""
    if not axis.categories:
        return
    shown = [drawable(name) for name in axis.categories]
    slant = ', rotation=30, ha="right"' if side == "x" and sum(map(len, shown)) > 50 else ""
    edges = "edges" if side == "x" else "y_edges"
    yield f"names = [{', '.join(map(quoted, shown))}]"
    yield f"{axes}.set_{side}ticks(({edges}[:-1] + {edges}[1:]) / 2, names{slant})"
    yield f'{axes}.tick_params(axis="{side}", which="minor", length=0)'


def _panel(numbers: Numbers, choice: Choice, size: int) -> Iterator[str]:
    described = numbers.header.panel
    assert described is not None
    for row in numbers.panel:
        if row.role == "band":
            yield "values, error = panel_band"
            yield 'mplhep.histplot(values, edges, yerr=error, histtype="band",'
            yield f"    {_BAND}, ax=panel)"
    colours = _colours(numbers, choice)
    for row in numbers.panel:
        if row.role == "band":
            continue
        shade = "black" if row.role == "data" else colours.get(row.name, palette(1)[0])
        yield f"values, error = panel_rows[{quoted(row.name)}]"
        yield 'mplhep.histplot(values, edges, yerr=error, histtype="errorbar",'
        yield f"    color={quoted(shade)}, markersize={_MARKER}, ax=panel)"
    middle = 1 if described.kind == "ratio" else 0
    reach = _reach(numbers, middle)
    yield f'panel.axhline({middle}, color="gray", linestyle="--", linewidth=1)'
    # A little more, so that the outermost numbers stay clear of those of other axes.
    yield f"panel.set_ylim({middle - 1.1 * reach:.3g}, {middle + 1.1 * reach:.3g})"
    yield f"panel.set_ylabel({quoted(_panel_title(numbers))},"
    yield f'    loc="center", fontsize={size})'


def _reach(numbers: Numbers, middle: float) -> float:
    """Return how far the panel reaches to both sides: most of the points, not the wildest."""
    values = np.concatenate([row.values for row in numbers.panel if row.role != "band"])
    distances = np.abs(values[np.isfinite(values)] - middle)
    usual = float(np.quantile(distances, 0.9)) if len(distances) else 0.0
    steps = (0.1, 0.2, 0.5, 1.0) if middle else (2.5, 4.0, 6.0, 10.0)
    return next((step for step in steps if 1.3 * usual <= step), steps[-1])


def _panel_title(numbers: Numbers) -> str:
    described = numbers.header.panel
    assert described is not None
    if described.kind == "pull":
        return "Pull"
    if not described.reference:
        return "Data / MC" if numbers.having("data") else "Ratio"
    # The panel is low: next to it there is room for a short name.
    is_short = len(described.reference) <= _SHORT_NAME
    return f"Ratio to {drawable(described.reference)}" if is_short else "Ratio"


def _map(numbers: Numbers, histogram: Histogram, choice: Choice) -> Iterator[str]:
    header = numbers.header
    norm = ""
    if choice.log:
        yield "values = np.where(values > 0, values, np.nan)"
        norm = ', norm="log"'
    yield f"drawn = mplhep.hist2dplot(values, edges, y_edges, flow=None{norm}, ax=ax)"
    label = histogram.label if histogram.label != histogram.path else "Entries"
    yield f"drawn.cbar.set_label({quoted(drawable(label))})"
    yield f"ax.set_xlabel({quoted(drawable(header.x.label))})"
    yield from _names_along(header.x, "ax")
    if header.y is not None:
        yield from _names_along(header.y, "ax", "y")
        yield f"ax.set_ylabel({quoted(drawable(header.y.label))})"
    # Last, for marks out of sight would widen what is shown.
    yield from _horizontal(numbers, choice)
    if choice.range_y is not None:
        yield f"ax.set_ylim({choice.range_y[0]!r}, {choice.range_y[1]!r})"


def _experiment(numbers: Numbers, look: Look) -> Iterator[str]:
    """Draw whose picture it is, from which data."""
    scale = numbers.header.scale
    luminosity = look.luminosity
    if luminosity is None and scale is not None and scale.luminosity is not None:
        luminosity = scale.luminosity / 1000
    if look.style != "plain":
        facts = [
            quoted(drawable(look.status)),
            f"data={_has_data(numbers)}",
            *([f"lumi={luminosity:.10g}"] if luminosity is not None else []),
            # What stands inside the frame elsewhere could not be read on a map.
            *(["loc=0"] if numbers.y_edges is not None else []),
            f"com={f'{look.energy:.10g}' if look.energy is not None else None}",
        ]
        yield f"mplhep.{look.style}.label({', '.join(facts)}, ax=ax)"
        return
    if look.status:
        yield f'ax.set_title({quoted(drawable(look.status))}, loc="left", fontsize="small")'
    right = [rf"{luminosity:.4g} fb$^{{-1}}$"] if luminosity is not None else []
    right += [f"({look.energy:.4g} TeV)"] if look.energy is not None else []
    if right:
        yield f'ax.set_title({quoted(" ".join(right))}, loc="right", fontsize="small")'


def _has_data(numbers: Numbers) -> bool:
    """Say whether recorded events are behind the numbers, be they told apart or not."""
    names = [row.name for row in numbers.rows] + list(numbers.header.fractions)
    return bool(numbers.having("data")) or any(is_measured(name) for name in names)


def _colours(numbers: Numbers, choice: Choice) -> dict[str, str]:
    """Return the colours of rows; one keeps its own while others are still to come."""
    fractions = numbers.header.fractions
    names = [row.name for role in ("layer", "line", "points") for row in numbers.having(role)]
    # Where rows are no datasets, such as runs, no dataset is still to come.
    by_dataset = any(row.name in fractions for row in numbers.rows)
    order = [] if names == [""] else choice.order
    known = [name for name in order if name in names or (by_dataset and name in fractions)]
    data = {row.name for row in numbers.having("data")}
    places = [name for name in dict.fromkeys([*known, *names]) if name not in data]
    return dict(zip(places, palette(len(places)), strict=True))


def _shown(numbers: Numbers, choice: Choice) -> NDArray[np.bool_]:
    """Return which bins are in the range that is shown."""
    edges = numbers.positions
    if choice.range is None or len(edges) < 2:
        return np.ones(max(len(edges) - 1, 0), dtype=bool)
    low, high = choice.range
    inside: NDArray[np.bool_] = (edges[1:] > low) & (edges[:-1] < high)
    return inside


def _known(rows: list[Row], shown: NDArray[np.bool_], sign: int) -> FloatArray:
    """Return where the uncertainties of all rows end, 1 above or -1 below; with 0 the values."""
    ends = [
        (row.values + sign * np.nan_to_num(row.upper if sign > 0 else row.lower))[shown]
        for row in rows
    ]
    every = np.concatenate(ends) if ends else np.zeros(0)
    return every[np.isfinite(every)]
