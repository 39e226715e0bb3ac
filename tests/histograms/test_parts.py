"""What a view draws, before anything is merged, is what hist itself selects and sums."""

from __future__ import annotations

from pathlib import Path

import boost_histogram as bh
import hist
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casa_lab.errors import BadInput, NotFound
from casa_lab.histograms.contents import is_whole
from casa_lab.histograms.models import View
from casa_lab.histograms.parts import Parts, make_parts
from casa_lab.histograms.snapshot import read_histogram, write_snapshot

from .strategies import MEANS, STORAGES, histograms, labels, views


def expected(histogram: hist.Hist, view: View) -> hist.Hist:
    """The same view, made by hist."""
    index = {name: labels(histogram.axes[name]).index(value) for name, value in view.select.items()}
    selected = histogram[index] if index else histogram
    return selected.project(*([] if view.stack is None else [view.stack]), view.x)


def values(parts: Parts) -> np.ndarray:
    return np.array([part.values for part in parts.contents])


def variances(parts: Parts) -> np.ndarray:
    return np.array([part.variances for part in parts.contents])


def rows(view: View, parts: Parts, content: np.ndarray) -> np.ndarray:
    """hist's numbers in the shape of ours; a row of overflow that we left out is empty."""
    if view.stack is None:
        return content[np.newaxis]
    kept, left_out = content[: len(parts.names)], content[len(parts.names) :]
    # Variances that nobody knows are not those of an empty row, whose values are compared, too.
    assert not left_out[~np.isnan(left_out)].any()
    return kept


@settings(max_examples=200)
@given(st.data())
def test_equals_hist_exactly(data: st.DataObject) -> None:
    histogram = data.draw(histograms(STORAGES))
    view = data.draw(views(histogram))
    made = make_parts(histogram._to_uhi_(), view)

    reference = expected(histogram, view)
    assume(made.names)
    np.testing.assert_array_equal(values(made), rows(view, made, reference.values(flow=True)))
    known = reference.values(flow=True)  # counts: Poisson
    if not is_whole(histogram.values(flow=True)):
        known = np.full_like(known, np.nan)  # nobody kept the squares of the weights
    if histogram.storage_type is bh.storage.Weight:
        known = reference.variances(flow=True)
    np.testing.assert_array_equal(variances(made), rows(view, made, known))

    axis = histogram.axes[view.x]
    assert made.x.name == view.x
    assert made.x.bins == axis.size
    assert len(made.edges) == axis.size + 1
    assert values(made).shape[1] == axis.size + made.x.underflow + made.x.overflow
    if not made.x.discrete:
        np.testing.assert_allclose(made.edges, axis.edges, rtol=1e-12)
    if view.stack is not None:
        names = labels(histogram.axes[view.stack])
        assert made.names[: len(names)] == names
        assert len(made.names) == len(made.contents) == len(set(made.names))


