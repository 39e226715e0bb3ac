"""Dry runs from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest
from distributed import Client
from distributed.client import WorkerStartTimeoutError

from casa_lab.cli import main
from casa_lab.clusters import manager as clusters
from casa_lab.runs import manager as runs

EXAMPLES = Path(__file__).parents[2] / "examples"

BROKEN = """
import awkward as ak
import neighbour
from coffea import processor


class Broken(processor.ProcessorABC):
    def process(self, events):
        return {"sum": ak.sum(neighbour.of(events))}
"""


def dry_run(*arguments: object) -> int:
    return main(["dry-run", *map(str, arguments)])


def test_a_run_is_predicted_on_a_cluster_of_its_own(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    location = f"{EXAMPLES}/dimuon.py:DimuonProcessor"
    assert dry_run(location, "--fileset", sample, "--datasets", "TTbar", "--workers", 1) == 0
    printed = capsys.readouterr().out
    assert printed.split()[:2] == ["Dataset", "Files"]
    assert "TTbar" in printed
    assert "WJets" not in printed
    assert "on 1 worker with chunks of 200,000 events; a good chunk size is" in printed
    assert clusters.list_clusters() == []
    assert runs.list_runs() == []


def test_it_goes_on_with_the_workers_that_came(
    sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(*_: object, **__: object) -> NoReturn:
        raise WorkerStartTimeoutError(1, 2, 60.0)

    monkeypatch.setattr(Client, "wait_for_workers", too_late)
    location = f"{EXAMPLES}/dimuon.py:DimuonProcessor"
    assert dry_run(location, "--fileset", sample, "--datasets", "TTbar", "--workers", 1) == 0
    assert "on 1 worker" in capsys.readouterr().out
    assert clusters.list_clusters() == []


def test_errors_show_with_the_lines_of_the_user(
    cluster: str, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.py").write_text(BROKEN)
    (tmp_path / "neighbour.py").write_text("def of(events):\n    return events.Nonesuch.pt\n")
    location = f"{tmp_path}/broken.py:Broken"
    assert dry_run(location, "--fileset", sample, "--cluster", cluster) == 1
    printed = capsys.readouterr().out
    assert "The processor raised AttributeError: no field named 'Nonesuch'" in printed
    assert printed.count("Traceback") == 1  # for all datasets together
    assert "broken.py" in printed
    assert "neighbour.py" in printed
    assert "site-packages" not in printed


def test_a_mistake_in_the_request_starts_nothing(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    location = f"{EXAMPLES}/dimuon.py:DimuonProcesor"
    assert dry_run(location, "--fileset", sample) == 2
    assert "Did you mean 'DimuonProcessor'?" in capsys.readouterr().err
    assert clusters.list_clusters() == []
