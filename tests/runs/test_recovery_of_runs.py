"""Failures of real runs are reproduced, tried again, and accepted; nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from coffea.util import load
from comparison import assert_same_accumulator

from casa_lab.clusters.models import Cluster
from casa_lab.errors import Conflict
from casa_lab.folders.journal import read_journal
from casa_lab.runs import manager
from casa_lab.runs.failures import recovery
from casa_lab.runs.folder import open_run
from casa_lab.runs.models import FailureGroup, FailureKind, LeftOut, NewRun, Run

from .conftest import CHUNK, EVENTS, FILES, Process, newest_run, run_plainly
from .gates import Gate, wait_for, wait_for_end

BROKEN = "signal-3-20"
"""The chunk for which the processor raises."""

HIDDEN = {"background-4-0", "background-4-20"}
"""The chunks of the file that is hidden."""


@pytest.fixture
def hidden(
    fileset: dict[str, Any],
    expected: Any,
) -> Iterator[Callable[[], None]]:
    """Hide the last file of the fileset, until the test shows it again."""
    last = Path([*fileset[[*fileset][-1]]["files"]][-1])
    away = last.rename(last.with_suffix(".hidden"))

    def show() -> None:
        if away.exists():
            away.rename(last)

    yield show
    show()


@pytest.fixture
def launch(cluster: Cluster, fileset: dict[str, Any], gate: Gate) -> Callable[..., Run]:
    """Launch the gated processor, which breaks for one chunk."""

    def start(**options: Any) -> Run:
        arguments = {**gate.reference.arguments, "breaks": BROKEN}
        reference = gate.reference.model_copy(update={"arguments": arguments})
        new = NewRun(processor=reference, datasets=list(fileset), chunksize=CHUNK, **options)
        return manager.launch(new, fileset, cluster.id, "command line")

    return start


def by_kind(groups: list[FailureGroup]) -> dict[FailureKind, FailureGroup]:
    return {group.kind: group for group in groups}


def chunks_of(run: str) -> set[str]:
    """Return the chunks in the result, each of which must be there once."""
    chunks = load(open_run(run).result)["chunks"]
    assert set(chunks.values()) == {1}
    return set(chunks)


def run_code(code: str, **known: Any) -> Exception:
    """Run code as a notebook does, and return what it raises."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - which one is what is tested
        exec(compile(code, "<ipython-input-1>", "exec"), dict(known))
    return raised.value


def test_chosen_failures_are_tried_again_and_the_rest_is_accepted(
    launch: Callable[..., Run], hidden: Callable[[], None], gate: Gate, expected: Any
) -> None:
    gate.open()
    run = launch()
    done = wait_for_end(run.id)
    assert (done.state, done.message) == ("done", "Done, without 2 chunks that failed.")
    before = gate.calls()
    groups = by_kind(recovery.list_failures(run.id).groups)
    assert set(groups) == {"file missing", "processor error"}

    hidden()
    assert recovery.retry(run.id, [groups["file missing"].id]).state == "queued"
    done = wait_for_end(run.id)
    assert (done.state, done.message) == ("done", "Done, without 1 chunk that failed.")
    listed = recovery.list_failures(run.id)
    assert [group.id for group in listed.groups] == [groups["processor error"].id]
    assert chunks_of(run.id) == set(expected["chunks"]) - {BROKEN}
    assert gate.calls() - before == dict.fromkeys(HIDDEN, 1), "others were tried, too"
    assert done.progress.datasets["signal"].chunks_failed == 1

    accepted = recovery.accept(run.id)
    assert (accepted.state, accepted.resumable) == ("done", False)
    assert accepted.message == "Done. Left out, as was accepted: 20 events of 1 file."
    left_out = LeftOut(chunks=1, events=CHUNK, files=1)
    assert accepted.progress.left_out == accepted.progress.datasets["signal"].left_out == left_out
    assert accepted.progress.chunks_failed == 0
    with pytest.raises(Conflict, match="there is nothing to resume"):
        manager.resume(run.id)
    with pytest.raises(Conflict, match="The run has no failures"):
        recovery.retry(run.id)
    listed = recovery.list_failures(run.id)
    assert (listed.groups, [group.chunks for group in listed.accepted]) == ([], [1])

    # Taken back, it fails again, and nothing else is done.
    before = gate.calls()
    recovery.retry(run.id, accepted=True)
    done = wait_for_end(run.id)
    assert gate.calls() - before == {BROKEN: 1}
    assert (done.message, done.progress.left_out) == (
        "Done, without 1 chunk that failed.",
        LeftOut(),
    )
    [group] = recovery.list_failures(run.id).groups
    assert (group.id, group.attempts) == (groups["processor error"].id, 2)
    assert chunks_of(run.id) == set(expected["chunks"]) - {BROKEN}
    events = [entry["event"] for entry in read_journal(open_run(run.id).journal)]
    assert [event for event in events if event in ("accepted", "reconsidered")] == [
        "accepted",
        "reconsidered",
    ]


