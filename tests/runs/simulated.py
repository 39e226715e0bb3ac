"""Sessions of runs without processes: a stand-in for Dask, and trouble to order.

The chunks are processed where they are sent; all else is what a driver uses.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any

from coffea.processor.executor import WorkItem
from distributed import KilledWorker
from hypothesis import strategies as st

from casa_lab.folders import runs_dir
from casa_lab.folders.location import known_files
from casa_lab.runs.counting.ledger import Ledger
from casa_lab.runs.counting.plan import Batch
from casa_lab.runs.driving.known import KnownFiles
from casa_lab.runs.driving.live import accumulator_of
from casa_lab.runs.driving.metadata import Placeholders
from casa_lab.runs.driving.processing import ChunkProcessing
from casa_lab.runs.driving.session import RunSession
from casa_lab.runs.errors import RunError, RunStopped
from casa_lab.runs.failures.book import read_failures
from casa_lab.runs.failures.causes import Cause
from casa_lab.runs.folder import RunFolder
from casa_lab.runs.models import Failure, ProcessorReference, RunSpec
from casa_lab.runs.records import first_record
from casa_lab.runs.tasks.dispatch import Finished
from casa_lab.runs.tasks.packing import pack
from casa_lab.runs.tasks.sending import explain_loss
from casa_lab.runs.tasks.worker import BatchOutcome, ChunkOutcome

from .chunks import chunks_of

CHUNK = 100_000
"""Two of them are a batch."""

Files = Mapping[tuple[str, str], int]
"""Chunks in each file, by dataset and name."""

Range = tuple[int, int]
Ranges = dict[str, list[Range]]
"""Entry ranges by file."""


def items_of(files: Files) -> list[WorkItem]:
    """Return the chunks of files, all of the same length."""
    return chunks_of({file: [CHUNK] * chunks for file, chunks in files.items()})


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


def troubles(files: Files) -> st.SearchStrategy[Trouble]:
    """Return any trouble that files may have in one session."""
    events = st.integers(0, sum(files.values()) * CHUNK - 1)
    return st.builds(
        Trouble,
        bad=st.sets(events, max_size=5),
        deadly=st.sets(events, max_size=1),
        lost=st.sets(st.integers(0, 8), max_size=2),
        echoed=st.sets(st.integers(0, 8), max_size=3),
        stop_at=st.sampled_from([1_000, 0, 1, 3, 5]),
        die_at=st.sampled_from([1_000, 1_000, 1, 2, 4]),
        torn=st.sampled_from([0, 0, 10, 300]),
        fail_fast=st.sampled_from([False, False, True]),
    )


@cache
def event_loop() -> asyncio.AbstractEventLoop:
    """Return a loop that runs in a thread of its own, as that of a Dask client."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


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

    def __init__(self) -> None:
        self.loop = SimpleNamespace(asyncio_loop=event_loop())

    def nthreads(self, callback_timeout: float) -> dict[str, int]:
        assert callback_timeout > 0
        return {"one": 1, "two": 1}

    async def gather(self, futures: list[Future], errors: str, asynchronous: bool) -> list[Any]:
        assert errors == "skip"
        assert asynchronous
        return [future.value for future in futures]

    def cancel(self, futures: list[Future], force: bool) -> None:
        """Nothing is under way."""


class FakeTasks:
    """Processes batches where they are sent, with trouble."""

    def __init__(self, session: RunSession, files: Files, trouble: Trouble) -> None:
        self._session = session
        self._files = files
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
        if any(self._holds(item, trouble.deadly) for item in batch.items):
            worker: Any = SimpleNamespace(address="tcp://one:1", host="one")
            error = KilledWorker(f"{number}", worker, 3)
        return Future(f"{number}", self._outcome(batch), error, number in trouble.lost)

    def may_retry(self, finished: Finished[Batch], work: Batch) -> bool:
        self._killed[work] += 1
        return self._killed[work] < (2 if isinstance(finished.error, KilledWorker) else 4)

    def explain(self, error: Exception | None) -> Cause:
        return explain_loss(error)

    def _outcome(self, batch: Batch) -> BatchOutcome:
        chunks, output = [], []
        for item in batch.items:
            cause = None
            if self._holds(item, self._trouble.bad):
                sentence = "It is odd." if self._number_of(item) // CHUNK % 2 else "It is even."
                cause = Cause("processor error", sentence, "ValueError", "", retry=False)
            chunks.append(ChunkOutcome(item.entrystart, item.entrystop, cause=cause))
            if cause is None:
                output.append((item.filename, item.entrystart, item.entrystop))
        out = {"ranges": dict.fromkeys(output, 1), "events": sum(b - a for _, a, b in output)}
        return BatchOutcome(pack({"out": out}) if output else None, chunks, "tcp://one:1")

    def _number_of(self, item: WorkItem) -> int:
        """Return the number of a chunk's first event among all events."""
        names = list(self._files)
        before = names[: names.index((item.dataset, item.filename))]
        return CHUNK * sum(self._files[name] for name in before) + int(item.entrystart)

    def _holds(self, item: WorkItem, events: Iterable[int]) -> bool:
        first = self._number_of(item)
        return any(first <= event < first + len(item) for event in events)


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


class Run:
    """A run and its driver, without a process of its own."""

    def __init__(self, files: Files, name: str = "odd") -> None:
        self.files = files
        spec = RunSpec(
            id=name,
            name=name,
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
        self.folder = RunFolder(runs_dir() / name)
        self.folder.create(
            spec.model_dump(mode="json"), first_record("local").model_dump(mode="json")
        )

    def drive(self, trouble: Trouble) -> list[WorkItem]:
        """Work on the run as a driver does, and return what was processed."""
        session = RunSession(self.folder, "local")
        tasks = FakeTasks(session, self.files, trouble)
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
            total = processing.run(items_of(self.files))
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
