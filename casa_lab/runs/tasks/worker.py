"""What runs on a Dask worker: batches of chunks, and looks at files."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from threading import Lock
from typing import Any, cast

from coffea.processor.executor import FileMeta, WorkItem
from distributed import Worker, WorkerPlugin, get_worker

from casa_lab.reading.columns import kept_columns
from casa_lab.reading.connections import forget_connections
from casa_lab.reading.measures import Measures, peak_memory_bytes, reset_peak_memory
from casa_lab.reading.places import Places, Replicas
from casa_lab.reading.work import RunWork, WorkerReader
from casa_lab.runs.counting.merge import fold
from casa_lab.runs.environment import Difference, Requirement
from casa_lab.runs.failures.causes import (
    Cause,
    explain_chunk,
    explain_file,
    explain_output,
    explain_places,
)
from casa_lab.runs.usercode.own_modules import OwnModules, Shelf, laid_out, shelf_of

from .packing import pack, unpack
from .profiling import profile_as_before, profile_seldom

RETRY_SECONDS = (0.5, 2.0)
"""Pauses before a file that failed to open or read is tried again, where that may help."""

_HOST = socket.gethostname()


class RunPlugin(WorkerPlugin):
    """Holds the function of one run on each worker, unpacked once.

    Dask gives it to workers that join later too, so that a run needs nothing
    sent along with its tasks.

    Parameters
    ----------
    name
        Name of the plugin, unique to the run.
    function
        The packed :class:`RunWork`.
    own
        The user's modules.
    requirement
        The environment that the worker must have.
    """

    def __init__(
        self, name: str, function: bytes, own: OwnModules, requirement: Requirement
    ) -> None:
        self.name = name
        self._packed = function
        self._own = own
        self._requirement = requirement
        self._unmet: list[Difference] = []
        self._reader: WorkerReader | None = None
        self._shelf: Shelf | None = None

    def setup(self, worker: Worker) -> None:
        """Load nothing of the user's: an import error is to be a message, not a dead worker."""
        self._loading = Lock()
        self._unmet = self._requirement.unmet_here()
        profile_seldom(worker)
        kept_columns().live_in(worker.memory_manager.memory_limit)

    @property
    def reader(self) -> WorkerReader:
        """What does the work, unpacked on first use."""
        if self._unmet:
            raise StrangeWorker(", ".join(map(str, self._unmet)))
        with self._loading:
            if self._reader is None:
                self._shelf = shelf_of(self._own)
                with laid_out(self._shelf):
                    self._own.import_loaded()
                    work: RunWork = unpack(self._packed)
                    self._reader = work.on_worker()
            return self._reader

    def own_modules(self) -> AbstractContextManager[None]:
        """Let a block of code import the user's modules, if hers does so when it is called.

        It may wait for blocks of runs that have other modules of the same names.
        """
        if self._shelf is None or not self._own.is_late:
            return nullcontext()
        return laid_out(self._shelf)

    def teardown(self, worker: Worker) -> None:
        """Close what the run kept open."""
        profile_as_before(worker)
        if self._reader is not None:
            self._reader.close()


class StrangeWorker(Exception):
    """The worker has another environment than the run, and may do none of its work."""


class ProcessorLoadError(Exception):
    """The worker cannot unpickle the processor: no chunk can succeed there."""


@dataclass
class ChunkOutcome:
    """What became of one chunk."""

    start: int
    stop: int
    cause: Cause | None = None
    attempts: int = 1
    seconds: float = 0.0
    place: str = ""
    """Where its file was read, if it was."""


@dataclass
class BatchOutcome:
    """What a batch gives back; errors are data, so that one bad file stops nothing."""

    payload: bytes | None
    """The packed accumulator of the chunks that succeeded, ``None`` without any."""
    chunks: list[ChunkOutcome]
    worker: str
    host: str = ""
    measures: Measures = field(default_factory=Measures)
    """Those of the chunks that succeeded."""
    seconds: float = 0.0
    peak_memory_bytes: int = 0
    """Of the whole worker process: batches in other threads count, too."""


@dataclass
class FileOutcome:
    """What became of looking at a file: its metadata, or why there is none."""

    meta: FileMeta
    cause: Cause | None = None
    place: str = ""
    """Where it was read, if it was."""


@dataclass
class MetadataOutcome:
    """What looking at several files gives back."""

    files: list[FileOutcome] = field(default_factory=list)
    worker: str = ""
    seconds: float = 0.0

    @property
    def readable(self) -> list[FileMeta]:
        """The files that have their metadata now."""
        return [file.meta for file in self.files if file.cause is None]


