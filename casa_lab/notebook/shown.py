"""A histogram as a notebook keeps it: numbers for Casa's own view, a picture for others."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, Field

from casa_lab.errors import CasaError
from casa_lab.histograms.descriptors import describe_histogram
from casa_lab.histograms.drawing import Drawing, Source, draw
from casa_lab.histograms.frames import make_frame
from casa_lab.histograms.models import Axis, Histogram, View, Watch
from casa_lab.histograms.snapshot import SnapshotIndex, to_uhi
from casa_lab.histograms.takeaway.roles import default_view
from casa_lab.histograms.takeaway.stills import still_apart

MEDIA_TYPE = "application/vnd.casa.histogram+json"

MOST_CELLS = 20_000
"""Bins times rows, or cells of a map, in one picture: about half a megabyte."""


class ShownHistogram(BaseModel):
    """What ``application/vnd.casa.histogram+json`` holds; read by ``src/notebook``."""

    version: Literal[1] = 1
    histogram: Histogram
    frame: str | None = Field(
        None,
        description="What is drawn, as in casa_lab/histograms/models.py, in base64; null where "
        "the histogram has a problem.",
    )


def show(name: str, histogram: Any) -> ShownHistogram:
    """Return what is shown of a histogram: the view that a run's tab would begin with.

    Parameters
    ----------
    name
        What it is called.
    histogram
        A histogram of hist or boost-histogram that nothing fills meanwhile.
    """
    try:
        uhi = to_uhi(histogram)
    except TypeError:
        storage = histogram.storage_type.__name__
        problem = f"Casa cannot show histograms with {storage} storage."
        described = Histogram(path=name, label=name, axes=[], storage=storage, problem=problem)
        return ShownHistogram(histogram=described)
    described = describe_histogram(name, uhi)
    if described.problem is not None:
        return ShownHistogram(histogram=described)
    try:
        view, drawing = _drawn(name, uhi, described)
    except CasaError as error:
        return ShownHistogram(histogram=described.model_copy(update={"problem": str(error)}))
    index = SnapshotIndex(sequence=0, fractions={}, final=False, histograms=[], keys={})
    frame = make_frame(Watch(watch="", run="", histogram=name, view=view), index, drawing)
    return ShownHistogram(histogram=described, frame=base64.b64encode(frame).decode())


def still_picture(name: str, histogram: Any) -> str | None:
    """Return a PNG in base64 for where Casa is not; ``None`` for one of nothing.

    Parameters
    ----------
    name
        What it is called.
    histogram
        A histogram of hist or boost-histogram that nothing fills meanwhile.

    Raises
    ------
    CasaError
        When it cannot be drawn here.
    """
    try:
        uhi = to_uhi(histogram)
    except TypeError:
        return None
    if describe_histogram(name, uhi).problem is not None or histogram.empty(flow=True):
        return None
    return base64.b64encode(still_apart({name: uhi})).decode()


def _drawn(name: str, uhi: dict[str, Any], described: Histogram) -> tuple[View, Drawing]:
    """Compute the view, with bins merged where there are more than a notebook should keep."""
    view = default_view(described, [])
    axes = {axis.name: axis for axis in described.axes}
    x = axes[view.x]
    if view.y is not None:
        side = int(MOST_CELLS**0.5)
        y = axes[view.y]
        view = view.model_copy(update={"rebin": _merge(x, side), "rebin_y": _merge(y, side)})
    else:
        # The total and a band are rows as well, and a panel has as many again.
        rows = 2 * (2 + (axes[view.stack].bins if view.stack is not None else 1))
        view = view.model_copy(update={"rebin": _merge(x, max(50, MOST_CELLS // rows))})
    drawing = draw(Source(name, uhi), view)
    merged = [(x, view.rebin)] + ([(axes[view.y], view.rebin_y)] if view.y is not None else [])
    remarks = [
        f"{number} bins of {axis.label} are drawn as one: there are {axis.bins}."
        for axis, number in merged
        if number > 1
    ]
    return view, replace(drawing, remarks=[*remarks, *drawing.remarks])


def _merge(axis: Axis, most: int) -> int:
    """Return how many bins are merged into one for no more than ``most``."""
    if axis.discrete or axis.bins <= most:
        return 1
    least = -(-axis.bins // most)
    # What is left over at the end would count as overflow.
    whole = next((some for some in range(least, 3 * least) if axis.bins % some == 0), None)
    return whole or (axis.bins if axis.circular else least)