def test_a_stopped_run_is_completed_without_what_was_accepted(
    launch: Callable[..., Run], hidden: Callable[[], None], gate: Gate, expected: Any
) -> None:
    run = launch()
    wait_for(run.id, lambda found: found.progress.chunks_failed == 1, "the missing file")
    gate.allow(3)  # two workers at two batches: one of them gets through
    wait_for(run.id, lambda found: found.progress.chunks_done >= 1, "a batch")
    with pytest.raises(Conflict, match="The run is running: its failures can be accepted"):
        recovery.accept(run.id)
    manager.stop(run.id)
    stopped = wait_for_end(run.id)
    assert stopped.state == "stopped"
    counted = chunks_of(run.id)
    hidden()

    # A retry of the failures alone leaves the rest to a resume.
    gate.open()
    recovery.retry(run.id)
    again = wait_for_end(run.id)
    assert again.state == "stopped"
    left = 2 * FILES - len(counted) - 2
    assert again.message.startswith(f"The failures were tried again. {left} chunks were never")
    assert chunks_of(run.id) == counted | HIDDEN
    assert again.resumable
    assert recovery.list_failures(run.id).total == 0

    manager.resume(run.id)
    assert wait_for_end(run.id).state == "done"
    recovery.accept(run.id, chunks=1)
    assert manager.get(run.id).message == "Done. Left out, as was accepted: 20 events of 1 file."
    output = load(open_run(run.id).result)
    assert set(output["chunks"]) == set(expected["chunks"]) - {BROKEN}
    assert output["events"] == {"background": 120, "signal": 100}


def test_what_was_accepted_is_left_alone_by_a_resume(
    launch: Callable[..., Run], gate: Gate, expected: Any
) -> None:
    gate.open()
    run = launch(fail_fast=True)
    failed = wait_for_end(run.id)
    assert failed.state == "failed"
    [group] = recovery.list_failures(run.id).groups
    assert recovery.accept(run.id, [group.id]).state == "failed"
    before = gate.calls()
    manager.resume(run.id)
    done = wait_for_end(run.id)
    assert (done.state, done.resumable) == ("done", False)
    assert done.message == "Done. Left out, as was accepted: 20 events of 1 file."
    assert done.progress.events_done == FILES * EVENTS - CHUNK
    assert BROKEN not in gate.calls() - before
    assert chunks_of(run.id) == set(expected["chunks"]) - {BROKEN}


def test_the_code_of_a_failure_raises_the_same_exception(
    launch: Callable[..., Run], hidden: Callable[[], None], gate: Gate
) -> None:
    gate.open()
    run = launch()
    wait_for_end(run.id)
    groups = by_kind(recovery.list_failures(run.id).groups)

    broken = groups["processor error"].example
    error = run_code(broken.code)
    assert f"{type(error).__name__}: {error}" == broken.failure.exception
    assert f"entry_start={broken.failure.entry_start}" in broken.code
    head, place, *rest = broken.trimmed.splitlines()
    assert head == "Traceback (most recent call last):"
    assert place.startswith(f'  File "{gate.reference.location.rpartition(":")[0]}", line ')
    assert rest == ['    raise ValueError("no muons here")', "ValueError: no muons here"]
    assert len(broken.failure.traceback) > len(broken.trimmed), "the whole is kept"
    missing = groups["file missing"].example
    error = run_code(missing.code)
    assert type(error).__name__ == missing.failure.exception.partition(":")[0]
    assert groups["processor error"].hosts == [broken.failure.host] != [""]
    assert (broken.failure.peak_memory_bytes or 0) > 1_000_000


def test_the_code_of_a_notebook_takes_the_notebook_s_processor(
    run_live: Process, fileset: dict[str, Any], gate: Gate
) -> None:
    gate.open()
    processor = gate.processor(breaks=BROKEN)
    with pytest.warns(UserWarning, match="1 of 12 chunks failed"):
        output = run_live(fileset, processor)
    run = newest_run()
    [group] = recovery.list_failures(run.id).groups
    assert "# `processor` must be the one in this notebook." in group.example.code
    error = run_code(group.example.code, processor=processor)
    assert f"{type(error).__name__}: {error}" == group.example.failure.exception

    with pytest.raises(Conflict, match="driven by a notebook, and cannot be continued"):
        recovery.retry(run.id)
    accepted = recovery.accept(run.id)
    assert accepted.message == "Done. Left out, as was accepted: 20 events of 1 file."
    whole = run_plainly(fileset, gate.processor())
    assert set(whole["chunks"]) - set(output["chunks"]) == {BROKEN}
    assert_same_accumulator(
        {"events": output["events"]}, {"events": {"background": 120, "signal": 100}}
    )
