"""Every drawn number is right: the same as hist, numpy and scipy make of the histogram."""

from __future__ import annotations

from typing import Any

import boost_histogram as bh
import hist
import numpy as np
from hist.intervals import clopper_pearson_interval, poisson_interval, ratio_uncertainty
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casa_lab.histograms.drawing import Drawing, Source, draw
from casa_lab.histograms.models import View
from casa_lab.histograms.rows import Row

from .strategies import MEANS, STORAGES, histograms, labels, views

ROUNDING = {"rtol": 1e-9, "atol": 1e-12}


def drawn(histogram: hist.Hist, view: View) -> Drawing:
    return draw(Source("this", histogram._to_uhi_()), view)


def selected(histogram: hist.Hist, view: View) -> hist.Hist:
    """The histogram along the axes that the view draws, by hist."""
    index = {name: labels(histogram.axes[name]).index(value) for name, value in view.select.items()}
    kept = [view.stack] if view.stack is not None else []
    return (histogram[index] if index else histogram).project(*kept, view.x)


def categories(reference: hist.Hist, view: View) -> list[hist.Hist]:
    """One histogram for each category of the stack, flow included if filled."""
    if view.stack is None:
        return [reference]
    axis = reference.axes[view.stack]
    rows = [reference[{view.stack: row}] for row in range(axis.size)]
    if axis.extent > axis.size:
        other = reference[{view.stack: hist.overflow}]
        if np.asarray(other.values(flow=True)).any():
            rows.append(other)
    return rows


def contents(row: hist.Hist, view: View) -> tuple[np.ndarray, np.ndarray | None]:
    """Values and variances of the bins drawn, by hist; no variances where hist cannot know."""
    if view.rebin > 1:
        row = row[:: hist.rebin(view.rebin)]
    axis = row.axes[0]
    inner = slice(
        0 if view.flow else int(axis.traits.underflow),
        None if view.flow else int(axis.traits.underflow) + axis.size,
    )
    values = row.values(flow=True)[inner]
    if row.storage_type is bh.storage.Weight:
        return values, row.variances(flow=True)[inner]
    whole = np.array_equal(row.values(flow=True), np.floor(row.values(flow=True)))
    return values, values if whole else None


def check_errors(row: Row, values: np.ndarray, variances: np.ndarray | None, scale: Any) -> None:
    if variances is None:
        assert np.isnan(row.lower).all()
        return
    if np.array_equal(values, variances) and np.array_equal(values, np.floor(values)):
        low, high = poisson_interval(values.astype(float))
        expected = (values - low) / scale, (high - values) / scale
    else:
        expected = np.sqrt(variances) / scale, np.sqrt(variances) / scale
    np.testing.assert_allclose(row.lower, expected[0], **ROUNDING)
    np.testing.assert_allclose(row.upper, expected[1], **ROUNDING)


def is_numeric(histogram: hist.Hist, name: str) -> bool:
    discrete = hist.axis.StrCategory | hist.axis.IntCategory | hist.axis.Boolean
    return not isinstance(histogram.axes[name], discrete)


@st.composite
def shaped(draw: st.DrawFn, histogram: hist.Hist) -> View:
    """A view with bins merged, flow, and contents per width."""
    view = draw(views(histogram))
    axis = histogram.axes[view.x]
    update: dict[str, Any] = {"style": draw(st.sampled_from(["stack", "steps", "points"]))}
    # hist loses what rebinning leaves over where there is no overflow bin; Casa shows it.
    divisors = [n for n in range(1, axis.size + 1) if axis.traits.overflow or axis.size % n == 0]
    if is_numeric(histogram, view.x) and not isinstance(axis, hist.axis.Integer):
        update["rebin"] = draw(st.sampled_from(divisors))
    update["per"] = draw(st.sampled_from(["bin", "width", "density"]))
    update["flow"] = update["per"] == "bin" and draw(st.booleans())
    if update["per"] != "width":
        update["cumulative"] = draw(st.sampled_from([None, "below", "above"]))
    return view.model_copy(update=update)


