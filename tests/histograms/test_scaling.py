"""Datasets are scaled by their metadata, and by the events that were processed."""

from __future__ import annotations

import hist
import numpy as np
import pytest

from casa_lab.errors import BadInput, NotFound
from casa_lab.histograms.drawing import Source, draw
from casa_lab.histograms.models import View
from casa_lab.histograms.scaling import DatasetFacts, factors_along, scaling
from casa_lab.histograms.variations import find_variations

FACTS = {
    "dy": DatasetFacts({"xsec": 10.0, "kfactor": 1.2, "sum_genweight": 400.0}, 0.5, 100),
    "tt": DatasetFacts({"XSEC": 2.0, "sumw": 50.0}, 1.0, 50),
    "Data": DatasetFacts({"is_data": True}, 0.25, 80),
}


def filled() -> hist.Hist:
    histogram = (
        hist.new.StrCat(["dy", "tt", "Data"], name="dataset").Reg(2, 0, 2, name="x").Weight()
    )
    histogram.fill(["dy", "tt", "tt", "Data"], [0.5, 0.5, 1.5, 1.5])
    return histogram


def test_cross_section_times_luminosity_over_processed_weights() -> None:
    made = scaling(FACTS, "luminosity", 100.0)
    assert made.weighted
    assert made.factors == {"dy": 10 * 1.2 * 100 / (400 * 0.5), "tt": 2 * 100 / 50, "Data": 1.0}


def test_numbers_of_events_where_a_sum_of_weights_is_missing() -> None:
    facts = {**FACTS, "tt": DatasetFacts({"xsec": 2.0}, 0.5, 50)}
    made = scaling(facts, "luminosity", 100.0)
    assert not made.weighted
    assert made.factors["tt"] == 2 * 100 / (50 * 0.5)
    assert made.factors["dy"] == 10 * 1.2 * 100 / (100 * 0.5)


def test_all_events_from_those_processed() -> None:
    assert scaling(FACTS, "processed", None).factors == {"dy": 2.0, "tt": 1.0, "Data": 4.0}


def test_what_is_drawn_is_scaled_before_it_is_summed() -> None:
    uhi = filled()._to_uhi_()
    factors = factors_along(uhi, "x", {"dy": 2.0, "tt": 3.0, "Data": 1.0})
    row = draw(Source("", uhi, factors), View(x="x", select={})).rows[0]
    assert row.values.tolist() == [5.0, 4.0]
    np.testing.assert_allclose(row.upper, np.sqrt([2**2 + 3**2, 3**2 + 1]))


def test_entries_of_no_dataset_cannot_be_scaled() -> None:
    histogram = filled()
    histogram.fill("qcd", 0.5)
    with pytest.raises(BadInput, match="entries of no dataset"):
        factors_along(histogram._to_uhi_(), "x", {"dy": 2.0, "tt": 3.0, "Data": 1.0})


def test_a_path_or_a_lone_dataset_tells_whose_contents_are() -> None:
    uhi = hist.new.Reg(2, 0, 2, name="x").Double()._to_uhi_()
    name, factors = factors_along(uhi, "tt/mass", {"dy": 2.0, "tt": 3.0})
    assert (name, factors.tolist()) == ("x", [3.0] * 4)
    assert factors_along(uhi, "mass", {"dy": 2.0})[1].tolist() == [2.0] * 4
    with pytest.raises(BadInput, match="no axis of datasets"):
        factors_along(uhi, "mass", {"dy": 2.0, "tt": 3.0})


@pytest.mark.parametrize(
    ("metadata", "luminosity", "message"),
    [
        ({}, 1.0, "have no cross-section"),
        ({"xsec": 1.0}, 1.0, "Neither the sum of weights"),
        ({"xsec": 1.0}, None, "Give the luminosity"),
    ],
)
def test_what_is_missing_is_said(
    metadata: dict[str, float], luminosity: float | None, message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        scaling({"dy": DatasetFacts(metadata, 1.0, None)}, "luminosity", luminosity)


@pytest.mark.parametrize(
    ("categories", "pairs"),
    [
        (["nominal", "jesUp", "jesDown"], {"jes": ("jesUp", "jesDown")}),
        (
            ["nom", "MUON_ID__1up", "MUON_ID__1down"],
            {"MUON_ID": ("MUON_ID__1up", "MUON_ID__1down")},
        ),
        (["central", "up_btag", "down_btag"], {"btag": ("up_btag", "down_btag")}),
        (["nominal", "pdfUp"], {"pdf": ("pdfUp", None)}),
        (["nominal", "qcd"], None),
        (["jesUp", "jesDown"], None),
    ],
)
def test_variations_are_found(categories: list[str], pairs: object) -> None:
    found = find_variations(categories)
    assert (None if found is None else found.pairs) == pairs


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (View(x="x", per="width", flow=True), "Flow bins have no width"),
        (View(x="x", per="width", cumulative="below"), "do not divide these by their width"),
        (View(x="x", stack="dataset", runs=["r2"]), "do not stack"),
        (View(x="dataset", rebin=2), "has categories"),
        (View(x="x", rebin=3), "too few to merge 3"),
        (View(x="x", fraction="dataset"), "Select a category"),
        (View(x="x", profile=True), "Say which axis"),
        (View(x="x", y="dataset", profile=True), "of which there is no mean"),
        (View(x="x", y="x"), "along twice"),
        (View(x="x", y="dataset", panel="ratio"), "cannot show 'panel'"),
        (View(x="x", select={"dataset": "tt"}, variations="dataset"), "are no variations"),
    ],
)
def test_views_that_contradict_themselves(view: View, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        draw(Source("", filled()._to_uhi_()), view)


@pytest.mark.parametrize("change", [{"per": "density"}, {"cumulative": "above"}])
def test_means_do_not_add_up(change: dict[str, str]) -> None:
    uhi = hist.new.Reg(2, 0, 2, name="x").Mean()._to_uhi_()
    with pytest.raises(BadInput, match="Means"):
        draw(Source("", uhi), View(x="x").model_copy(update=change))


def test_a_run_with_other_bins_is_left_out_with_a_remark() -> None:
    one, other = (hist.new.Reg(n, 0, 2, name="x").Int64()._to_uhi_() for n in (2, 3))
    made = draw(Source("this", one), View(x="x", runs=["r2"]), [Source("that", other)])
    assert [row.name for row in made.rows] == ["this"]
    assert made.remarks == ["Run 'that' is left out: its bins along 'x' are others."]


def test_an_unknown_axis_is_told() -> None:
    with pytest.raises(NotFound, match="no axis 'pt'"):
        draw(Source("", filled()._to_uhi_()), View(x="pt"))
