"""What is copied from a run, as code or as a command, launches the same run when it is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from coffea.util import load
from comparison import assert_same_accumulator

import casa_lab
from casa_lab.clusters.models import Cluster
from casa_lab.runs import manager
from casa_lab.runs.folder import open_run
from casa_lab.runs.history import transcript as transcripts
from casa_lab.runs.history.again import request_of, rerun
from casa_lab.runs.history.transcript import transcript
from casa_lab.runs.models import NewRun, ProcessorReference, Run

from .conftest import CHUNK, EVENTS, FILES, newest_run
from .gates import Gate, wait_for_end

HOSTILE = 'it\'s "$HOME" `id` \\ 🎉\n<b>--x=y'
"""A name that shells, Python and HTML each have a reason to trip over."""

DATASET = HOSTILE.replace("🎉", "")
"""Coffea takes ASCII only here."""

SPECTRUM = """
import hist
from coffea import processor
from unit import UNIT

class Spectrum(processor.ProcessorABC):
    schema_name = "BaseSchema"

    def __init__(self, label, edges=(0.0, 1.0), options=None):
        self.label, self.edges = label, list(edges)

    def process(self, events):
        counts = hist.Hist.new.Var(self.edges, name="x").Weight()
        return {self.label: counts.fill(x=events.x * UNIT), "n": len(events)}

    def postprocess(self, accumulator):
        return accumulator
"""

ARGUMENTS = {
    "label": HOSTILE,
    "edges": [0.0, 0.25, 1],
    "options": {"2018": None, "it's": [True, -1.5, HOSTILE]},
}


@pytest.fixture
def spectrum(tmp_path: Path) -> Path:
    """A file with a processor, and one that it imports, in a folder of any name."""
    folder = tmp_path / HOSTILE.replace("/", "").replace("\n", " ")
    folder.mkdir()
    (folder / "unit.py").write_text("UNIT = 0.5\n")
    (folder / "spectrum.py").write_text(SPECTRUM)
    return folder / "spectrum.py"


@pytest.fixture
def original(spectrum: Path, fileset: dict[str, Any], cluster: Cluster) -> Run:
    """A run that has ended, with everything about it that can be chosen."""
    datasets = {DATASET: fileset["signal"], "background": fileset["background"]}
    reference = ProcessorReference(location=f"{spectrum}:Spectrum", arguments=ARGUMENTS)
    new = NewRun(
        processor=reference,
        datasets=list(datasets),
        chunksize=CHUNK,
        fail_fast=True,
        name=f"-{HOSTILE}",
        tags=["it's", "-a b"],
        note=HOSTILE,
    )
    run = wait_for_end(manager.launch(new, datasets, cluster.id, "sidebar").id)
    assert (run.state, run.progress.events_done) == ("done", FILES * EVENTS), run.message
    return run


def assert_the_same(run: str, other: str) -> None:
    """Check that two runs were asked for, and ended, alike."""
    first, second = open_run(run), open_run(other)
    assert_same_accumulator(load(first.result), load(second.result))
    different = {"id", "created", "door"}
    asked = [each.spec().model_dump(exclude=different) for each in (first, second)]
    assert asked[0] == asked[1]


def run_in_shell(command: str, folder: Path) -> str:
    """Run a command as a terminal does, and return the id of the run."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return newest_run().id


