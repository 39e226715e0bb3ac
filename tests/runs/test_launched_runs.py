"""Runs with a driver process of their own: it may die, be stopped, or be there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from coffea.util import load
from comparison import assert_same_accumulator
from distributed import Client
from patience import wait_until

from casa_lab.clusters import manager as clusters
from casa_lab.clusters.models import Cluster, NewCluster
from casa_lab.errors import BadInput, Conflict
from casa_lab.folders import clusters_dir, read_json, runs_dir
from casa_lab.folders.journal import read_journal
from casa_lab.runs import manager
from casa_lab.runs.failures import recovery
from casa_lab.runs.folder import open_run
from casa_lab.runs.history import archive
from casa_lab.runs.history.details import details
from casa_lab.runs.models import NewRun, ProcessorReference, Run

from .conftest import CHUNK, EVENTS, FILES
from .gates import Gate, wait_for, wait_for_end
from .partial import assert_partial, counted_chunks

Launch = Callable[..., Run]


@pytest.fixture
def launch(cluster: Cluster, fileset: dict[str, Any]) -> Launch:
    def start(processor: ProcessorReference, on: str = cluster.id, **options: Any) -> Run:
        new = NewRun(processor=processor, datasets=list(fileset), chunksize=CHUNK, **options)
        return manager.launch(new, fileset, on, "command line")

    return start


def kill_owner(folder: Path) -> None:
    owner = read_json(folder / "owner.json")
    assert owner is not None
    os.kill(owner["pid"], signal.SIGKILL)


def test_a_killed_driver_is_resumed_and_does_nothing_twice(
    launch: Launch, gate: Gate, expected: Any, client: Client
) -> None:
    run = launch(gate.reference)
    assert run.state == "queued"
    gate.allow(5)
    wait_for(run.id, lambda found: found.progress.chunks_done >= 2, "a batch")
    gate.wait_for_calls(7)  # both workers wait at the gate again
    kill_owner(open_run(run.id).path)
    lost = wait_for_end(run.id)
    assert (lost.state, lost.resumable) == ("lost", True)
    assert "What it had counted is safe" in lost.message
    counted = counted_chunks(run.id)
    assert counted
    # A power cut leaves files empty that were being replaced.
    folder = open_run(run.id)
    for path in (folder.path / "state.json", folder.file_states, folder.metrics, folder.series):
        assert path.exists()
        path.write_bytes(b"")
    assert manager.get(run.id).state == "lost"

    manager.resume(run.id)
    with pytest.raises(Conflict, match="nothing to resume"):
        manager.resume(run.id)
    gate.open()
    done = wait_for_end(run.id)
    assert (done.state, done.message) == ("done", "Done.")
    assert done.progress.events_done == done.progress.events_total == FILES * EVENTS
    output = load(open_run(run.id).result)
    assert_same_accumulator(output, expected)
    assert {gate.calls()[name] for name in counted} == {1}
    states = [entry["event"] for entry in read_journal(open_run(run.id).journal)]
    assert states[-5:] == ["queued", "preparing", "running", "finishing", "done"]
    with pytest.raises(Conflict, match="The run is done: there is nothing to resume"):
        manager.resume(run.id)
    # Neither this driver nor the one that was killed left anything on the workers.
    plugins = client.run(lambda dask_worker: list(dask_worker.plugins))
    assert not [name for held in plugins.values() for name in held if name.startswith("casa-")]


def test_a_stopped_run_is_valid_and_its_resume_gives_the_whole(
    launch: Launch, gate: Gate, expected: Any, cluster: Cluster, tmp_path: Path
) -> None:
    run = launch(gate.reference, name="Stop and go")
    gate.allow(5)
    wait_for(run.id, lambda found: found.progress.chunks_done >= 2, "a batch")
    folder = open_run(run.id)

    # A second driver is refused, and touches nothing.
    journal = folder.journal.read_bytes()
    second = subprocess.run(
        [
            sys.executable,
            "-m",
            "casa_lab.runs.driving.driver",
            str(folder.path),
            "--cluster",
            cluster.id,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert "is already owned by process" in second.stdout
    assert "Traceback" not in second.stdout + second.stderr
    assert folder.record().state == "running"
    assert folder.journal.read_bytes() == journal

    manager.pause(run.id)
    paused = wait_for(run.id, lambda found: found.state == "paused", "the pause")
    with pytest.raises(Conflict, match=r"The run is paused\. Stop it first"):
        manager.delete(run.id)
    elapsed = paused.progress.seconds_elapsed
    manager.resume(run.id)
    going_on = wait_for(run.id, lambda found: found.state == "running", "the end of the pause")
    assert going_on.progress.seconds_elapsed < elapsed + 5

    manager.stop(run.id)
    stopped = wait_for_end(run.id)
    assert stopped.message == "Stopped. The result holds what was processed by then."
    assert stopped.resumable
    partial = assert_partial(run.id, "stopped")

    # As one file it goes anywhere, and on from there.
    with (tmp_path / "run.zip").open("wb") as stream:
        archive.export(run.id, stream)
    manager.delete(run.id)
    assert archive.import_run(tmp_path / "run.zip") == run.id
    gate.open()
    manager.resume(run.id)
    assert wait_for_end(run.id).state == "done"
    assert_same_accumulator(load(folder.result), expected)
    assert {gate.calls()[name] for name in partial["chunks"]} == {1}
    found = details(run.id)
    identities = [file.identity for dataset in found.datasets for file in dataset.files]
    assert len(set(identities)) == FILES
    assert all(len(identity) == 32 for identity in identities)


def test_a_lost_cluster_fails_the_run_which_goes_on_elsewhere(
    launch: Launch, gate: Gate, expected: Any
) -> None:
    own = clusters.start(NewCluster(workers=1))
    run = launch(gate.reference, on=own.id)
    gate.allow(3)
    wait_for(run.id, lambda found: found.progress.chunks_done >= 2, "a batch")
    kill_owner(clusters_dir() / own.id)
    failed = wait_for_end(run.id)
    assert failed.message.startswith("The connection to the cluster was lost")
    assert failed.resumable
    assert_partial(run.id, "failed")

    gate.open()
    resumed = manager.resume(run.id)
    assert resumed.cluster != own.id
    assert wait_for_end(run.id).state == "done"
    assert_same_accumulator(load(open_run(run.id).result), expected)


def test_failures_of_a_finished_run_are_retried_once_the_file_is_there(
    cluster: Cluster, fileset: dict[str, Any], gate: Gate, expected: Any
) -> None:
    gate.open()
    last = Path([*fileset[[*fileset][-1]]["files"]][-1])
    hidden = last.rename(last.with_suffix(".hidden"))
    try:
        new = NewRun(processor=gate.reference, datasets=list(fileset), chunksize=CHUNK)
        run = manager.launch(new, fileset, cluster.id, "command line")
        done = wait_for_end(run.id)
        assert (done.state, done.resumable, done.progress.chunks_failed) == ("done", True, 1)
    finally:
        hidden.rename(last)
    manager.resume(run.id)
    again = wait_for_end(run.id)
    assert (again.state, again.resumable, again.progress.chunks_failed) == ("done", False, 0)
    assert recovery.list_failures(run.id).total == 0
    assert_same_accumulator(load(open_run(run.id).result), expected)


def test_a_stop_reaches_a_driver_that_still_starts(launch: Launch, gate: Gate) -> None:
    run = launch(gate.reference)
    manager.stop(run.id)
    assert wait_for_end(run.id).state == "stopped"
    assert not gate.calls()
    manager.delete(run.id)
    wait_until(lambda: run.id not in [found.id for found in manager.list_runs()], "its deletion")


def test_a_processor_that_cannot_be_imported_is_a_sentence(launch: Launch, tmp_path: Path) -> None:
    code = tmp_path / "broken.py"
    code.write_text(
        "import corrections_that_nobody_has\n"
        "from coffea import processor\n\n\n"
        "class Broken(processor.ProcessorABC):\n"
        "    def process(self, events):\n"
        "        return {}\n"
    )
    run = launch(ProcessorReference(location=f"{code}:Broken"))
    failed = wait_for_end(run.id)
    assert failed.state == "failed"
    assert failed.message == (
        "broken.py cannot be imported: there is no module 'corrections_that_nobody_has' (line 1). "
        "Install it in this environment, or put its file next to the processor's."
    )
    assert recovery.list_failures(run.id).total == 0


def test_what_json_cannot_hold_is_refused_at_launch(cluster: Cluster, gate: Gate) -> None:
    new = NewRun(processor=gate.reference, datasets=["data"])
    before = list(runs_dir().iterdir())
    with pytest.raises(BadInput, match="must be plain numbers"):
        manager.launch(
            new, {"data": {"files": {}, "metadata": {"x": object()}}}, cluster.id, "sidebar"
        )
    assert list(runs_dir().iterdir()) == before
