"""The floor: the same work by bare processes, without any framework."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import uproot
from coffea.nanoevents import NanoAODSchema, NanoEventsFactory
from coffea.processor import accumulate

from .data import Fileset
from .processors import DimuonProcessor

_next_file: Any = None
"""Shared by the processes: the position of the next file to be taken."""


class BareProcesses:
    """Processes that take files from a list, each adding up what it gets.

    Each file is opened once, and its columns are read once.
    """

    def __init__(self, workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._workers = workers
        self._next = context.Value("l", 0)
        self._pool = context.Pool(workers, _remember, (self._next,))

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

    def run(self, fileset: Fileset, chunksize: int) -> Any:
        """Return the merged accumulator of all files."""
        files = [(name, path) for name, entry in fileset.items() for path in entry["files"]]
        self._next.value = 0
        work = [(files, chunksize)] * self._workers
        return accumulate(filter(None, self._pool.map(_take_files, work, chunksize=1)))


def _remember(number: Any) -> None:
    global _next_file
    _next_file = number


def _take_files(work: tuple[list[tuple[str, str]], int]) -> Any:
    files, chunksize = work
    processor = DimuonProcessor()
    total = None
    while (number := _take_number()) < len(files):
        outputs = (processor.process(events) for events in _chunks(*files[number], chunksize))
        total = accumulate(outputs, total)
    return total


def _take_number() -> int:
    with _next_file.get_lock():
        _next_file.value += 1
        return int(_next_file.value) - 1


def _chunks(dataset: str, path: str, chunksize: int) -> Iterator[Any]:
    with uproot.open(path) as file:
        factory = NanoEventsFactory.from_root(
            file, treepath="Events", schemaclass=NanoAODSchema, metadata={"dataset": dataset}
        )
        events = factory.events()
        for start in range(0, len(events), chunksize):
            yield events[start : start + chunksize]
