"""The parts of the browser's benchmark that need no browser: runs that are played, tables."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from apart import importable

from casa_lab.histograms.snapshot import read_all, read_catalog
from casa_lab.runs import manager

PACKAGE = "browser_benchmarks"


@pytest.fixture(scope="module", autouse=True)
def package() -> Iterator[None]:
    with importable("browser", PACKAGE):
        yield


def module(name: str) -> Any:
    return import_module(f"{PACKAGE}.{name}")


def test_a_played_run_goes_on_and_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CASA_DATA_DIR", str(tmp_path))
    played = module("played")
    run, other = (played.PlayedRun(name, played.stacked_histograms(2)) for name in "ab")
    run.step()
    run.step()
    other.follow(run)
    for id_ in (run.id, other.id):
        shown = manager.get(id_)
        assert (shown.state, shown.histograms_sequence) == ("running", 2)
    assert run.folder.histograms.read_bytes() == other.folder.histograms.read_bytes()
    for each in (run, other):
        each.finish()
    assert manager.get(run.id).state == "done"
    catalog = read_catalog(run.folder.histograms)
    assert [axis.bins for axis in catalog.histograms[0].axes] == [5, 100]


def test_a_large_accumulator_has_its_size(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CASA_DATA_DIR", str(tmp_path))
    played = module("played")
    run = played.PlayedRun("large", played.varied_histograms(2, 100, 154))
    run.fill(1000)
    run.finish()
    [axis, _] = read_catalog(run.folder.histograms).histograms[0].axes
    assert axis.nominal == "nominal"
    sizes = [
        sum(part.nbytes for part in uhi["storage"].values() if hasattr(part, "nbytes"))
        for uhi in read_all(run.folder.histograms).values()
    ]
    # Two hundred of them are 50 MB.
    assert sum(sizes) == pytest.approx(2 / 200 * 50e6, rel=0.02)


def test_tables_say_what_was_measured_and_what_it_may_be() -> None:
    times = {"median": 7.2, "p95": 21.9, "most": 33.0}
    found = {
        "seconds": 20,
        "watches": 21,
        "redrawn": 21,
        "updates a second": 3.96,
        "bytes": 20_500_000,
        "painted": times,
        "until next": times,
        "longest": 62.0,
        "animation frames": times,
        "busy": 0.314,
    }
    lines = {line[0]: line[1:] for line in module("report").lines("live view", found)}
    assert lines["frame received to painted, median / p95 / longest"] == [
        "7 / 22 / 33 ms",
        "p95 50 ms",
    ]
    assert lines["longest task"] == ["62 ms", "100 ms"]
    assert lines["main thread busy"][0] == "31 %"


def test_memory_is_compared_after_a_quarter_of_the_hour() -> None:
    samples = [
        {"heap": 1e6 * heap, "embedder": 0, "buffers": 0, "nodes": 5_000, "listeners": 100}
        for heap in (10, 30, 31, 32, 33)
    ]
    found = {"updates": 14_400, "seconds": 300.0, "samples": samples}
    values = [line[1] for line in module("report").lines("an hour", found)]
    assert values[2:5] == ["30.0 MB", "33.0 MB", "33.0 MB"]
