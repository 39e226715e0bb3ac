"""Failures are listed, tried again and accepted in the terminal."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from coffea.util import load

from casa_lab.cli import main
from casa_lab.clusters import manager as clusters
from casa_lab.clusters.states import ENDED_STATES
from casa_lab.datasets.fileset import load_fileset
from casa_lab.folders import read_json
from casa_lab.runs import manager as runs

PROCESSOR = """
import awkward as ak
from coffea import processor


def leading(events):
    return events.Muon.pt[:, 0]


class Leading(processor.ProcessorABC):
    def process(self, events):
        if "breaks" in events.metadata["filename"]:
            leading(events)
        return {"events": len(events)}

    def postprocess(self, accumulator):
        return accumulator
"""


@pytest.fixture
def run(cluster: str, sample: Path, tmp_path: Path) -> str:
    """Id of a run in which one file is missing, and the processor breaks for another."""
    good, other = list(load_fileset(sample)["TTbar"]["files"])[:2]
    breaking = tmp_path / "breaks.root"
    shutil.copyfile(other, breaking)
    files = dict.fromkeys([good, str(breaking), str(tmp_path / "later.root")], "Events")
    (tmp_path / "fileset.json").write_text(json.dumps({"TTbar": {"files": files}}))
    (tmp_path / "leading.py").write_text(PROCESSOR)
    options = ["--fileset", tmp_path / "fileset.json", "--cluster", cluster, "-o", tmp_path / "out"]
    assert main(["run", f"{tmp_path / 'leading.py'}:Leading", *map(str, options)]) == 1
    return runs.list_runs()[0].id


def numbered(printed: str, text: str) -> str:
    """Return the number that failures of some text have in a list."""
    [line] = [line for line in printed.splitlines() if text in line and line[:1].isdigit()]
    return line.partition(".")[0]


def test_failures_from_the_list_to_their_end(
    run: str, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["failures", run]) == 0
    printed = capsys.readouterr().out
    assert "The processor raised " in printed
    assert "return events.Muon.pt[:, 0]" in printed
    assert "highlevel.py" not in printed
    breaks, later = (numbered(printed, text) for text in ("raised", "There is no file"))
    assert main(["failures", run, "--traceback"]) == 0
    assert "highlevel.py" in capsys.readouterr().out

    assert main(["failures", run[-6:], "--code", breaks]) == 0
    code = capsys.readouterr().out
    with pytest.raises(Exception, match="cannot slice"):
        exec(code, {})

    shutil.copyfile(next(iter(load_fileset(sample)["TTbar"]["files"])), tmp_path / "later.root")
    out = tmp_path / "again"
    assert main(["retry", run, "--group", later, "-o", str(out)]) == 1
    printed = capsys.readouterr().out
    assert "There is no file" not in printed
    assert "The processor raised " in printed
    events = load(out / "result.coffea")["events"]
    assert events == runs.get(run).progress.events_done

    assert main(["accept", run, "--group", "1"]) == 0
    printed = capsys.readouterr().out
    assert f"{run} is done. Done. Left out, as was accepted: " in printed
    assert main(["failures", run]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("No failures.\nAccepted as missing:\n1. TTbar, ")
    assert main(["retry", run]) == 1
    assert "The run has no failures." in capsys.readouterr().err
    assert main(["retry", run, "--accepted", "-o", str(out)]) == 1
    assert runs.get(run).progress.chunks_failed == 1
    summary = read_json(out / "run.json")
    assert summary is not None
    assert "failures.jsonl" in summary["files"]


def test_a_cluster_that_was_started_for_a_retry_does_not_stay(
    run: str, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the cluster of the run had stopped meanwhile.
    known = clusters.list_clusters
    monkeypatch.setattr(
        clusters, "list_clusters", lambda: [each for each in known() if each.id != cluster]
    )
    assert main(["retry", run]) == 1
    used = runs.get(run).cluster
    assert used not in (None, cluster)
    monkeypatch.undo()
    assert [each.id for each in known() if each.state not in ENDED_STATES] == [cluster]


def test_numbers_and_runs_that_there_are_not(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["failures", run, "--code", "9"], ["retry", run, "--group", "9"]):
        assert main(command) == 2
        assert "There is no failure 9" in capsys.readouterr().err
    assert main(["accept", "none"]) == 2
    assert "There is no run 'none'. 'casa-lab runs' lists" in capsys.readouterr().err