@settings(max_examples=250)
@given(st.data())
def test_rows_equal_hist(data: st.DataObject) -> None:
    histogram = data.draw(histograms(STORAGES))
    view = data.draw(shaped(histogram))
    rows = categories(selected(histogram, view), view)
    assume(rows and histogram.axes[view.x].size)
    made = drawn(histogram, view)
    expected = [contents(row, view) for row in rows]
    own = [row for row in made.rows if row.role not in ("total", "band")]
    assert len(own) == len(expected)
    axis = rows[0][:: hist.rebin(view.rebin)].axes[0] if view.rebin > 1 else rows[0].axes[0]
    widths = axis.widths if is_numeric(histogram, view.x) else np.ones(axis.size)
    stacked = sum(values.sum() for values, _ in expected)
    for row, (values, variances) in zip(own, expected, strict=True):
        scale: Any = 1.0
        if view.per != "bin" and view.cumulative is None:
            scale = widths
        if view.per == "density":
            scale = scale * (stacked if row.role == "layer" else values.sum())
            assume(np.all(scale != 0))
        check_row(row, values, variances, scale, view)
    total = [row for row in made.rows if row.role == "total"]
    if view.style == "stack":
        known = [variances for _, variances in expected if variances is not None]
        scale = widths if view.per != "bin" and view.cumulative is None else 1.0
        scale = scale * stacked if view.per == "density" else scale
        values = np.sum([values for values, _ in expected], axis=0)
        all_known = len(known) == len(expected)
        check_row(total[0], values, np.sum(known, axis=0) if all_known else None, scale, view)


def check_row(
    row: Row, values: np.ndarray, variances: np.ndarray | None, scale: Any, view: View
) -> None:
    def cumulated(array: np.ndarray) -> np.ndarray:
        if view.cumulative == "below":
            return np.cumsum(array)
        return np.cumsum(array[::-1])[::-1] if view.cumulative == "above" else array

    values = cumulated(values)
    np.testing.assert_allclose(row.values, values / scale, **ROUNDING)
    # A storage of plain numbers is one of counts only where all of it is whole.
    if variances is not None and not np.isnan(row.upper).any():
        check_errors(row, values, cumulated(variances), scale)


@settings(max_examples=100)
@given(st.data())
def test_density_is_that_of_hist(data: st.DataObject) -> None:
    histogram = data.draw(histograms(STORAGES))
    view = data.draw(views(histogram)).model_copy(update={"per": "density", "stack": None})
    reference = selected(histogram, view)
    assume(reference.sum() != 0 and is_numeric(histogram, view.x))
    expected = reference.values() / reference.values().sum() / reference.axes[0].widths
    np.testing.assert_allclose(drawn(histogram, view).rows[0].values, expected, **ROUNDING)


@settings(max_examples=200)
@given(st.data())
def test_integrals_equal_sums_of_bins(data: st.DataObject) -> None:
    histogram = data.draw(histograms(STORAGES))
    view = data.draw(views(histogram))
    axis = histogram.axes[view.x]
    assume(axis.size)
    first = data.draw(st.integers(0, axis.size - 1))
    last = data.draw(st.integers(first + 1, axis.size))
    numeric = is_numeric(histogram, view.x)
    edges = axis.edges if numeric else np.arange(axis.size + 1)
    update = {"integrate": (float(edges[first]), float(edges[last]))}
    made = drawn(histogram, view.model_copy(update=update))
    for row, reference in zip(
        made.integrals, categories(selected(histogram, view), view), strict=False
    ):
        values, variances = contents(reference, view)
        assert row.values[0] == np.sum(values[first:last])
        if variances is not None and not np.isnan(row.upper[0]):
            total, spread = values[first:last].sum(), variances[first:last].sum()
            check_errors(row, np.array([total]), np.array([spread]), 1.0)


@settings(max_examples=100)
@given(st.data())
def test_integrals_with_flow_are_all_there_is(data: st.DataObject) -> None:
    histogram = data.draw(histograms(STORAGES))
    view = data.draw(views(histogram)).model_copy(
        update={"stack": None, "flow": True, "integrate": (None, None)}
    )
    assume(histogram.axes[view.x].size)
    (row, _) = drawn(histogram, view).integrals
    assert row.values[0] == selected(histogram, view).values(flow=True).sum()


@settings(max_examples=100)
@given(st.data())
def test_means_merge_as_if_filled_into_one_bin(data: st.DataObject) -> None:
    edges = [-2, -1, 0, 0.5, 2, 3, 5]
    storage = data.draw(st.sampled_from(MEANS))
    fine = hist.Hist(hist.axis.Variable(edges, name="x"), storage=storage())
    coarse = hist.Hist(hist.axis.Variable(edges[::2], name="x"), storage=storage())
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    size = data.draw(st.integers(1, 60))
    x, sample = random.uniform(-3, 6, size), random.normal(10, 3, size)
    weight = {} if storage is bh.storage.Mean else {"weight": random.uniform(0.5, 2, size)}
    for histogram in (fine, coarse):
        histogram.fill(x, sample=sample, **weight)
    flow = data.draw(st.booleans())
    (row,) = drawn(fine, View(x="x", rebin=2, flow=flow)).rows
    (expected,) = drawn(coarse, View(x="x", flow=flow)).rows
    assert row.role == "points"
    np.testing.assert_allclose(row.values, expected.values, **ROUNDING)
    np.testing.assert_allclose(row.upper, expected.upper, rtol=1e-6, atol=1e-9)
    filled = coarse.view(flow=flow)
    count = filled.count if storage is bh.storage.Mean else filled.sum_of_weights
    np.testing.assert_allclose(row.values, np.where(count > 0, filled.value, np.nan), rtol=1e-9)


