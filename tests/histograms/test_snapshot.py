"""Snapshots hold every histogram of an accumulator and are read without hist."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import boost_histogram as bh
import hist
import numpy as np
import pytest
import uhi.io.zip

from casa_lab.errors import NotFound
from casa_lab.histograms.models import View, Watch
from casa_lab.histograms.snapshot import (
    collect,
    read_catalog,
    read_histogram,
    read_index,
    write_snapshot,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "histograms.zip"


def one(storage: bh.storage.Storage | None = None) -> bh.Histogram:
    histogram = bh.Histogram(bh.axis.Regular(3, 0, 3), storage=storage or bh.storage.Double())
    return histogram.fill([0.5, 1.5, 1.5])


def test_collect_finds_histograms_in_nested_mappings() -> None:
    mass, pt, eta = one(), hist.new.Reg(2, 0, 1).Double(), one()
    accumulator: Mapping[object, object] = defaultdict(
        dict,
        {
            "mass": mass,
            "ttbar": {"jets": MappingProxyType({"pt": pt, 2: eta}), "sumw": 3.0},
            "events": 12,
            "names": {"a", "b"},
        },
    )
    found = collect(accumulator)
    assert list(found) == ["mass", "ttbar/jets/pt", "ttbar/jets/2"]
    assert found["mass"] is mass
    assert found["ttbar/jets/pt"] is pt


def test_collect_takes_a_bare_histogram_and_keeps_paths_apart() -> None:
    histogram = one()
    assert collect(histogram) == {"histogram": histogram}
    assert list(collect({"a/b": one(), "a": {"b": one()}})) == ["a/b", "a/b (2)"]
    assert collect({"a": 1}) == {}


def test_catalog_describes_axes_and_storage(path: Path) -> None:
    histogram = hist.Hist(
        hist.axis.StrCategory([], growth=True, name="dataset", label="Dataset"),
        hist.axis.IntCategory([13, 11], name="flavour"),
        hist.axis.Boolean(name="tight"),
        hist.axis.Regular(3, 0, 1, label=r"$p_{T}$ [GeV]"),
        hist.axis.Variable([0, 1, 5], name="ht", underflow=False),
        hist.axis.Integer(0, 4, name="njets"),
        storage=hist.storage.Weight(),
        label="Selected events",
    )
    write_snapshot(path, {"sel/all": histogram, "raw": one()}, 3, {"dy": 0.25}, final=False)

    catalog = read_catalog(path)
    assert catalog.sequence == 3
    described, raw = catalog.histograms
    assert (described.path, described.label) == ("sel/all", "Selected events")
    assert described.storage == "weighted"
    assert described.problem is None
    assert [axis.name for axis in described.axes] == [
        "dataset",
        "flavour",
        "tight",
        r"$p_{T}$ [GeV]",
        "ht",
        "njets",
    ]
    assert [axis.kind for axis in described.axes] == [
        "category_str",
        "category_int",
        "boolean",
        "regular",
        "variable",
        "integer",
    ]
    assert [axis.categories for axis in described.axes[:4]] == [
        [],
        ["13", "11"],
        ["False", "True"],
        None,
    ]
    assert [axis.bins for axis in described.axes] == [0, 2, 2, 3, 2, 4]
    assert [axis.underflow for axis in described.axes] == [False, False, False, True, False, True]
    assert [axis.overflow for axis in described.axes] == [False, True, False, True, True, True]
    assert [axis.discrete for axis in described.axes] == [True, True, True, False, False, False]
    assert described.axes[0].label == "Dataset"
    assert described.axes[3].label == r"$p_{T}$ [GeV]"
    assert (raw.label, raw.axes[0].name, raw.axes[0].label) == ("raw", "axis0", "axis0")


def test_axes_always_have_different_names(path: Path) -> None:
    histogram = bh.Histogram(
        bh.axis.Regular(2, 0, 1, metadata="mass"), bh.axis.Regular(2, 0, 1, metadata="mass")
    )
    write_snapshot(path, {"h": histogram}, 1, {}, final=False)
    (described,) = read_catalog(path).histograms
    assert [axis.name for axis in described.axes] == ["mass", "axis1"]


def test_index_tells_what_is_behind_the_histograms(path: Path) -> None:
    write_snapshot(path, {}, 7, {"dy": 0.5, "ttbar": 1.0}, final=True)
    index = read_index(path)
    assert (index.sequence, index.fractions, index.final) == (7, {"dy": 0.5, "ttbar": 1.0}, True)
    assert index.histograms == []


@pytest.mark.parametrize(
    "storage",
    [
        bh.storage.Int64(),
        bh.storage.AtomicInt64(),
        bh.storage.Double(),
        bh.storage.Unlimited(),
        bh.storage.Weight(),
    ],
)
def test_contents_come_back(path: Path, storage: bh.storage.Storage) -> None:
    histogram = one(storage)
    write_snapshot(path, {"h": histogram}, 1, {}, final=False)
    assert bh.Histogram(read_histogram(path, "h")) == histogram


@pytest.mark.parametrize("storage", [bh.storage.Mean(), bh.storage.WeightedMean()])
def test_means_come_back(path: Path, storage: bh.storage.Storage) -> None:
    histogram = bh.Histogram(bh.axis.Regular(2, 0, 1), storage=storage)
    histogram.fill([0.2, 0.3, 0.7, 0.8], sample=[1, 2, 5, 7])
    write_snapshot(path, {"h": histogram}, 1, {}, final=False)
    read = bh.Histogram(read_histogram(path, "h"))
    np.testing.assert_array_equal(read.values(), histogram.values())
    np.testing.assert_array_equal(read.variances(), histogram.variances())


def test_any_path_can_be_stored(path: Path) -> None:
    paths = ["a/b", "a_b", "../../etc/passwd", "index", "µ µ", "", "$m_{\\mu}$", "C:\\x"]
    histograms = {
        name: bh.Histogram(bh.axis.Integer(0, 10)).fill(number) for number, name in enumerate(paths)
    }
    write_snapshot(path, histograms, 1, {}, final=False)
    for name, histogram in histograms.items():
        assert bh.Histogram(read_histogram(path, name)) == histogram
    with zipfile.ZipFile(path) as archive:
        assert all("/" not in entry and ".." not in entry for entry in archive.namelist())


def test_the_file_is_uncompressed_uhi(path: Path) -> None:
    histogram = one()
    write_snapshot(path, {"mass": histogram}, 1, {}, final=False)
    with zipfile.ZipFile(path) as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert bh.Histogram(uhi.io.zip.read(archive, "mass")) == histogram


def test_metadata_that_json_cannot_hold_is_left_out(path: Path) -> None:
    histogram = bh.Histogram(bh.axis.Regular(2, 0, 1, metadata=object()), metadata={"a": {1, 2}})
    write_snapshot(path, {"h": histogram}, 1, {}, final=False)
    assert read_catalog(path).histograms[0].axes[0].name == "axis0"


def test_what_uhi_cannot_express_is_listed_with_its_problem(path: Path) -> None:
    cells = bh.Histogram(bh.axis.Regular(2, 0, 1), storage=bh.storage.MultiCell(2))
    write_snapshot(path, {"cells": cells, "good": one(), "none": bh.Histogram()}, 1, {}, True)
    cells_entry, good, none = read_catalog(path).histograms
    assert cells_entry.problem is not None
    assert "MultiCell storage" in cells_entry.problem
    assert good.problem is None
    assert none.problem == "This histogram has no axis to draw along."
    with pytest.raises(NotFound, match="MultiCell storage"):
        read_histogram(path, "cells")


def test_what_is_not_there_is_said(path: Path) -> None:
    with pytest.raises(NotFound, match="no histograms yet"):
        read_catalog(path)
    write_snapshot(path, {"dimuon_mass": one()}, 1, {}, final=False)
    with pytest.raises(NotFound, match=r"no histogram 'dimuon_mas'\. Did you mean 'dimuon_mass'"):
        read_histogram(path, "dimuon_mas")


def test_readers_load_neither_hist_nor_boost_histogram(path: Path) -> None:
    write_snapshot(path, {"mass": one()}, 1, {"dy": 0.5}, final=False)
    watch = Watch(watch="w", run="r", histogram="mass", view=View(x="axis0"))
    program = f"""
import sys
from pathlib import Path
from casa_lab.histograms import drawing, frames, models, snapshot
watch = models.Watch.model_validate_json({watch.model_dump_json()!r})
index, uhi = snapshot.read_with_index(Path({str(path)!r}), watch.histogram)
frames.make_frame(watch, index, drawing.draw(drawing.Source('', uhi), watch.view))
heavy = {{"boost_histogram", "hist", "awkward", "uproot", "coffea", "dask", "matplotlib"}}
sys.exit(", ".join(heavy & set(sys.modules)) or 0)
"""
    subprocess.run([sys.executable, "-c", program], check=True)
