"""However sessions end and whatever is retried or accepted between them: each event counts once.

The chunks are processed here, by a stand-in for Dask; all else is what a driver uses.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from coffea.processor.executor import WorkItem
from distributed import KilledWorker
from hypothesis import given, settings
from hypothesis import strategies as st

from casa_lab.errors import Conflict
from casa_lab.folders import runs_dir
from casa_lab.folders.location import known_files
from casa_lab.runs import manager
from casa_lab.runs.dispatch import Finished
from casa_lab.runs.errors import RunError, RunStopped
from casa_lab.runs.failures import recovery
from casa_lab.runs.failures.book import read_failures
from casa_lab.runs.failures.causes import Cause
from casa_lab.runs.failures.grouping import group_id
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.known import KnownFiles
from casa_lab.runs.ledger import Ledger
from casa_lab.runs.live import accumulator_of
from casa_lab.runs.metadata import Placeholders
from casa_lab.runs.models import Failure, ProcessorReference, RunSpec
from casa_lab.runs.packing import pack
from casa_lab.runs.plan import Batch
from casa_lab.runs.processing import ChunkProcessing
from casa_lab.runs.records import first_record
from casa_lab.runs.session import RunSession
from casa_lab.runs.worker import BatchOutcome, ChunkOutcome

from .chunks import chunk, chunks_of

CHUNK = 100_000
"""Two of them are a batch."""

FILES = {("a", "0.root"): 3, ("b", "1.root"): 5, ("a", "2.root"): 1}
"""Chunks in each file."""

ITEMS = chunks_of({file: [CHUNK] * chunks for file, chunks in FILES.items()})

Range = tuple[int, int]
Ranges = dict[str, list[Range]]
"""Entry ranges by file."""


class Death(BaseException):
    """What ends a session as SIGKILL does: nobody catches it."""


@dataclass
class Trouble:
    """What goes wrong in one session.

    Events are named by their number among all events.
    """

    bad: set[int] = field(default_factory=set)
    """Events for which the processor raises."""
    deadly: set[int] = field(default_factory=set)
    """Events for which the worker dies."""
    lost: set[int] = field(default_factory=set)
    """Numbers of the tasks that Dask loses."""
    echoed: set[int] = field(default_factory=set)
    """Numbers of the results that come twice."""
    stop_at: int = 1_000
    """Task before which somebody asks the run to stop."""
    die_at: int = 1_000
    """Task before which the driver dies."""
    torn: int = 0
    """Bytes of the log that are lost with it."""
    fail_fast: bool = False


troubles = st.builds(
    Trouble,
    bad=st.sets(st.integers(0, len(ITEMS) * CHUNK - 1), max_size=5),
    deadly=st.sets(st.integers(0, len(ITEMS) * CHUNK - 1), max_size=1),
    lost=st.sets(st.integers(0, 8), max_size=2),
    echoed=st.sets(st.integers(0, 8), max_size=3),
    stop_at=st.sampled_from([1_000, 0, 1, 3, 5]),
    die_at=st.sampled_from([1_000, 1_000, 1, 2, 4]),
    torn=st.sampled_from([0, 0, 10, 300]),
    fail_fast=st.sampled_from([False, False, True]),
)


class Future:
    """A task that has ended when it is sent."""

    def __init__(self, key: str, value: Any, error: Exception | None, lost: bool) -> None:
        self.key = key
        self.value = value
        self.error = error
        self.status = "lost" if lost else "error" if error else "finished"

    def add_done_callback(self, call: Callable[[Future], None]) -> None:
        call(self)

    def exception(self) -> Exception | None:
        return self.error


class FakeClient:
    """Two workers that are never busy."""

    status = "running"

    def nthreads(self) -> dict[str, int]:
        return {"one": 1, "two": 1}

    def gather(self, futures: list[Future], errors: str) -> list[Any]:
        assert errors == "skip"
        return [future.value for future in futures]

    def cancel(self, futures: list[Future], force: bool) -> None:
        """Nothing is under way."""


class FakeTasks:
    """Processes batches where they are sent, with trouble."""

    def __init__(self, session: RunSession, trouble: Trouble) -> None:
        self._session = session
        self._trouble = trouble
        self._sent = 0
        self._killed: defaultdict[Batch, int] = defaultdict(int)
        self.touched: list[WorkItem] = []

    def process(self, batch: Batch) -> Future:
        number, self._sent = self._sent, self._sent + 1
        trouble = self._trouble
        if number == trouble.stop_at:
            self._session.stop_requested = True
        if number == trouble.die_at:
            raise Death
        self.touched += batch.items
        error = None
        if any(holds(item, trouble.deadly) for item in batch.items):
            worker: Any = SimpleNamespace(address="tcp://one:1", host="one")
            error = KilledWorker(f"{number}", worker, 3)
        return Future(f"{number}", self._outcome(batch), error, number in trouble.lost)

    def may_retry(self, finished: Finished[Batch], work: Batch) -> bool:
        self._killed[work] += 1
        return self._killed[work] < (2 if isinstance(finished.error, KilledWorker) else 4)

    def _outcome(self, batch: Batch) -> BatchOutcome:
        chunks, output = [], []
        for item in batch.items:
            cause = None
            if holds(item, self._trouble.bad):
                sentence = "It is odd." if number_of(item) // CHUNK % 2 else "It is even."
                cause = Cause("processor error", sentence, "ValueError", "", retry=False)
            chunks.append(ChunkOutcome(item.entrystart, item.entrystop, cause=cause))
            if cause is None:
                output.append((item.filename, item.entrystart, item.entrystop))
        out = {"ranges": dict.fromkeys(output, 1), "events": sum(b - a for _, a, b in output)}
        return BatchOutcome(pack({"out": out}) if output else None, chunks, "tcp://one:1")


class Echoing(ChunkProcessing):
    """Takes some results in twice, as if a copy had been on its way."""

    def __init__(self, *args: Any, echoed: set[int]) -> None:
        super().__init__(*args)
        self._echoed = echoed

    def _take_in(self, finished: Finished[Batch]) -> None:
        super()._take_in(finished)
        value = finished.value
        if isinstance(value, BatchOutcome) and value.payload and len(self._echoed) % 2:
            super()._take_in(finished)


def number_of(item: WorkItem) -> int:
    """Return the number of a chunk's first event among all events."""
    before = 0
    for dataset, file in FILES:
        if file == item.filename and dataset == item.dataset:
            break
        before += FILES[dataset, file] * CHUNK
    return before + item.entrystart