@settings(max_examples=100)
@given(st.data())
def test_efficiencies_equal_hist(data: st.DataObject) -> None:
    histogram = hist.Hist(
        hist.axis.Regular(5, 0, 5, name="x"),
        hist.axis.Boolean(name="passed"),
        storage=data.draw(st.sampled_from([bh.storage.Int64, bh.storage.Weight]))(),
    )
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    size = data.draw(st.integers(1, 100))
    x, passed = random.uniform(-1, 6, size), random.uniform(size=size) < 0.7
    weighted = histogram.storage_type is bh.storage.Weight
    weight = random.uniform(0.5, 2, size) if weighted else None
    histogram.fill(x, passed, weight=weight)
    view = View(x="x", select={"passed": "True"}, fraction="passed")
    (row,) = drawn(histogram, view).rows
    above, below = histogram[:, True].values(), histogram.project("x").values()
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(row.values, above / below, **ROUNDING)
    filled = below > 0
    if weighted:
        up, down = histogram[:, True].variances(), histogram[:, False].variances()
        with np.errstate(all="ignore"):
            error = np.sqrt((below - above) ** 2 * up + above**2 * down) / below**2
        np.testing.assert_allclose(row.upper[filled], error[filled], rtol=1e-6, atol=1e-7)
    else:
        low, high = clopper_pearson_interval(above[filled], below[filled])
        np.testing.assert_allclose((row.values - row.lower)[filled], low, **ROUNDING)
        np.testing.assert_allclose((row.values + row.upper)[filled], high, **ROUNDING)
    assert np.isnan(row.values[~filled]).all()


@settings(max_examples=100)
@given(st.data())
def test_data_over_a_stack(data: st.DataObject) -> None:
    histogram = hist.Hist(
        hist.axis.StrCategory(["tt", "dy", "Data"], name="dataset"),
        hist.axis.Regular(6, 0, 6, name="x"),
        storage=bh.storage.Weight(),
    )
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    for name, weight in (("tt", 0.5), ("dy", 1.5), ("Data", 1.0)):
        size = data.draw(st.integers(0, 60))
        histogram.fill(dataset=name, x=random.uniform(0, 6, size), weight=np.full(size, weight))
    made = drawn(histogram, View(x="x", stack="dataset", panel="ratio"))
    simulated = histogram["tt", :] + histogram["dy", :]
    recorded = histogram["Data", :].values()
    assert made.panel is not None
    band, points = made.panel.rows
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(points.values, recorded / simulated.values(), **ROUNDING)
        low, high = poisson_interval(recorded) / simulated.values()
        error = np.sqrt(simulated.variances()) / simulated.values()
    filled = simulated.values() > 0
    np.testing.assert_allclose((points.values - points.lower)[filled], low[filled], **ROUNDING)
    np.testing.assert_allclose((points.values + points.upper)[filled], high[filled], **ROUNDING)
    if not np.array_equal(simulated.values(), simulated.variances()):
        np.testing.assert_allclose(band.upper[filled], error[filled], **ROUNDING)
    pulls = drawn(histogram, View(x="x", stack="dataset", panel="pull")).panel
    total = next(row for row in made.rows if row.role == "total")
    low, high = poisson_interval(recorded)
    over = recorded > simulated.values()
    spread = np.hypot(
        np.where(over, recorded - low, high - recorded), np.where(over, total.upper, total.lower)
    )
    assert pulls is not None
    np.testing.assert_allclose(
        pulls.rows[0].values[filled], ((recorded - simulated.values()) / spread)[filled], **ROUNDING
    )


@settings(max_examples=100)
@given(st.lists(st.integers(0, 40), min_size=3, max_size=3), st.booleans(), st.booleans())
def test_ratios_of_runs(numbers: list[int], weighted: bool, density: bool) -> None:
    storage = bh.storage.Weight if weighted else bh.storage.Int64
    first, second = (
        hist.Hist(hist.axis.Regular(3, 0, 3, name="x"), storage=storage()) for _ in "ab"
    )
    for value, (one, other) in enumerate(zip(numbers, [7, 3, 5], strict=True)):
        weight = np.full(one, 0.5) if weighted else None
        first.fill(np.full(one, value + 0.5), weight=weight)
        second.fill(np.full(other, value + 0.5), weight=np.full(other, 0.5) if weighted else None)
    assume(first.values().sum() > 0)
    view = View(x="x", runs=["b"], panel="ratio", per="density" if density else "bin")
    made = draw(Source("a", first._to_uhi_()), view, [Source("b", second._to_uhi_())])
    assert [(row.name, row.role) for row in made.rows] == [("a", "line"), ("b", "line")]
    assert made.panel is not None
    assert made.panel.reference == "a"
    (row,) = made.panel.rows
    scale = first.values().sum() / second.values().sum() if density else 1.0
    above, below = second.values(), first.values()
    filled = below > 0
    np.testing.assert_allclose(row.values[filled], (above / below * scale)[filled], **ROUNDING)
    assert np.isnan(row.values[~filled]).all()
    if weighted:
        with np.errstate(all="ignore"):
            spread = second.variances() / above**2 + first.variances() / below**2
            error = above / below * np.sqrt(spread) * scale
        np.testing.assert_allclose(row.upper[filled], error[filled], **ROUNDING)
    else:
        low, high = ratio_uncertainty(above[filled], below[filled], "poisson-ratio")
        np.testing.assert_allclose(row.lower[filled], low * scale, **ROUNDING)
        np.testing.assert_allclose(row.upper[filled], high * scale, **ROUNDING)


