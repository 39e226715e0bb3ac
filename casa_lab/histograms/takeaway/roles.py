"""What the parts of a histogram are for, judged by their names as the browser does.

The same rules are in ``src/histograms``: what is taken away looks like what was on screen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from casa_lab.histograms.models import Axis, Histogram, View
from casa_lab.histograms.rows import is_measured

_NOMINAL = re.compile(r"nominal|nom|central|none", re.IGNORECASE)
_DATASET = re.compile(r"datasets?|samples?|process(es)?", re.IGNORECASE)
_QUANTITY = re.compile(r"(weighted )?(events|entries|counts|yield|candidates)\b", re.IGNORECASE)
_UNIT = re.compile(r"\[([^\]]+)\]\s*\$?$")
# M. A. Petroff, "Accessible Color Sequences for Data Visualization", arXiv:2107.02270
_SIX = ["#5790fc", "#f89c20", "#e42536", "#964a8b", "#9c9ca1", "#7a21dd"]
_EIGHT = ["#1845fb", "#ff5e02", "#c91f16", "#c849a9", "#adad7d", "#86c8dd", "#578dff", "#656364"]
_TEN = ["#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6"]
_TEN += ["#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd"]


def default_view(histogram: Histogram, datasets: Sequence[str]) -> View:
    """Return the view to start with.

    Along the first axis of numbers, stacked by dataset where there is such an axis, with
    nominal weights, the band of variations around it, and data compared with the stack. Two
    axes of numbers make a map.

    Parameters
    ----------
    histogram
        What is to be drawn; it has an axis.
    datasets
        Names of the run's datasets.
    """
    rows = _dataset_axis(histogram, datasets)
    along = [axis for axis in histogram.axes if not axis.discrete]
    others = [axis for axis in histogram.axes if axis is not rows]
    x = next(iter(along or others or histogram.axes))
    is_map = len(along) == 2
    means = is_profile(histogram)
    stack = None if rows is x or is_map or means else rows
    drawn = {x.name, along[1].name if is_map else None, stack.name if stack else None}
    select, variations = {}, None
    for axis in histogram.axes:
        nominal = axis.nominal or next(
            (name for name in axis.categories or [] if _NOMINAL.fullmatch(name)), None
        )
        if axis.name not in drawn and nominal is not None:
            select[axis.name] = nominal
            if axis.nominal is not None and variations is None and not is_map and not means:
                variations = axis.name
    names = (stack.categories if stack else None) or []
    measured = sum(is_measured(name) for name in names)
    return View(
        x=x.name,
        y=along[1].name if is_map else None,
        stack=stack.name if stack else None,
        select=select,
        variations=variations,
        panel="ratio" if 0 < measured < len(names) else None,
    )


def is_profile(histogram: Histogram) -> bool:
    """Say whether a histogram holds means, which do not add up to a stack."""
    return "mean" in histogram.storage


def palette(count: int) -> list[str]:
    """Return the colours of the shortest sequence that has enough of them."""
    colours = next((some for some in (_SIX, _EIGHT, _TEN) if len(some) >= count), _TEN)
    return [colours[index % len(colours)] for index in range(count)]


def vertical_label(histogram: Histogram, x: Axis, width: float | None) -> str:
    """Return what the vertical axis counts, and in bins of which width.

    Parameters
    ----------
    histogram
        What is drawn.
    x
        The axis along which it is drawn.
    width
        Width of the bins where it is the same for all, else ``None``.
    """
    if is_profile(histogram):
        return "Mean"
    quantity = histogram.label if _QUANTITY.match(histogram.label) else "Entries"
    if x.discrete or x.kind == "integer":
        return quantity
    if width is None:
        return f"{quantity} / bin"
    unit = _UNIT.search(x.label)
    return f"{quantity} / {width:.4g} {unit.group(1) if unit else ''}".rstrip()


def percent(fraction: float) -> str:
    """Write a fraction in per cent; what is not complete is never "100%"."""
    share = 100 * fraction
    if 0 < share < 1:
        return "< 1%"
    return f"{min(99, int(share)) if fraction < 1 else 100}%"


def _dataset_axis(histogram: Histogram, datasets: Sequence[str]) -> Axis | None:
    categorical = [axis for axis in histogram.axes if axis.discrete]
    for axis in categorical:
        if _DATASET.fullmatch(axis.name):
            return axis
    for axis in categorical:
        if axis.categories and set(axis.categories) <= set(datasets):
            return axis
    return None
