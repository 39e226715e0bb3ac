"""``casa-lab export`` hands its options on, and says where the files are."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import hist
import pytest

from casa_lab.cli import main
from casa_lab.histograms.snapshot import write_snapshot
from casa_lab.runs.folder import RunFolder


@pytest.fixture
def run(put_run: Callable[..., RunFolder]) -> str:
    """A run that is done, with two histograms."""
    folder = put_run("done")
    histogram = hist.new.StrCat(["dy"], name="dataset").Reg(2, 0, 2, name="x").Double()
    histogram.fill("dy", [0.5, 0.5, 1.5])
    write_snapshot(folder.histograms, {"mass": histogram, "pt": histogram}, 1, {"dy": 1.0}, True)
    return folder.id


def test_one_of_them(run: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mass.csv"
    assert main(["export", run[-4:], "mass", "-o", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}\n"
    with path.open(newline="") as stream:
        lines = [line for line in csv.DictReader(stream) if line["series"] == "dy"]
    assert [float(line["value"]) for line in lines] == [2, 1]


def test_all_of_them_as_code(run: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    look = ["--style", "cms", "--status", "Preliminary", "--luminosity", "59.8", "--energy", "13"]
    out = tmp_path / "paper"
    assert main(["export", run, "--format", "code", "--log", *look, "-o", str(out)]) == 0
    assert capsys.readouterr().out.split() == [f"{out}/mass.py", f"{out}/pt.py"]
    code = (out / "mass.py").read_text()
    assert 'mplhep.cms.label("Preliminary", data=False, lumi=59.8, com=13, ax=ax)' in code
    assert 'ax.set_yscale("log")' in code


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nothing"], "There is no run 'nothing'"),
        (["0001", "eta"], "This run has no histogram 'eta'."),
        (["0001", "--whole"], "Leave out 'whole'"),
        (["0001", "--luminosity", "nan", "--format", "csv"], "Field 'look.luminosity'"),
    ],
)
def test_what_makes_no_sense(
    run: str, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", *arguments]) == 2
    assert sentence in capsys.readouterr().err