def holds(item: WorkItem, events: Iterable[int]) -> bool:
    first = number_of(item)
    return any(first <= event < first + len(item) for event in events)


class Run:
    """A run and its driver, without a process of its own."""

    def __init__(self) -> None:
        spec = RunSpec(
            id="odd",
            name="odd",
            door="sidebar",
            processor=ProcessorReference(location="odd.py:Odd"),
            fileset={},
            schema_name="BaseSchema",
            cluster="local",
            chunksize=CHUNK,
            directory="/",
            python="python",
            created=0,
            user="me",
        )
        self.folder = RunFolder(runs_dir() / "odd")
        self.folder.create(
            spec.model_dump(mode="json"), first_record("local").model_dump(mode="json")
        )

    def drive(self, trouble: Trouble) -> list[WorkItem]:
        """Work on the run as a driver does, and return what was processed."""
        session = RunSession(self.folder, "local")
        tasks = FakeTasks(session, trouble)
        try:
            session.enter("preparing", "Here.")
            session.take_up()
            client: Any = FakeClient()
            processing = Echoing(
                session,
                client,
                tasks,
                Placeholders(KnownFiles(known_files())),
                trouble.fail_fast,
                echoed=trouble.echoed,
            )
            total = processing.run(ITEMS)
            state, message = session.ending()
            session.finish(state, message, accumulator_of(total))
        except RunStopped as stopped:
            session.finish("stopped", str(stopped))
        except RunError as error:
            session.finish("failed", str(error))
        except Death:
            session.close()
            self._tear(trouble.torn)
        finally:
            session.close()
        return tasks.touched

    def _tear(self, torn: int) -> None:
        for log in self.folder.groups.glob("log-*.bin"):
            os.truncate(log, max(0, log.stat().st_size - torn))

    def counted(self) -> Ranges:
        """Return what is in the merged output, which must say the same as the ledger."""
        ledger = Ledger(self.folder.groups)
        ledger.close()
        found: defaultdict[str, list[Range]] = defaultdict(list)
        for piece in ledger.pieces():
            for (file, start, stop), times in piece["out"]["ranges"].items():
                found[file] += [(start, stop)] * times
        listed = {key.filename: sorted(ranges) for key, ranges in ledger.counted.items() if ranges}
        assert listed == {file: sorted(ranges) for file, ranges in found.items()}
        return dict(found)

    def lists(self) -> tuple[list[Failure], list[Failure]]:
        failures, left_out = read_failures(self.folder)
        return failures, list(left_out)


def ranges_of(failures: Iterable[Failure]) -> Ranges:
    found: defaultdict[str, list[Range]] = defaultdict(list)
    for failure in failures:
        assert failure.entry_start is not None
        assert failure.entry_stop is not None
        found[failure.file].append((failure.entry_start, failure.entry_stop))
    return found


def assert_disjoint(*all_ranges: Ranges) -> int:
    """Check that no event is in any two ranges; return the number of events in them."""
    events = 0
    for file in {file for ranges in all_ranges for file in ranges}:
        last = 0
        for start, stop in sorted(each for ranges in all_ranges for each in ranges.get(file, [])):
            assert last <= start < stop, f"{file} twice at {start}"
            events, last = events + stop - start, stop
    return events


def overlaps(items: Iterable[WorkItem], ranges: Ranges) -> bool:
    return any(
        item.entrystart < stop and start < item.entrystop
        for item in items
        for start, stop in ranges.get(item.filename, [])
    )


@pytest.fixture(autouse=True)
def _no_processes() -> Any:
    """Nothing is started: the test is the driver."""
    with (
        patch.object(manager, "_start_driver"),
        patch.object(manager, "_living_cluster", return_value="local"),
    ):
        yield


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["resume", "retry", "accept", "accept and resume", "reconsider"]),
        troubles,
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(troubles, STEPS)
def test_any_history_counts_each_event_once(
    first: Trouble, steps: list[tuple[str, Trouble, bool]]
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("CASA_DATA_DIR", str(Path(folder) / "casa"))
        run = Run()
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
        assert assert_disjoint(run.counted()) == len(ITEMS) * CHUNK
        assert done.progress.events_done == len(ITEMS) * CHUNK


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
        assert known == len(ITEMS) * CHUNK, "it is done, and something is nowhere"