def run_in_python(code: str, folder: Path) -> str:
    """Run code as a notebook does, wait for the run, and return its id."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nrun.result()\n"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return newest_run().id


@pytest.mark.parametrize("most_files", [transcripts.MOST_FILES, 0])
def test_the_copied_code_launches_the_same_run(
    original: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_files: int
) -> None:
    monkeypatch.setattr(transcripts, "MOST_FILES", most_files)
    code = transcript(original.id).code
    assert ("json.loads" in code) == (most_files == 0)
    again = run_in_python(code, tmp_path)
    assert again != original.id
    assert_the_same(original.id, again)


def test_what_a_notebook_made_is_copied(
    fileset: dict[str, Any], cluster: Cluster, gate: Gate, tmp_path: Path
) -> None:
    gate.open()
    first = casa_lab.launch(gate.processor(), fileset, cluster.id, chunksize=CHUNK, note=HOSTILE)
    output = first.result()
    copied = transcript(first.id)
    for run, text in ((run_in_python, copied.code), (run_in_shell, copied.command)):
        again = wait_for_end(run(text, tmp_path))
        assert again.id != first.id
        assert_same_accumulator(load(open_run(again.id).result), output)
    request = request_of(first.id, {})
    assert request.processor is not None
    assert not request.is_current


def test_the_copied_command_launches_the_same_run(original: Run, tmp_path: Path) -> None:
    command = transcript(original.id).command
    assert not command.endswith("\n")  # pasted into a terminal, it waits
    again = run_in_shell(command, tmp_path)
    assert again != original.id
    assert_the_same(original.id, again)


def test_a_changed_file_does_not_change_what_was_copied(
    original: Run, spectrum: Path, tmp_path: Path
) -> None:
    spectrum.with_name("unit.py").write_text("UNIT = 2\n")
    again = run_in_shell(transcript(original.id).command, tmp_path)
    assert_same_accumulator(load(open_run(again).result), load(open_run(original.id).result))
    # It works where the original did: relative paths among the arguments are the same.
    assert open_run(again).spec().directory == str(spectrum.parent)


def test_a_run_is_asked_for_again_with_changes(original: Run, spectrum: Path) -> None:
    now = {"background": open_run(original.id).spec().fileset["background"]}
    request = request_of(original.id, now)
    assert request.is_current
    assert request.new.processor.arguments == ARGUMENTS
    assert request.new.cluster == original.cluster
    assert [(each.dataset, each.is_current) for each in request.datasets] == [
        (DATASET, False),
        ("background", True),
    ]
    assert request.datasets[0].events == FILES * EVENTS // 2
    assert request.processor is not None
    assert [each.name for each in request.processor.parameters] == ["label", "edges", "options"]

    spectrum.write_text("")
    kept = request_of(original.id, now)
    assert not kept.is_current
    assert kept.processor is not None
    assert kept.new.processor.location.startswith(str(open_run(original.id).processor))


def test_a_rerun_is_the_same_run(original: Run) -> None:
    again = wait_for_end(rerun(original.id, "sidebar").id)
    assert_the_same(original.id, again.id)


NOTEBOOK = [
    "%matplotlib inline\nimport hist\nfrom coffea import processor",
    "from unit import UNIT\nfactor = UNIT * 2 / 2\nraise SystemExit('this cell is not run')",
    SPECTRUM.partition("\n\n")[2].replace("UNIT", "factor"),
]


def test_a_notebooks_processor_runs_and_runs_again(
    original: Run, spectrum: Path, fileset: dict[str, Any], cluster: Cluster, tmp_path: Path
) -> None:
    notebook = spectrum.with_name("01 it's 🎉.ipynb")
    cells = [{"cell_type": "code", "source": source} for source in NOTEBOOK]
    notebook.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    reference = ProcessorReference(location=f"{notebook}:Spectrum", arguments=ARGUMENTS)
    new = NewRun(processor=reference, datasets=list(fileset), chunksize=CHUNK)
    datasets = open_run(original.id).spec().fileset
    run = wait_for_end(manager.launch(new, datasets, cluster.id, "sidebar").id)
    assert run.state == "done", run.message
    assert_same_accumulator(load(open_run(run.id).result), load(open_run(original.id).result))
    # What the notebook becomes later is of no concern.
    notebook.unlink()
    spectrum.with_name("unit.py").unlink()
    again = run_in_shell(transcript(run.id).command, tmp_path)
    assert_same_accumulator(load(open_run(again).result), load(open_run(run.id).result))
