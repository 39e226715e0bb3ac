"""The parts of the benchmarks that need no cluster: files, comparison, tables."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import hist
import pytest
import uproot
from apart import importable

PACKAGE = "engine_benchmarks"


@pytest.fixture(scope="module", autouse=True)
def package() -> Iterator[None]:
    with importable("engine", PACKAGE):
        yield


def module(name: str) -> Any:
    return import_module(f"{PACKAGE}.{name}")


def test_files_have_their_branches_and_a_uuid_of_their_own(tmp_path: Path) -> None:
    data = module("data")
    fileset = data.make_fileset(tmp_path, "narrow", 5, 100)
    first, second = fileset[data.DATASETS[0]]["files"]
    with uproot.open(first) as one, uproot.open(second) as other:
        assert len(one["Events"].keys()) == data.BRANCHES["narrow"]
        muons, counts = (one["Events"][name].array() for name in ("Muon_pt", "nMuon"))
        assert [len(event) for event in muons] == counts.tolist()
        assert other["Events"]["Muon_pt"].array().tolist() == muons.tolist()
        assert one.file.uuid != other.file.uuid


def test_files_are_made_once(tmp_path: Path) -> None:
    data = module("data")
    fileset = data.make_fileset(tmp_path, "narrow", 1, 100)
    [path] = fileset[data.DATASETS[0]]["files"]
    before = Path(path).stat().st_mtime_ns
    assert data.make_fileset(tmp_path, "narrow", 1, 100) == fileset
    assert Path(path).stat().st_mtime_ns == before


def test_results_are_the_same_to_rounding() -> None:
    assert_equal = module("equality").assert_equal
    histogram = hist.Hist.new.Reg(3, 0, 3).Weight().fill([1, 2], weight=[0.1, 0.2])
    assert_equal({"n": 1, "h": histogram}, {"n": 1, "h": histogram * (1 + 1e-12)})
    with pytest.raises(AssertionError, match="result/h"):
        assert_equal({"h": histogram}, {"h": histogram * (1 + 1e-6)})
    with pytest.raises(AssertionError, match="result/n is 1 and not 2"):
        assert_equal({"n": 1}, {"n": 2})


def test_ratios_are_taken_within_rounds() -> None:
    report = module("report")
    rounds = [
        {"coffea": {"wall": 10.0, "cpu": 4.0}, "casa": {"wall": 4.0, "cpu": 2.0}},
        {"coffea": {"wall": 20.0, "cpu": 4.0}, "casa": {"wall": 10.0, "cpu": 1.0}},
        {"coffea": {"wall": 30.0, "cpu": 4.0}, "casa": {"wall": 9.0, "cpu": 1.0}},
    ]
    assert report.ratios(rounds, "casa", "coffea") == pytest.approx([0.4, 0.5, 0.3])
    lines = report.pairs_lines(rounds)
    assert lines[0][-1] == "relative to coffea"
    assert lines[1] == ["casa", "9.0", "1.0", "0.40 (0.30 to 0.50)"]
    assert report.cpu_lines(rounds)[1] == ["casa", "0.25 (0.25 to 0.50)"]


def test_rungs_tell_the_cost_of_a_chunk() -> None:
    report = module("report")
    rung = {
        "chunks": 2_000,
        "wall": 3.0,
        "driver_cpu": 0.1,
        "scheduler_cpu": 0.3,
        "driver_rss": 200e6,
        "scheduler_rss": 90e6,
    }
    lines = report.rung_lines("chunks", [rung], "chunks")
    assert lines[1] == ["2,000", "3.0", "0.200", "200", "90"]


def test_the_page_of_results_tells_where_they_are_from() -> None:
    made = {"date": "2026-11-23", "machine": "2 cores", "options": {"files": 8}, "versions": {}}
    found = {"first histogram": 0.5, "snapshots": 7.0}
    page = module("report").document({"latency": {"made": made, "found": found}})
    assert "2026-11-23, 2 cores: files 8." in page
    assert "| first histogram | 0.50 s |\n| snapshots | 7 |" in page
