"""How the chunks of a fileset are put into batches, and in what order they go out.

A batch is what one Dask task processes: consecutive chunks of one file. Its
boundaries depend on the fileset and the chunk size only, so that a resumed run
makes the same batches and merges them in the same order.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from coffea.processor.executor import WorkItem

BATCH_EVENTS = 200_000
"""Events that a batch of small chunks is filled up to.

The scheduler's cost of a task (about 2 ms) must stay small beside the work.
"""

BATCH_CHUNKS = 50
"""Most chunks in a batch, so that tiny chunks still show progress."""


NO_IDENTITY = b""
"""Stands for the UUID of a file that could not be looked at; a readable one has 16 bytes."""


class FileKey(NamedTuple):
    """What identifies a file within a run."""

    dataset: str
    filename: str
    treename: str


def file_key(item: WorkItem) -> FileKey:
    """Return the key of the file that a chunk belongs to."""
    return FileKey(item.dataset, item.filename, item.treename)


def is_placeholder(item: WorkItem) -> bool:
    """Tell whether a chunk stands for a file that could not be looked at."""
    return item.fileuuid == NO_IDENTITY and len(item) == 0


@dataclass(frozen=True)
class Batch:
    """Consecutive chunks of one file, processed by one task.

    Attributes
    ----------
    file
        Position of the file in the fileset.
    number
        Position of the batch in its file.
    items
        Its chunks, in order.
    """

    file: int
    number: int
    items: tuple[WorkItem, ...]

    @property
    def key(self) -> FileKey:
        """The file that the batch belongs to."""
        return file_key(self.items[0])

    @property
    def events(self) -> int:
        """Number of events in the batch."""
        return sum(len(item) for item in self.items)

    def split(self) -> list[Batch]:
        """Return one batch for each chunk, to find out which one does the damage."""
        return [Batch(self.file, self.number, (item,)) for item in self.items]


@dataclass
class Plan:
    """All batches of a run, by file in the order of the fileset."""

    files: list[FileKey] = field(default_factory=list)
    batches: list[list[Batch]] = field(default_factory=list)
    repeated: list[FileKey] = field(default_factory=list)
    """Files that the fileset names more than once; their chunks count once."""

    def __iter__(self) -> Iterator[Batch]:
        for batches in self.batches:
            yield from batches


def make_plan(items: Iterable[WorkItem]) -> Plan:
    """Group chunks into batches.

    Parameters
    ----------
    items
        Chunks as Coffea makes them: file by file, in order of their entries.
    """
    # Chunks as keys, in place of a list, because a chunk that comes again counts once.
    by_file: dict[FileKey, dict[WorkItem, None]] = {}
    plan = Plan()
    for item in items:
        chunks = by_file.setdefault(file_key(item), {})
        if item in chunks and file_key(item) not in plan.repeated:
            plan.repeated.append(file_key(item))
        chunks[item] = None
    for position, (key, chunks) in enumerate(by_file.items()):
        plan.files.append(key)
        plan.batches.append(
            [Batch(position, number, part) for number, part in enumerate(_parts(chunks))]
        )
    return plan


def _parts(chunks: Iterable[WorkItem]) -> Iterator[tuple[WorkItem, ...]]:
    part: list[WorkItem] = []
    events = 0
    for chunk in chunks:
        full = len(part) == BATCH_CHUNKS or events + len(chunk) > BATCH_EVENTS
        if part and full:
            yield tuple(part)
            part, events = [], 0
        part.append(chunk)
        events += len(chunk)
    if part:
        yield tuple(part)


class Queue:
    """The batches that wait, handed out so that all datasets advance together.

    The next batch comes from the dataset of which the smallest fraction has
    been handed out: every histogram fills evenly from the first seconds.
    """

    def __init__(self, batches: Iterable[Batch]) -> None:
        self._waiting: dict[str, deque[Batch]] = defaultdict(deque)
        self._weight: dict[str, int] = defaultdict(int)
        self._given: dict[str, int] = defaultdict(int)
        for batch in batches:
            self._waiting[batch.key.dataset].append(batch)
            self._weight[batch.key.dataset] += batch.events + 1
        self._order = [(0.0, name) for name in self._waiting]
        heapq.heapify(self._order)
        self._again: deque[Batch] = deque()

    def __len__(self) -> int:
        return len(self._again) + sum(len(waiting) for waiting in self._waiting.values())

    def take(self) -> Batch:
        """Return the next batch.

        Raises
        ------
        IndexError
            When none waits.
        """
        if self._again:
            return self._again.popleft()
        _, name = heapq.heappop(self._order)
        waiting = self._waiting[name]
        batch = waiting.popleft()
        self._given[name] += batch.events + 1
        if waiting:
            heapq.heappush(self._order, (self._given[name] / self._weight[name], name))
        return batch

    def put_back(self, batch: Batch) -> None:
        """Hand a batch out again, before all others."""
        self._again.append(batch)
