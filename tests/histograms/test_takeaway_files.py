"""Every format, read back by the tool that it is for, has the numbers of the view."""

from __future__ import annotations

import base64
import csv
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import hist
import numpy as np
import pytest
import uproot
import yaml

from casa_lab.errors import BadInput, Unavailable
from casa_lab.histograms.drawing import Source, draw
from casa_lab.histograms.frames import make_frame
from casa_lab.histograms.models import View, Watch
from casa_lab.histograms.snapshot import read_with_index, write_snapshot
from casa_lab.histograms.takeaway.files import check, make_file
from casa_lab.histograms.takeaway.jobs import Job, Part
from casa_lab.histograms.takeaway.models import Choice, Export, Look
from casa_lab.histograms.takeaway.process import make_file_apart

STACK = View(x="mass", stack="dataset", select={"variation": "nominal"}, flow=True)


def sample() -> hist.Hist:
    """Return a histogram whose data are counts, and whose simulation is weighted."""
    histogram = hist.Hist(
        hist.axis.StrCategory([], growth=True, name="dataset"),
        hist.axis.StrCategory(["nominal", "up"], name="variation"),
        hist.axis.Regular(3, 0, 3, name="mass", label=r"$m_{\mu\mu}$ [GeV]"),
        storage=hist.storage.Weight(),
        label="Events",
    )
    for variation in ("nominal", "up"):
        histogram.fill("=dy", variation, [-1, 0.5, 0.5, 1.5, 9], weight=[1, 2, 0.5, 0.25, 3])
        histogram.fill("Data", variation, [0.5, 0.5, 0.5, 2.5])
    return histogram


@pytest.fixture
def job(tmp_path: Path) -> Any:
    """Return what makes the job for an export of views."""

    def make(
        views: dict[str, View],
        histogram: hist.Hist | None = None,
        path: str = "z/mass",
        **export: Any,
    ) -> Job:
        snapshot = tmp_path / "histograms.zip"
        histogram = sample() if histogram is None else histogram
        write_snapshot(snapshot, {path: histogram}, 1, {"=dy": 1.0}, final=True)
        index, uhi = read_with_index(snapshot, path)
        parts = []
        for stem, view in views.items():
            watch = Watch(watch="", run="r", histogram=path, view=view)
            frame = make_frame(watch, index, draw(Source("run", uhi), view))
            parts.append(
                Part(
                    choice=Choice(histogram=path, view=view, order=["=dy"]),
                    histogram=index.histograms[0],
                    stem=stem,
                    frame=base64.b64encode(frame).decode(),
                )
            )
        return Job(name="h", snapshot=snapshot, export=Export(**export), parts=parts)

    return make


def test_uhi_of_a_view(job) -> None:
    read = hist.Hist(json.loads(make_file(job({"mass": STACK}, format="uhi"))))
    assert list(read.axes["dataset"]) == ["=dy", "Data"]
    expected = sample()[:, "nominal", :]
    np.testing.assert_array_equal(read.values(flow=True), expected.values(flow=True)[:2])
    np.testing.assert_array_equal(read.variances(flow=True), expected.variances(flow=True)[:2])
    assert read.axes["mass"].label == r"$m_{\mu\mu}$ [GeV]"


def test_uhi_of_a_view_without_flow_and_of_a_map(job) -> None:
    single = View(x="mass", rebin=3)
    read = hist.Hist(json.loads(make_file(job({"mass": single}, format="uhi"))))
    assert read.ndim == 1
    np.testing.assert_array_equal(read.values(flow=True), [13.5])
    image = View(x="mass", y="variation", select={"dataset": "Data"})
    read = hist.Hist(json.loads(make_file(job({"map": image}, format="uhi"))))
    np.testing.assert_array_equal(read.values(), [[3, 3], [0, 0], [1, 1]])


def test_uhi_of_all(job) -> None:
    made = json.loads(make_file(job({"mass": STACK}, format="uhi", whole=True)))
    read = hist.Hist(made)
    assert read.axes.name == ("dataset", "variation", "mass")
    np.testing.assert_array_equal(read.view(flow=True), sample().view(flow=True))


