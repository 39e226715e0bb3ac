"""Rerun with more files, with real drivers: nothing that is on disk is processed again."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from coffea.util import load
from comparison import assert_same_accumulator

import casa_lab
from casa_lab.cli import main
from casa_lab.clusters.models import Cluster
from casa_lab.errors import Conflict, NotFound
from casa_lab.folders import read_json
from casa_lab.runs import manager
from casa_lab.runs.folder import open_run
from casa_lab.runs.history.details import details
from casa_lab.runs.models import NewRun, Run

from .conftest import CHUNK, EVENTS, FILES, write_file
from .gates import Gate, wait_for, wait_for_end
from .partial import counted_chunks

OLD = 2
"""Files of each dataset that the older run has."""


def first_files(fileset: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a fileset with so many of the files of its first dataset, and without the others."""
    name, dataset = next(iter(fileset.items()))
    files = list(dataset["files"].items())
    # The new run has them in the middle of others.
    return {name: {**dataset, "files": dict(files[-number:])}}


def start(fileset: dict[str, Any], gate: Gate, cluster: Cluster, **options: Any) -> Run:
    new = NewRun(processor=gate.reference, datasets=list(fileset), **options)
    return manager.launch(new, fileset, cluster.id, "command line")


def test_more_files_are_added_although_the_driver_is_killed(
    fileset: dict[str, Any], gate: Gate, cluster: Cluster, expected: Any
) -> None:
    gate.allow(2 * OLD)
    older = start(first_files(fileset, OLD), gate, cluster, chunksize=CHUNK)
    with pytest.raises(Conflict, match=r"It can be continued once it has ended"):
        start(fileset, gate, cluster, continues=older.id)
    assert wait_for_end(older.id).message == "Done."
    folder = open_run(older.id)
    lasting = [*folder.groups.iterdir(), folder.result, folder.metrics, folder.histograms]
    kept = {path: path.read_bytes() for path in lasting}
    counted = counted_chunks(older.id)
    assert len(counted) == 2 * OLD

    run = start(fileset, gate, cluster, continues=older.id)
    assert run.chunksize == CHUNK
    gate.allow(3)
    wait_for(run.id, lambda found: found.progress.chunks_done >= 2 * OLD + 2, "a new batch")
    gate.wait_for_calls(2 * OLD + 5)  # both workers wait at the gate again
    owner = read_json(open_run(run.id).path / "owner.json")
    assert owner is not None
    os.kill(owner["pid"], signal.SIGKILL)
    assert wait_for_end(run.id).state == "lost"
    counted |= counted_chunks(run.id)
    assert len(counted) >= 2 * OLD + 2

    manager.resume(run.id)
    gate.open()
    done = wait_for_end(run.id)
    assert (done.state, done.message) == ("done", "Done.")
    assert done.progress.events_done == done.progress.events_total == FILES * EVENTS
    assert_same_accumulator(load(open_run(run.id).result), expected)
    assert {gate.calls()[name] for name in counted} == {1}, "what was counted came again"
    assert manager.metrics(run.id).sessions > manager.metrics(older.id).sessions
    assert details(run.id).continues == older.id
    assert {path: path.read_bytes() for path in kept} == kept, "the older run has changed"
    manager.delete(older.id)
    assert manager.get(run.id).state == "done"


def test_a_file_that_was_replaced_since_is_not_mixed_in(
    fileset: dict[str, Any], gate: Gate, cluster: Cluster, tmp_path: Path
) -> None:
    gate.open()
    [(name, dataset)] = first_files(fileset, 2).items()
    paths = [shutil.copy(file, tmp_path) for file in dataset["files"]]
    both = {name: {**dataset, "files": dict.fromkeys(map(str, paths), "Events")}}
    older = start({name: {**dataset, "files": {str(paths[0]): "Events"}}}, gate, cluster)
    assert wait_for_end(older.id).state == "done"
    write_file(Path(paths[0]), 99)
    run = start(both, gate, cluster, continues=older.id)
    failed = wait_for_end(run.id)
    assert failed.state == "failed"
    assert failed.message == (
        f"{paths[0]} is not the file that was counted: it was replaced. Launch a new run."
    )


def test_a_notebook_s_processor_goes_on_from_the_code_that_its_run_keeps(
    fileset: dict[str, Any],
    gate: Gate,
    cluster: Cluster,
    expected: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    gate.open()
    processor = gate.processor()
    first, second = first_files(fileset, 1), first_files(fileset, OLD)
    older = casa_lab.launch(processor, first, cluster.id, chunksize=CHUNK)
    older.result()
    # The very same in the same kernel is known to be the same.
    next_one = casa_lab.launch(processor, second, cluster.id, continues=older)
    next_one.result()
    # And without the kernel there is what the run keeps.
    more = tmp_path / "more.json"
    more.write_text(json.dumps(fileset))
    capsys.readouterr()
    assert main(["rerun", next_one.id, "--fileset", str(more), "--continue"]) == 0
    run = casa_lab.run(capsys.readouterr().out.strip())
    assert_same_accumulator(run.result(), expected)
    assert set(gate.calls().values()) == {1}, "what was counted came again"
    assert [details(each.id).continues for each in (next_one, run)] == [older.id, next_one.id]
    assert open_run(run.id).spec().directory == str(Path.cwd())

    with pytest.raises(Conflict, match=rf"'casa-lab rerun {older.id} --continue"):
        casa_lab.launch(gate.processor("signal-1-0"), fileset, cluster.id, continues=older)


def test_there_is_no_such_run(fileset: dict[str, Any], gate: Gate, cluster: Cluster) -> None:
    with pytest.raises(NotFound, match="There is no run 'nothing'"):
        start(fileset, gate, cluster, continues="nothing")
