"""Histograms of every kind, and views of them, to test properties with."""

from __future__ import annotations

from typing import Any

import boost_histogram as bh
import hist
import numpy as np
from hypothesis import strategies as st

from casa_lab.histograms.models import View

CATEGORIES = ["zz", "ttbar", "W+jets", "µµ", "other"]
STORAGES = [bh.storage.Int64, bh.storage.Double, bh.storage.Weight, bh.storage.AtomicInt64]
MEANS = [bh.storage.Mean, bh.storage.WeightedMean]


@st.composite
def axes(draw: st.DrawFn, name: str) -> Any:
    flow = st.booleans()
    kind = draw(st.sampled_from(["regular", "log", "variable", "integer", "str", "int", "bool"]))
    if kind == "regular":
        return hist.axis.Regular(
            draw(st.integers(1, 6)), -1, 3, name=name, underflow=draw(flow), overflow=draw(flow)
        )
    if kind == "log":
        return hist.axis.Regular(3, 1, 4, name=name, transform=hist.axis.transform.log)
    if kind == "variable":
        return hist.axis.Variable([-1, 0.5, 2, 3.5], name=name, overflow=draw(flow))
    if kind == "integer":
        return hist.axis.Integer(-1, 3, name=name, underflow=draw(flow), circular=False)
    if kind == "str":
        growth = draw(st.booleans())
        chosen = CATEGORIES[: draw(st.integers(0 if growth else 1, 4))]
        return hist.axis.StrCategory(chosen, name=name, growth=growth)
    if kind == "int":
        return hist.axis.IntCategory([3, 1], name=name, overflow=draw(flow))
    return hist.axis.Boolean(name=name)


@st.composite
def histograms(draw: st.DrawFn, storages: list[Any], least: int = 1) -> hist.Hist:
    count = draw(st.integers(least, 4))
    histogram = hist.Hist(
        *(draw(axes(name)) for name in "abcd"[:count]), storage=draw(st.sampled_from(storages))()
    )
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.integers(0, 200))
    arrays, extra = fill_arguments(histogram, random, size)
    if size:
        histogram.fill(*arrays, **extra)
    return histogram


def fill_arguments(
    histogram: hist.Hist, random: np.random.Generator, size: int
) -> tuple[list[Any], dict[str, Any]]:
    """Values to fill a histogram with, and the weights and samples that its storage takes."""
    # Weights are multiples of 1/8 so that sums are exact in any order.
    arrays: list[Any] = []
    for axis in histogram.axes:
        if isinstance(axis, hist.axis.StrCategory):
            arrays.append(random.choice(np.array(CATEGORIES), size))
        elif isinstance(axis, hist.axis.IntCategory | hist.axis.Integer):
            arrays.append(random.integers(-3, 6, size))
        elif isinstance(axis, hist.axis.Boolean):
            arrays.append(random.integers(0, 2, size).astype(bool))
        else:
            arrays.append(random.uniform(-2, 5, size))
    extra: dict[str, Any] = {}
    if histogram.storage_type not in (bh.storage.Int64, bh.storage.AtomicInt64, bh.storage.Mean):
        extra["weight"] = random.integers(1, 40, size) / 8
    if histogram.storage_type in MEANS:
        extra["sample"] = random.integers(-80, 80, size) / 8
    return arrays, extra


@st.composite
def views(draw: st.DrawFn, histogram: hist.Hist) -> View:
    names = list(draw(st.permutations([axis.name for axis in histogram.axes])))
    x = names.pop()
    discrete = [
        name
        for name in names
        if isinstance(
            histogram.axes[name],
            hist.axis.StrCategory | hist.axis.IntCategory | hist.axis.Boolean,
        )
    ]
    stack = draw(st.sampled_from([None, *discrete]))
    select = {}
    for name in discrete:
        categories = labels(histogram.axes[name])
        if name != stack and categories and draw(st.booleans()):
            select[name] = draw(st.sampled_from(categories))
    return View(x=x, stack=stack, select=select)


def labels(axis: Any) -> list[str]:
    if isinstance(axis, hist.axis.Boolean):
        return ["False", "True"]
    return [str(category) for category in axis]