def test_root_of_a_view(job, tmp_path: Path) -> None:
    file = read_root(make_file(job({"mass": STACK}, format="root")), tmp_path)
    assert file.classnames(cycle=False) == {
        "mass": "TDirectory",
        "mass/dy": "TH1D",
        "mass/Data": "TH1D",
    }
    expected = sample()[:, "nominal", :]
    for name, category in (("dy", "=dy"), ("Data", "Data")):
        written = file[f"mass/{name}"]
        np.testing.assert_array_equal(written.axis().edges(), [0, 1, 2, 3])
        np.testing.assert_array_equal(
            written.values(flow=True), expected[category, :].values(flow=True)
        )
        np.testing.assert_array_equal(
            written.variances(flow=True), expected[category, :].variances(flow=True)
        )


def test_root_of_all_has_each_category(job, tmp_path: Path) -> None:
    file = read_root(make_file(job({"mass": STACK}, format="root", whole=True)), tmp_path)
    assert set(file.keys(cycle=False, recursive=True, filter_classname="TH1D")) == {
        "mass/dy/nominal",
        "mass/dy/up",
        "mass/Data/nominal",
        "mass/Data/up",
    }
    written = file["mass/dy/up"]
    np.testing.assert_array_equal(written.values(flow=True), [1, 2.5, 0.25, 0, 3])
    np.testing.assert_array_equal(written.variances(flow=True), [1, 4.25, 0.0625, 0, 9])


def test_root_of_maps_counts_categories_and_means(job, tmp_path: Path) -> None:
    counts = hist.Hist(
        hist.axis.Regular(2, 0, 2, name="x"),
        hist.axis.Variable([0, 1, 5], name="y"),
        storage=hist.storage.Int64(),
    ).fill([0.5, 1.5, 1.5], [0.5, 3, 9])
    view = View(x="x", y="y")
    file = read_root(make_file(job({"xy": view}, counts, format="root")), tmp_path)
    np.testing.assert_array_equal(file["xy"].values(), [[1, 0], [0, 1]])
    file = read_root(make_file(job({"xy": view}, counts, format="root", whole=True)), tmp_path)
    assert file["xy"].classname == "TH2D"
    np.testing.assert_array_equal(file["xy"].values(flow=True), counts.values(flow=True))

    names = hist.Hist(hist.axis.StrCategory(["pre", "post"], name="cut")).fill(
        ["pre"] * 3 + ["post"]
    )
    cut = View(x="cut")
    file = read_root(make_file(job({"cut": cut}, names, format="root", whole=True)), tmp_path)
    assert file["cut"].axis().labels() == ["pre", "post"]
    np.testing.assert_array_equal(file["cut"].values(), [3, 1])

    means = hist.Hist(hist.axis.Regular(2, 0, 2, name="x"), storage=hist.storage.Mean())
    means.fill([0.5, 0.5], sample=[1, 3])
    mean = View(x="x")
    file = read_root(make_file(job({"m": mean}, means, format="root", whole=True)), tmp_path)
    assert file["m"].classname == "TProfile"
    assert file["m"].values()[0] == 2


def test_root_has_no_four_dimensions(job) -> None:
    axes = [hist.axis.Regular(2, 0, 2, name=name) for name in "abcd"]
    wanted = job({"h": View(x="a")}, hist.Hist(*axes), format="root", whole=True)
    with pytest.raises(BadInput, match=r"4 axes of numbers.*choose UHI"):
        make_file(wanted)


def test_csv_of_a_view(job) -> None:
    lines = read_csv(make_file(job({"mass": STACK}, format="csv")))
    by_series = {
        name: [line for line in lines if line["series"] == name] for name in ("'=dy", "Data", "")
    }
    simulated = by_series["'=dy"]
    assert [line["mass low"] for line in simulated] == ["-inf", "0.0", "1.0", "2.0", "3.0"]
    assert [line["mass high"] for line in simulated] == ["0.0", "1.0", "2.0", "3.0", "inf"]
    assert [float(line["value"]) for line in simulated] == [1, 2.5, 0.25, 0, 3]
    errors = np.sqrt([1, 4.25, 0.0625, 0, 9])
    np.testing.assert_allclose([float(line["error below"]) for line in simulated], errors)
    np.testing.assert_allclose([float(line["error above"]) for line in simulated], errors)
    data = by_series["Data"][1]
    assert (data["drawn as"], float(data["value"])) == ("data", 3)
    # Garwood's interval of 3 counts
    np.testing.assert_allclose(float(data["error below"]), 1.632705, rtol=1e-5)
    np.testing.assert_allclose(float(data["error above"]), 2.918186, rtol=1e-5)
    assert {line["drawn as"] for line in by_series[""]} == {"total"}