@settings(max_examples=100)
@given(st.data())
def test_maps_equal_hist(data: st.DataObject) -> None:
    histogram = data.draw(histograms(STORAGES, least=2))
    view = data.draw(views(histogram))
    others = [axis.name for axis in histogram.axes if axis.name not in (view.x, *view.select)]
    assume(others)
    y = data.draw(st.sampled_from(others))
    flow = data.draw(st.booleans())
    made = drawn(histogram, View(x=view.x, y=y, select=view.select, flow=flow))
    index = {name: labels(histogram.axes[name]).index(value) for name, value in view.select.items()}
    reference = (histogram[index] if index else histogram).project(view.x, y)
    if all(axis.size for axis in reference.axes):
        np.testing.assert_array_equal(made.rows[0].values, reference.values(flow=flow))


@settings(max_examples=100)
@given(st.data())
def test_profiles_equal_numpy(data: st.DataObject) -> None:
    storage = data.draw(st.sampled_from([bh.storage.Int64, bh.storage.Weight]))
    histogram = hist.Hist(
        hist.axis.Regular(3, 0, 3, name="x"),
        hist.axis.Variable([0, 1, 2.5, 4], name="y"),
        storage=storage(),
    )
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    size = data.draw(st.integers(0, 80))
    weight = random.uniform(0.5, 2, size) if storage is bh.storage.Weight else None
    histogram.fill(random.uniform(-1, 4, size), random.uniform(-1, 5, size), weight=weight)
    (row,) = drawn(histogram, View(x="x", y="y", profile=True)).rows
    centres = histogram.axes[1].centers
    for column in range(3):
        weights, squares = histogram.values()[column], histogram.variances()[column]
        if weights.sum() == 0:
            assert np.isnan(row.values[column])
            continue
        mean = np.average(centres, weights=weights)
        np.testing.assert_allclose(row.values[column], mean, rtol=1e-9)
        effective = weights.sum() ** 2 / squares.sum()
        if effective > 1 + 1e-9:
            spread = np.average((centres - mean) ** 2, weights=weights)
            error = np.sqrt(spread / (effective - 1))
            np.testing.assert_allclose(row.upper[column], error, rtol=1e-6, atol=1e-9)


@settings(max_examples=100)
@given(st.data())
def test_bands_of_variations(data: st.DataObject) -> None:
    names = ["nominal", "jesUp", "jesDown", "btag_up", "btag_down"]
    histogram = hist.Hist(
        hist.axis.StrCategory(names, name="variation"),
        hist.axis.StrCategory(["tt", "data"], name="dataset"),
        hist.axis.Regular(4, 0, 4, name="x"),
        storage=bh.storage.Weight(),
    )
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    for name in names:
        histogram.fill(name, "tt", random.uniform(0, 4, 50), weight=random.uniform(0.5, 1.5, 50))
    histogram.fill("nominal", "data", random.uniform(0, 4, 40))
    view = View(x="x", stack="dataset", select={"variation": "nominal"}, variations="variation")
    rows = {row.role: row for row in drawn(histogram, view).rows}
    values = {name: histogram[name, "tt", :].values() for name in names}
    nominal = values["nominal"]
    up, down = np.zeros(4), np.zeros(4)
    for pair in (("jesUp", "jesDown"), ("btag_up", "btag_down")):
        shifts = np.array([values[name] - nominal for name in pair])
        up += np.clip(shifts, 0, None).max(axis=0) ** 2
        down += np.clip(shifts, None, 0).min(axis=0) ** 2
    variances = histogram["nominal", "tt", :].variances()
    np.testing.assert_allclose(rows["band"].values, nominal, **ROUNDING)
    np.testing.assert_allclose(rows["band"].upper, np.sqrt(up + variances), **ROUNDING)
    np.testing.assert_allclose(rows["band"].lower, np.sqrt(down + variances), **ROUNDING)
