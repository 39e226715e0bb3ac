"""The floor: the same work by bare processes, without any framework.

There are two: one reads with uproot and Coffea, opening each file once; the
other reads in Casa's way, which tells what everything around the reading costs.
"""

from __future__ import annotations

import functools
import multiprocessing
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, NamedTuple

import uproot
from coffea.nanoevents import NanoAODSchema, NanoEventsFactory
from coffea.processor import accumulate
from coffea.processor.executor import WorkItem

from casa_lab.reading.chunks import ChunkReader, ChunkWork
from casa_lab.reading.files import ReadingOptions

from .data import Fileset
from .processors import DimuonProcessor


class File(NamedTuple):
    dataset: str
    path: str
    events: int


Process = Callable[[File, int], Iterator[Any]]
"""Yields what the chunks of a file give, for a size of chunks."""


class BareProcesses:
    """Processes that take files from a list, each adding up what it gets."""

    def __init__(self, workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._workers = workers
        self._taken = context.Value("l", 0)
        self._pool = context.Pool(workers, _share, (self._taken,))

    def __enter__(self) -> BareProcesses:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.terminate()
        self._pool.join()

    def run(self, process: Process, chunksize: int, fileset: Fileset) -> Any:
        """Return the merged accumulator of all files."""
        self._taken.value = 0
        work = functools.partial(_take_files, process, chunksize)
        outputs = self._pool.map(work, [files_of(fileset)] * self._workers, chunksize=1)
        return accumulate(output for output in outputs if output is not None)


def files_of(fileset: Fileset) -> list[File]:
    return [
        File(dataset, path, entry["metadata"]["events_per_file"])
        for dataset, entry in fileset.items()
        for path in entry["files"]
    ]


def with_uproot(file: File, chunksize: int) -> Iterator[Any]:
    """Open the file once, and read each column once."""
    with uproot.open(file.path) as directory:
        events = NanoEventsFactory.from_root(
            directory,
            treepath="Events",
            schemaclass=NanoAODSchema,
            metadata={"dataset": file.dataset},
        ).events()
        for start in range(0, file.events, chunksize):
            yield DimuonProcessor().process(events[start : start + chunksize])


def with_casa(file: File, chunksize: int, options: ReadingOptions | None = None) -> Iterator[Any]:
    """Read as Casa's workers do."""
    reader = _reader(options or ReadingOptions())
    for start in range(0, file.events, chunksize):
        stop = min(start + chunksize, file.events)
        item = WorkItem(file.dataset, file.path, "Events", start, stop, b"", {})
        yield reader(item).output["out"]


def forget_readers() -> None:
    """Begin anew, without open files; forms are kept, as on a worker."""
    for reader in _readers.values():
        reader.close()
    _readers.clear()


_readers: dict[ReadingOptions, ChunkReader] = {}


def _reader(options: ReadingOptions) -> ChunkReader:
    if options not in _readers:
        _readers[options] = _new_reader(options)
    return _readers[options]


def _new_reader(options: ReadingOptions) -> ChunkReader:
    work = ChunkWork(
        coffea=functools.partial(dict),  # for what Casa does not read itself
        keep_metrics=False,
        processor=DimuonProcessor(),
        format="root",
        timeout=None,
        schema=NanoAODSchema,
        uproot_options={},
        iteritems_options={},
        has_checkpointer=False,
        cache_function=_no_cache,
        options=options,
    )
    return ChunkReader(work)


def _no_cache() -> None:
    """Stand for Runner's default ``cachestrategy``."""


_taken: Any = None
"""Number of files taken, shared by the processes."""


def _share(taken: Any) -> None:
    global _taken
    _taken = taken


def _take_files(process: Process, chunksize: int, files: list[File]) -> Any:
    forget_readers()
    total = None
    while (number := _take_number()) < len(files):
        total = accumulate(process(files[number], chunksize), total)
    return total


def _take_number() -> int:
    with _taken.get_lock():
        _taken.value += 1
        return int(_taken.value) - 1