def test_csv_of_all(job) -> None:
    lines = read_csv(make_file(job({"mass": STACK}, format="csv", whole=True)))
    histogram = sample()
    assert len(lines) == histogram.values(flow=True).size
    values = [float(line["value"]) for line in lines]
    np.testing.assert_array_equal(values, histogram.values(flow=True).ravel())
    variances = [float(line["variance"]) for line in lines]
    np.testing.assert_array_equal(variances, histogram.variances(flow=True).ravel())
    assert (lines[1]["dataset"], lines[1]["mass low"], lines[1]["mass high"]) == (
        "'=dy",
        "0.0",
        "1.0",
    )


def test_hepdata_of_a_view(job) -> None:
    table = yaml.safe_load(make_file(job({"mass": STACK}, format="hepdata")))
    (mass,) = table["independent_variables"]
    assert mass["header"] == {"name": r"$m_{\mu\mu}$", "units": "GeV"}
    assert mass["values"] == [
        {"value": "< 0"},
        {"low": 0.0, "high": 1.0},
        {"low": 1.0, "high": 2.0},
        {"low": 2.0, "high": 3.0},
        {"value": ">= 3"},
    ]
    dependent = {variable["header"]["name"]: variable for variable in table["dependent_variables"]}
    assert set(dependent) == {"=dy", "Data", "Events"}
    assert dependent["=dy"]["qualifiers"] == [{"name": "variation", "value": "nominal"}]
    assert dependent["=dy"]["values"][0] == {
        "value": 1.0,
        "errors": [{"symerror": 1.0, "label": "stat"}],
    }
    (error,) = dependent["Data"]["values"][1]["errors"]
    np.testing.assert_allclose(error["asymerror"]["minus"], -1.632705, rtol=1e-5)
    np.testing.assert_allclose(error["asymerror"]["plus"], 2.918186, rtol=1e-5)
    lengths = {len(variable["values"]) for variable in (mass, *dependent.values())}
    assert lengths == {5}


def test_several_histograms_make_an_archive_that_hepdata_takes(job) -> None:
    views = {"one": STACK, "two": View(x="mass")}
    archive = zipfile.ZipFile(io.BytesIO(make_file(job(views, format="hepdata"))))
    assert archive.namelist() == ["one.yaml", "two.yaml", "submission.yaml"]
    tables = list(yaml.safe_load_all(archive.read("submission.yaml")))
    assert [table["data_file"] for table in tables] == ["one.yaml", "two.yaml"]
    assert all(table["name"] and table["description"] for table in tables)
    assert yaml.safe_load(archive.read("two.yaml"))["dependent_variables"]


@pytest.mark.parametrize(
    ("form", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")]
)
def test_pictures(job, form: str, start: bytes) -> None:
    wanted = job({"mass": STACK}, format=form, look=Look(style="cms", status="Preliminary"))
    assert make_file_apart(wanted).startswith(start)


@pytest.mark.parametrize("form", ["png", "hepdata"])
def test_what_shows_a_view_cannot_hold_all(form: str) -> None:
    with pytest.raises(BadInput, match="Leave out 'whole'"):
        check(Export(format=form, whole=True))


def test_a_process_that_takes_too_long_is_given_up(job) -> None:
    forever = (sys.executable, "-c", "import time; time.sleep(3600)")
    with pytest.raises(Unavailable, match=r"not ready after 0\.2 s"):
        make_file_apart(job({"mass": STACK}, format="csv"), 0.2, forever)


@pytest.mark.parametrize(
    ("code", "error", "sentence"),
    [
        ("import sys; print('Bad.', file=sys.stderr); sys.exit(2)", BadInput, "^Bad.$"),
        ("import sys; print('Lacking.', file=sys.stderr); sys.exit(3)", Unavailable, "^Lacking.$"),
        ("import os; os.abort()", Unavailable, "could not be made"),
    ],
)
def test_a_process_that_fails_says_why(
    job, code: str, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        make_file_apart(job({"mass": STACK}, format="csv"), command=(sys.executable, "-c", code))


def test_without_mplhep_a_sentence_says_what_to_install(job, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "mplhep", None)
    with pytest.raises(Unavailable, match="pip install mplhep"):
        make_file(job({"mass": STACK}, format="png"))


def read_root(data: bytes, folder: Path) -> Any:
    path = folder / "read.root"
    path.write_bytes(data)
    return uproot.open(path)


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))