@settings(max_examples=100)
@given(st.data())
def test_means_merge_like_hist(data: st.DataObject) -> None:
    histogram = data.draw(histograms(MEANS))
    view = data.draw(views(histogram))
    made = make_parts(histogram._to_uhi_(), view)

    reference = expected(histogram, view)
    content = reference.view(flow=True)
    if histogram.storage_type is bh.storage.Mean:
        weights = squares = content.count
    else:
        weights, squares = content.sum_of_weights, content.sum_of_weights_squared
    with np.errstate(all="ignore"):
        errors = np.where(weights**2 > squares, content.variance * squares / weights**2, np.nan)
        means = np.where(weights > 0, content.value, np.nan)
    if view.stack is None:
        means, errors = means[np.newaxis], errors[np.newaxis]
    count = len(made.names)
    assume(count)
    np.testing.assert_allclose(values(made), means[:count], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(variances(made), errors[:count], rtol=1e-7, atol=1e-9)


def sample() -> hist.Hist:
    histogram = hist.Hist(
        hist.axis.StrCategory([], growth=True, name="dataset"),
        hist.axis.StrCategory(["nominal", "up"], name="systematic"),
        hist.axis.Regular(4, 0, 4, name="mass", label=r"$m_{\mu\mu}$ [GeV]"),
        storage=hist.storage.Weight(),
    )
    histogram.fill(dataset="ttbar", systematic="nominal", mass=[0.5, 1.5, -1], weight=2)
    histogram.fill(dataset="dy", systematic="up", mass=[9, 1.5], weight=0.5)
    histogram.fill(dataset="dy", systematic="no such", mass=[3.5])
    return histogram


def test_sums_include_flow_bins() -> None:
    made = make_parts(sample()._to_uhi_(), View(x="mass"))
    assert made.names == [""]
    np.testing.assert_array_equal(values(made), [[2, 2, 2.5, 0, 1, 0.5]])
    np.testing.assert_array_equal(variances(made), [[4, 4, 4.25, 0, 1, 0.25]])
    assert made.x.label == r"$m_{\mu\mu}$ [GeV]"


def test_fills_of_no_category_are_stacked_as_other() -> None:
    made = make_parts(sample()._to_uhi_(), View(x="mass", stack="systematic"))
    assert made.names == ["nominal", "up", "other"]
    np.testing.assert_array_equal(values(made)[2], [0, 0, 0, 0, 1, 0])


def test_other_can_be_selected() -> None:
    view = View(x="mass", stack="dataset", select={"systematic": "other"})
    made = make_parts(sample()._to_uhi_(), view)
    assert made.names == ["ttbar", "dy"]
    np.testing.assert_array_equal(values(made).sum(axis=1), [0, 1])


def test_an_empty_other_is_left_out() -> None:
    made = make_parts(sample()[:, :1, :]._to_uhi_(), View(x="mass", stack="dataset"))
    assert made.names == ["ttbar", "dy"]


def test_categories_are_drawn_one_by_one() -> None:
    made = make_parts(sample()._to_uhi_(), View(x="dataset", select={"systematic": "up"}))
    assert made.x.categories == ["ttbar", "dy"]
    np.testing.assert_array_equal(made.edges, [0, 1, 2])
    np.testing.assert_array_equal(values(made), [[0, 1]])


def test_a_histogram_before_its_first_fill() -> None:
    histogram = hist.Hist(
        hist.axis.StrCategory([], growth=True, name="dataset"), hist.axis.Regular(2, 0, 1, name="x")
    )
    made = make_parts(histogram._to_uhi_(), View(x="x", stack="dataset"))
    assert made.names == []
    assert made.contents == []


@pytest.mark.parametrize(
    ("view", "error", "message"),
    [
        (View(x="pt"), NotFound, "no axis 'pt'; its axes are dataset, systematic, mass"),
        (View(x="mass", stack="nope"), NotFound, "no axis 'nope'"),
        (View(x="mass", select={"nope": "up"}), NotFound, "no axis 'nope'"),
        (View(x="mass", select={"dataset": "wjets"}), NotFound, "no category 'wjets' \\(yet\\)"),
        (View(x="mass", select={"dataset": "ttbr"}), NotFound, "Did you mean 'ttbar'"),
        (View(x="dataset", select={"mass": "1"}), BadInput, "no categories to select from"),
        (View(x="dataset", stack="mass"), BadInput, "no categories to stack by"),
        (View(x="dataset", stack="dataset"), BadInput, "drawn and stacked by"),
        (View(x="mass", select={"mass": "up"}), BadInput, "is drawn in this view"),
    ],
)
def test_views_that_cannot_be_had(view: View, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make_parts(sample()._to_uhi_(), view)


def test_view_of_a_snapshot_is_the_view_of_the_histogram(tmp_path: Path) -> None:
    histogram = sample()
    write_snapshot(tmp_path / "histograms.zip", {"mass": histogram}, 1, {}, final=False)
    view = View(x="mass", stack="dataset")
    read = make_parts(read_histogram(tmp_path / "histograms.zip", "mass"), view)
    direct = make_parts(histogram._to_uhi_(), view)
    np.testing.assert_array_equal(values(read), values(direct))
    np.testing.assert_array_equal(variances(read), variances(direct))
    assert (read.names, read.x) == (direct.names, direct.x)