def run_batch(
    plugin: str, items: tuple[WorkItem, ...], shape: tuple[int, ...], replicas: Replicas
) -> BatchOutcome:
    """Process the chunks of a batch and return their folded accumulator, packed.

    ``shape`` tells how many of them each file has: outputs are added in the
    order of the whole run's merge.
    """
    worker, run, reader = _reader_of(plugin)
    with run.own_modules():
        return _process(worker, reader, items, shape, replicas)


def _process(
    worker: str,
    reader: WorkerReader,
    items: tuple[WorkItem, ...],
    shape: tuple[int, ...],
    replicas: Replicas,
) -> BatchOutcome:
    started = time.perf_counter()
    reset_peak_memory()
    outcome = BatchOutcome(None, [], worker, _HOST)
    waiting = iter(items)
    files = (_outputs(reader, islice(waiting, count), replicas, outcome) for count in shape)
    try:
        total = fold(files)
        if total is not None:
            outcome.payload = pack(total)
    except Exception as error:  # noqa: BLE001 - the user's types may raise anything
        cause = explain_output(error)
        outcome.chunks += [ChunkOutcome(item.entrystart, item.entrystop) for item in waiting]
        for chunk in outcome.chunks:
            chunk.cause = chunk.cause or cause
    outcome.seconds = time.perf_counter() - started
    outcome.peak_memory_bytes = peak_memory_bytes()
    return outcome


def _outputs(
    reader: WorkerReader, items: Iterable[WorkItem], replicas: Replicas, outcome: BatchOutcome
) -> Iterator[Any]:
    """Yield what chunks of one file return, ``None`` for those that fail."""
    for item in items:
        chunk = ChunkOutcome(item.entrystart, item.entrystop)
        outcome.chunks.append(chunk)
        started = time.perf_counter()
        attempt = _attempt_anywhere(
            item.filename,
            reader.places,
            replicas,
            partial(reader.process, item),
            partial(explain_chunk, item),
        )
        chunk.cause, chunk.attempts, chunk.place = attempt.cause, attempt.number, attempt.place
        chunk.seconds = time.perf_counter() - started
        if attempt.found is not None:
            outcome.measures.add(attempt.found.measures)
        yield None if attempt.found is None else attempt.found.output


def look_at_files(plugin: str, metas: Iterable[FileMeta], replicas: Replicas) -> MetadataOutcome:
    """Read the number of entries and the identity of files."""
    worker, _, reader = _reader_of(plugin)
    started = time.perf_counter()
    outcome = MetadataOutcome(worker=worker)
    for meta in metas:
        attempt = _attempt_anywhere(
            meta.filename,
            reader.places,
            replicas,
            partial(reader.look, meta),
            partial(explain_file, meta),
        )
        outcome.files.append(FileOutcome(attempt.found or meta, attempt.cause, attempt.place))
    outcome.seconds = time.perf_counter() - started
    return outcome


def _reader_of(plugin: str) -> tuple[str, RunPlugin, WorkerReader]:
    worker = get_worker()
    try:
        run = cast(RunPlugin, worker.plugins[plugin])
        return worker.address, run, run.reader
    except StrangeWorker:
        raise
    except Exception as error:
        raise ProcessorLoadError(f"{type(error).__name__}: {error}") from error


@dataclass
class _Attempt:
    """What came of trying, perhaps again and again."""

    found: Any | None
    cause: Cause | None
    number: int
    place: str = ""


def _attempt_anywhere(
    file: str,
    places: Places,
    replicas: Replicas,
    call: Callable[[str], Any],
    explain: Callable[[str, BaseException], Cause],
) -> _Attempt:
    """Call with one place of a file after the other, until it can be read."""
    causes: dict[str, Cause] = {}
    number = 0
    for place in places.order(file, replicas):
        attempt = _attempt(place, call, explain)
        attempt.number = number = number + attempt.number
        if attempt.cause is None:
            places.worked(place)
            attempt.place = place
            return attempt
        if not attempt.cause.is_of_the_place(place != file):
            return attempt
        causes[place] = attempt.cause
        places.failed(place, is_silent=attempt.cause.kind == "other")
    return _Attempt(None, explain_places(file, causes), number)


def _attempt(
    place: str, call: Callable[[str], Any], explain: Callable[[str, BaseException], Cause]
) -> _Attempt:
    """Call with a place, and again when that may help."""
    number = 0
    while True:
        number += 1
        try:
            return _Attempt(call(place), None, number)
        # SystemExit would end the worker, and with it what others run there.
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
            cause = explain(place, error)
        if cause.reading:
            forget_connections(place)
        if not cause.retry or number > len(RETRY_SECONDS):
            return _Attempt(None, cause, number)
        time.sleep(RETRY_SECONDS[number - 1])
