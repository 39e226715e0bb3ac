"""Bad files, breaking processors and dying workers: one line each, and the rest is kept."""

from __future__ import annotations

import os
import re
import signal
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from coffea.nanoevents import NanoAODSchema
from comparison import assert_same_accumulator
from distributed import Client
from patience import wait_until

from casa_lab.runs.driving.executor import LiveExecutor
from casa_lab.runs.errors import RunError
from casa_lab.runs.failures import recovery
from casa_lab.runs.models import Failure

from .conftest import CHUNK, EVENTS, FILES, Process, newest_run, run_plainly, write_file
from .gates import Gate

CAUSES = {
    "truncated": ("file damaged", "cannot be opened as a ROOT file: it is empty, damaged, cut off"),
    "zero": ("file damaged", "cannot be opened as a ROOT file: it is empty"),
    "missing": ("file missing", "There is no file {path}. Check its path."),
    "text": ("file damaged", "or not a ROOT file. Copy it again, or remove it from the fileset."),
    "tree": ("tree missing", "{path} has no tree 'Evnets'. Correct the tree name in the fileset"),
}


def write_bad_files(folder: Path, real_data: Path) -> dict[str, str]:
    """Write one good file and one of each kind of bad one; return their trees."""
    write_file(folder / "good.root", 1)
    whole = (real_data / "nano_dy.root").read_bytes()
    (folder / "truncated.root").write_bytes(whole[: len(whole) // 2])
    (folder / "zero.root").touch()
    (folder / "text.root").write_text("not ROOT at all\n" * 100)
    write_file(folder / "tree.root", 3)
    names = ("good", *CAUSES)
    return {
        str(folder / f"{name}.root"): "Evnets" if name == "tree" else "Events" for name in names
    }


def damage_last_basket(path: Path) -> None:
    """Overwrite the compressed data of the second basket of ``x``."""
    with uproot.open(path) as file:
        branch = file["Events/x"]
        assert branch.num_baskets == 2
        start = int(branch.member("fBasketSeek")[1])
        length = int(branch.member("fBasketBytes")[1])
    with path.open("r+b") as stream:
        stream.seek(start + length - 60)
        stream.write(b"\xff" * 60)


def test_each_bad_file_is_one_line_and_the_good_ones_are_kept(
    run_live: Process, client: Client, gate: Gate, tmp_path: Path, real_data: Path
) -> None:
    gate.open()
    fileset = {"data": {"files": write_bad_files(tmp_path, real_data), "metadata": {"xsec": 2.0}}}
    executor = LiveExecutor(client, status=False)
    with pytest.warns(UserWarning, match="5 of 7 chunks failed and are not in the result"):
        output = run_live(fileset, gate.processor(), executor)

    good = {"data": {"files": {str(tmp_path / "good.root"): "Events"}, "metadata": {"xsec": 2.0}}}
    assert_same_accumulator(output, run_plainly(good, gate.processor()))
    failures = {Path(failure.file).stem: failure for failure in executor.failures}
    assert set(failures) == set(CAUSES)
    for name, (kind, sentence) in CAUSES.items():
        failure = failures[name]
        assert failure.kind == kind
        assert sentence.format(path=failure.file) in failure.cause
        assert failure.entry_start is None
        assert failure.exception
        assert "Traceback" in failure.traceback
    run = newest_run()
    assert (run.state, run.message) == ("done", "Done, without 5 chunks that failed.")
    assert (run.progress.chunks_done, run.progress.chunks_failed) == (2, 5)
    listed = recovery.list_failures(run.id)
    assert listed.total == 5
    assert sum(group.chunks for group in listed.groups) == 5
    assert {group.kind for group in listed.groups} == {kind for kind, _ in CAUSES.values()}


def test_a_damaged_basket_costs_its_chunk_only(
    run_live: Process, client: Client, gate: Gate, tmp_path: Path
) -> None:
    gate.open()
    path = tmp_path / "basket.root"
    write_file(path, 4)
    damage_last_basket(path)
    executor = LiveExecutor(client, status=False)
    fileset = {"data": {"files": {str(path): "Events"}}}
    with pytest.warns(UserWarning, match="1 of 2 chunks failed"):
        output = run_live(fileset, gate.processor(), executor)
    assert output["chunks"] == {"data-basket-0": 1}
    [failure] = executor.failures
    assert (failure.kind, failure.entry_start, failure.entry_stop) == ("file damaged", 20, 40)
    assert failure.cause.startswith(f"A part of {path} cannot be read: it is damaged")


def failing(
    run_live: Process, client: Client, fileset: dict[str, Any], processor: Any, **options: Any
) -> Failure:
    """Run what fails for every chunk, and return the first failure."""
    executor = LiveExecutor(client, status=False)
    with pytest.raises(RunError, match="Nothing succeeded"):
        run_live(fileset, processor, executor, **options)
    assert newest_run().state == "failed"
    return executor.failures[0]


def test_a_processor_that_raises_on_one_chunk_keeps_the_others(
    run_live: Process, client: Client, fileset: dict[str, Any], gate: Gate, expected: Any
) -> None:
    gate.open()
    executor = LiveExecutor(client, status=False)
    with pytest.warns(UserWarning, match="1 of 12 chunks failed"):
        output = run_live(fileset, gate.processor(breaks="signal-3-20"), executor)
    [failure] = executor.failures
    assert failure.kind == "processor error"
    assert failure.cause == (
        "The processor raised ValueError: no muons here. The traceback shows the line."
    )
    assert 'raise ValueError("no muons here")' in failure.traceback
    assert (failure.dataset, failure.entry_start, failure.attempts) == ("signal", 20, 1)
    assert set(output["chunks"]) == set(expected["chunks"]) - {"signal-3-20"}
    assert gate.calls()["signal-3-20"] == 1
    assert newest_run().progress.events_done == FILES * EVENTS - CHUNK


def opens_a_missing_file(events: Any) -> Any:
    with Path("/nowhere/corrections.json").open() as stream:
        return {"text": stream.read()}


def exits(events: Any) -> Any:
    raise SystemExit(3)


def returns_nothing(events: Any) -> Any:
    return None


def returns_what_cannot_be_added(events: Any) -> Any:
    return {"lock": threading.Lock()}


@pytest.mark.parametrize(
    ("processor", "sentence"),
    [
        (opens_a_missing_file, r"The processor raised FileNotFoundError: .*corrections\.json"),
        (exits, r"The processor raised SystemExit: 3\."),
        (returns_nothing, r"The processor raised ValueError: Output of process\(\) should not be"),
        (
            returns_what_cannot_be_added,
            r"outputs cannot be added or sent: TypeError",
        ),
    ],
)
def test_faults_of_the_processor_are_not_blamed_on_the_file(
    run_live: Process, client: Client, fileset: dict[str, Any], processor: Any, sentence: str
) -> None:
    failure = failing(run_live, client, fileset, processor)
    assert failure.kind == "processor error"
    assert re.search(sentence, failure.cause), failure.cause


def test_the_wrong_schema_is_not_a_damaged_file(
    run_live: Process, client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "odd.root"
    with uproot.recreate(path) as file:
        # NanoAOD's counter of muons, in a form that its schema cannot use.
        file.mktree("Events", {"nMuon": np.float64, "Muon_pt": np.float64})
        file["Events"].extend({"nMuon": np.ones(5), "Muon_pt": np.ones(5)})
    fileset = {"data": {"files": {str(path): "Events"}}}
    failure = failing(
        run_live, client, fileset, lambda events: {"n": events.Muon.pt}, schema=NanoAODSchema
    )
    assert failure.kind in ("processor error", "other")
    assert "damaged" not in failure.cause


def test_a_killed_worker_makes_no_difference(
    run_live: Process, fileset: dict[str, Any], gate: Gate, expected: Any
) -> None:
    killed: list[int] = []

    def kill_the_first() -> None:
        gate.wait_for_calls(2)
        killed.append(gate.processes()[0])
        os.kill(killed[0], signal.SIGKILL)
        wait_until(lambda: set(gate.processes()) - {killed[0]}, "a worker that goes on")
        gate.open()

    killer = threading.Thread(target=kill_the_first)
    killer.start()
    output = run_live(fileset, gate.processor())
    killer.join()
    assert_same_accumulator(output, expected)
    assert newest_run().progress.events_done == FILES * EVENTS
    assert gate.calls().total() > 2 * FILES - 1
