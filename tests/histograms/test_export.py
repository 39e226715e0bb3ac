"""Exports are read back by hist, and plots of whatever people fill come out as PNG."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hist
import numpy as np
import pytest
from matplotlib import pyplot

from casa_lab.histograms.export import write_json, write_plots
from casa_lab.histograms.snapshot import read_all, write_snapshot


def exported(tmp_path: Path, **histograms: hist.Hist) -> dict[str, dict[str, Any]]:
    path = tmp_path / "histograms.zip"
    write_snapshot(path, histograms, 1, {}, final=True)
    return read_all(path)


def stacked() -> hist.Hist:
    histogram = (
        hist.new.StrCat([], growth=True, name="dataset")
        .StrCat(["nominal", "up"], name="systematic")
        .Reg(5, 0, 5, name="mass", label=r"$m_{\mu\mu}$")
        .Weight()
    )
    histogram.fill(["dy", "data", "ttbar"], "nominal", [1, 2, 3], weight=[0.5, 1, -0.25])
    histogram.fill("dy", "up", [4, 4])
    return histogram


SHAPES = {
    "stacked": stacked(),
    "flat": hist.new.Var([0, 1, 5]).Int64().fill([0.5, 2]),
    "map": stacked()[..., :].project("dataset", "mass"),
    "two": hist.new.StrCat(["a"], name="dataset").Reg(3, 0, 1).Reg(2, 0, 1, label="$bad").Double(),
    "nominal_map": hist.new.StrCat(["nominal"], name="s").Reg(3, 0, 1).Reg(2, 0, 1).Weight(),
    "three": hist.new.Reg(3, 0, 1, name="a/b")
    .Reg(2, 0, 1, name="b")
    .Reg(2, 0, 1, name="c")
    .Double(),
    "categories": hist.new.StrCat(["a"], name="dataset").StrCat(["x", "y"], name="cut").Int64(),
    "datasets": hist.new.StrCat(["a", "b"], name="dataset").Double().fill(["a", "a", "b"]),
    "variations": hist.new.StrCat(["nominal", "up"], name="variation").Double().fill(["up"]),
    "unfilled": hist.new.StrCat([], growth=True, name="dataset").Reg(3, 0, 1, name="x").Double(),
    "profile": hist.new.StrCat(["a"], name="dataset").Reg(3, 0, 1, name="x").Mean(),
    "surface": hist.new.Reg(3, 0, 1, name="x").Reg(3, 0, 1, name="y").WeightedMean(),
    "yes_no": hist.new.Bool(name="tight").Double().fill([True, False]),
}


def test_json_is_read_back_by_hist(tmp_path: Path) -> None:
    histograms = exported(tmp_path, **{"sel/mass": stacked(), "flat": SHAPES["flat"]})
    written = write_json(histograms, tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        "histograms.json",
        "histograms/sel_mass.json",
        "histograms/flat.json",
    ]
    together = json.loads(written[0].read_text())
    assert hist.Hist(together["sel/mass"]) == stacked()
    single = hist.Hist(json.loads(written[1].read_text()))
    assert single == stacked()
    assert single.axes["mass"].label == r"$m_{\mu\mu}$"


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_drawn(tmp_path: Path, name: str) -> None:
    written = write_plots(exported(tmp_path, **{name: SHAPES[name]}), tmp_path)
    assert written
    for path in written:
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.parent == tmp_path / "plots"
    assert pyplot.get_fignums() == []


def test_more_than_two_axes_are_drawn_one_by_one(tmp_path: Path) -> None:
    fractions: list[float] = []
    histograms = exported(tmp_path, three=SHAPES["three"], flat=SHAPES["flat"])
    written = write_plots(histograms, tmp_path, fractions.append)
    assert [path.name for path in written] == [
        "three-a_b.png",
        "three-b.png",
        "three-c.png",
        "flat.png",
    ]
    assert fractions == [0.5, 1.0]


def test_names_stay_inside_the_folder_and_apart(tmp_path: Path) -> None:
    flat = SHAPES["flat"]
    histograms = exported(tmp_path, **{"../../x": flat, "a/b": flat, "a b": flat, ".x": flat})
    written = write_json(histograms, tmp_path) + write_plots(histograms, tmp_path)
    assert len(set(written)) == 1 + 4 + 4
    assert all(path.resolve().is_relative_to(tmp_path) for path in written)


def test_values_survive_json_exactly(tmp_path: Path) -> None:
    histogram = hist.new.Reg(50, 0, 1).Weight()
    random = np.random.default_rng(1)
    histogram.fill(random.uniform(0, 1, 1000), weight=random.normal(0, 1e-7, 1000))
    (_, single) = write_json(exported(tmp_path, h=histogram), tmp_path)
    assert hist.Hist(json.loads(single.read_text())) == histogram
