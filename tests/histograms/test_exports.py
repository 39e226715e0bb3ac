"""Histograms of a run come out as files, whatever people fill, and put wherever they say."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hist
import matplotlib as mpl
import numpy as np
import pytest
import uproot
import yaml
from byhand import RUN
from matplotlib import pyplot

import casa_lab
from casa_lab.errors import BadInput, Conflict, NotFound
from casa_lab.histograms.models import View
from casa_lab.histograms.snapshot import write_snapshot
from casa_lab.histograms.takeaway.files import make_pieces
from casa_lab.histograms.takeaway.models import Choice, Export
from casa_lab.runs.exports import order_file
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.frames import FrameMaker

Put = Callable[..., RunFolder]


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


@pytest.fixture
def put(put_run: Put) -> Put:
    """Make a run that is done, with these histograms."""

    def make(**histograms: hist.Hist) -> RunFolder:
        folder = put_run("done")
        write_snapshot(folder.histograms, histograms, 1, {}, final=True)
        return folder

    return make


def test_every_shape_is_drawn(put: Put) -> None:
    put(**SHAPES)
    before = mpl.rcParams.copy()
    job = order_file(RUN, Export(format="png"), FrameMaker())
    drawn = dict(make_pieces(job))
    assert list(drawn) == [f"{name}.png" for name in SHAPES]
    assert all(picture.startswith(b"\x89PNG") for picture in drawn.values())
    assert pyplot.get_fignums() == []
    styled = {name for name in before if not name.startswith("backend")}
    assert {name for name in styled if mpl.rcParams[name] != before[name]} == set()


def test_names_stay_apart_and_plain(put: Put) -> None:
    flat = SHAPES["flat"]
    put(**{"../../x": flat, "a/b": flat, "a b": flat, ".x": flat})
    job = order_file(RUN, Export(format="uhi", whole=True), FrameMaker())
    assert [name for name, _ in make_pieces(job)] == [
        "x.json",
        "a_b.json",
        "a_b-2.json",
        "x-2.json",
    ]


def uncertain() -> hist.Hist:
    """Return weights whose sums have no short decimals."""
    histogram = hist.new.StrCat(["dy"], name="dataset").Reg(20, 0, 1, name="x").Weight()
    random = np.random.default_rng(1)
    weight = random.normal(0, 1e-7, 1000)
    histogram.fill("dy", random.uniform(-0.2, 1.2, 1000), weight=weight)
    return histogram


def read_uhi(path: Path) -> tuple[Any, Any]:
    histogram = hist.Hist(json.loads(path.read_text()))
    return histogram.values().ravel(), histogram.variances().ravel()


def read_root(path: Path) -> tuple[Any, Any]:
    with uproot.open(path) as file:
        return file["spectrum/dy"].values(), file["spectrum/dy"].variances()


def read_csv(path: Path) -> tuple[Any, Any]:
    with path.open(newline="") as stream:
        lines = [line for line in csv.DictReader(stream) if line["series"] == "dy"]
    return tuple(
        np.array([float(line[name]) for line in lines]) ** power
        for name, power in (("value", 1), ("error above", 2))
    )


def read_hepdata(path: Path) -> tuple[Any, Any]:
    (row,) = (
        variable
        for variable in yaml.safe_load(path.read_text())["dependent_variables"]
        if variable["header"]["name"] == "dy"
    )
    values = np.array([entry["value"] for entry in row["values"]])
    return values, np.array([entry["errors"][0]["symerror"] for entry in row["values"]]) ** 2


def read_code(path: Path) -> tuple[Any, Any]:
    namespace: dict[str, Any] = {}
    with mpl.rc_context({"backend": "agg"}):
        exec(path.read_text(), namespace)
        pyplot.close("all")
    return namespace["layers"]["dy"], namespace["total_error"][1] ** 2


@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
@pytest.mark.parametrize(
    ("form", "suffix", "read"),
    [
        ("uhi", ".json", read_uhi),
        ("root", ".root", read_root),
        ("csv", ".csv", read_csv),
        ("hepdata", ".yaml", read_hepdata),
        ("code", ".py", read_code),
    ],
)
def test_numbers_come_out_as_they_are(
    put: Put,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    suffix: str,
    read: Callable[[Path], tuple[Any, Any]],
) -> None:
    monkeypatch.chdir(tmp_path)
    put(spectrum=uncertain())
    assert casa_lab.export(RUN, "spectrum", format=form) == [Path(f"spectrum{suffix}")]
    values, variances = read(Path(f"spectrum{suffix}"))
    np.testing.assert_array_equal(values, uncertain()["dy", :].values())
    # What is written is the uncertainty, of which the square is taken here.
    np.testing.assert_allclose(variances, uncertain()["dy", :].variances(), rtol=1e-15)


def test_whole_histograms_come_out_as_they_are(put: Put, tmp_path: Path) -> None:
    put(a=stacked(), b=uncertain())
    written = casa_lab.export(casa_lab.run(RUN), output=tmp_path / "all", format="uhi", whole=True)
    assert written == [tmp_path / "all" / "a.json", tmp_path / "all" / "b.json"]
    read = [hist.Hist(json.loads(path.read_text())) for path in written]
    assert read == [stacked(), uncertain()]
    assert read[0].axes["mass"].label == r"$m_{\mu\mu}$"


@pytest.mark.parametrize(
    ("name", "start"), [("x.png", b"\x89PNG"), ("x.svg", b"<?xml"), ("x.PDF", b"%PDF")]
)
def test_the_name_of_a_picture_says_what_it_is(
    put: Put, tmp_path: Path, name: str, start: bytes
) -> None:
    put(mass=stacked())
    view = View(x="mass", stack="dataset", select={"systematic": "up"})
    choice = Choice(histogram="mass", view=view, log=True)
    written = casa_lab.export(RUN, choice, output=tmp_path / name, style="cms", energy=13.6)
    assert written == [tmp_path / name]
    assert written[0].read_bytes().startswith(start)


def test_several_make_an_archive_or_a_folder(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(**{"z/mass": stacked(), "flat": SHAPES["flat"]})
    assert casa_lab.export(RUN, output="all.zip", format="csv") == [Path("all.zip")]
    assert zipfile.ZipFile("all.zip").namelist() == ["z_mass.csv", "flat.csv"]
    named = ["z_mass.yaml", "flat.yaml", "submission.yaml"]
    assert casa_lab.export(RUN, format="hepdata") == [Path("mass") / name for name in named]
    assert casa_lab.export(RUN, output="both.root") == [Path("both.root")]
    with uproot.open("both.root") as file:
        assert set(file.keys(cycle=False, filter_classname="TH1D")) == {
            "z_mass/dy",
            "z_mass/data",
            "z_mass/ttbar",
            "flat",
        }


@pytest.mark.parametrize(
    ("names", "options", "error", "sentence"),
    [
        (["mas"], {}, NotFound, "Did you mean 'mass'"),
        ([], {"output": "one.csv"}, BadInput, r"holds one histogram, and these are 2\..*\.zip"),
        ([], {"output": "one.jpg"}, BadInput, r"written as png, .* that end in \.png\..*\.pdf, "),
        (["flat"], {"output": "a/b.csv"}, BadInput, "b.csv cannot be written: no such file"),
        ([], {"style": "alice"}, BadInput, "Field 'look.style'"),
        ([], {"energy": -1}, BadInput, "Field 'look.energy'"),
        ([], {"whole": True}, BadInput, "Leave out 'whole'"),
    ],
)
def test_what_makes_no_sense(
    put: Put,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: list[str],
    options: dict[str, Any],
    error: type[Exception],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    put(mass=stacked(), flat=SHAPES["flat"])
    with pytest.raises(error, match=sentence):
        casa_lab.export(RUN, *names, **options)


def test_a_run_without_histograms(put_run: Put) -> None:
    put_run("running")
    with pytest.raises(Conflict, match="no histograms yet"):
        casa_lab.export(RUN)
