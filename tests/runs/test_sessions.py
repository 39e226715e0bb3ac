"""However sessions end and whatever is retried or accepted between them: each event counts once."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from coffea.processor.executor import WorkItem
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_lab.errors import Conflict
from casa_lab.runs import manager
from casa_lab.runs.failures import recovery
from casa_lab.runs.failures.grouping import group_id
from casa_lab.runs.models import Failure

from .chunks import chunk
from .simulated import (
    CHUNK,
    Run,
    Trouble,
    assert_disjoint,
    overlaps,
    ranges_of,
    troubles,
)

FILES = {("a", "0.root"): 3, ("b", "1.root"): 5, ("a", "2.root"): 1}
EVENTS = sum(FILES.values()) * CHUNK


@pytest.fixture(autouse=True)
def _no_processes() -> Any:
    """Nothing is started: the test is the driver."""
    with (
        patch.object(manager, "_start_driver"),
        patch.object(manager, "living_cluster", return_value="local"),
    ):
        yield


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["resume", "retry", "accept", "accept and resume", "reconsider"]),
        troubles(FILES),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60)
@given(troubles(FILES), STEPS)
def test_any_history_counts_each_event_once(
    first: Trouble, steps: list[tuple[str, Trouble, bool]]
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("CASA_DATA_DIR", str(Path(folder) / "casa"))
        run = Run(FILES)
        run.drive(first)
        for step, trouble, some in steps:
            check(run)
            take_step(run, step, trouble, some)
        check(run)

        # All is mended: nothing was lost on the way, and nothing is there twice.
        if run.lists()[1]:
            if manager.get("odd").state == "lost":
                manager.resume("odd")
                run.drive(Trouble())
            recovery.retry("odd", accepted=True)
            run.drive(Trouble())
        if manager.get("odd").resumable:
            manager.resume("odd")
            run.drive(Trouble())
        check(run)
        done = manager.get("odd")
        assert (done.state, done.message) == ("done", "Done.")
        assert assert_disjoint(run.counted()) == EVENTS
        assert done.progress.events_done == EVENTS


def take_step(run: Run, step: str, trouble: Trouble, some: bool) -> None:
    """Do what a user does, and then what the driver does."""
    failures, left_out = run.lists()
    before = run.counted()
    listed = left_out if step == "reconsider" else failures
    groups = [group_id(listed[0])] if some and listed else None
    chosen = [each for each in listed if not groups or group_id(each) in groups]
    others = [each for each in (*failures, *left_out) if each not in chosen]
    try:
        if step.startswith("accept"):
            recovery.accept("odd", groups)
            assert len(run.lists()[1]) == len(left_out) + len(chosen)
            assert run.counted() == before
            left_out += chosen
            if step == "accept":
                return
        if step.endswith("resume"):
            manager.resume("odd")
        else:
            recovery.retry("odd", groups, accepted=step == "reconsider")
    except Conflict:
        return
    touched = run.drive(trouble)
    assert not overlaps(touched, before), "what was counted was processed again"
    if step.endswith("resume"):
        assert not overlaps(touched, ranges_of(left_out)), "what was accepted was touched"
        return
    assert not overlaps(touched, ranges_of(others)), "others were touched"
    for item in touched:
        assert overlaps([item], ranges_of(chosen)), "more than the chosen was touched"
    if manager.get("odd").state != "lost":
        now = {(each.file, each.entry_start) for each in run.lists()[0]}
        for each in chosen:
            is_counted = overlaps([as_item(each)], run.counted())
            assert is_counted or (each.file, each.entry_start) in now, "it is nowhere any more"


def as_item(failure: Failure) -> WorkItem:
    return chunk(failure.dataset, failure.file, failure.entry_start or 0, failure.entry_stop or 0)


def check(run: Run) -> None:
    """Check that what a run says of itself is whole and free of contradictions."""
    failures, left_out = run.lists()
    counted = run.counted()
    assert_disjoint(counted, ranges_of(failures), ranges_of(left_out))
    shown = manager.get("odd")
    progress = shown.progress
    assert (progress.left_out.chunks, progress.left_out.events) == (
        len(left_out),
        sum(each.events for each in left_out),
    )
    if shown.state == "lost":
        return  # the progress is what the driver last wrote before it died
    assert progress.events_done == assert_disjoint(counted)
    assert progress.chunks_failed == len(failures)
    if shown.state == "done":
        known = assert_disjoint(counted, ranges_of(failures), ranges_of(left_out))
        assert known == EVENTS, "it is done, and something is nowhere"
