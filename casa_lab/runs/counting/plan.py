"""The files and chunks of a run, and the order in which they go out.

A batch is what one Dask task processes: consecutive chunks of a file, or whole
files. How many is decided when it goes out, from how long others took; where
its output is merged depends on positions alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate, islice
from typing import NamedTuple

from coffea.processor.executor import WorkItem

from .merge import Place

NO_IDENTITY = b""
"""Stands for the UUID of a file that nobody has looked at; others have 16 bytes."""

BATCH_CHUNKS = 1024
"""Most chunks in a batch."""


class FileKey(NamedTuple):
    """What identifies a file within a run."""

    dataset: str
    filename: str
    treename: str


def file_key(item: WorkItem) -> FileKey:
    """Return the key of the file that a chunk belongs to."""
    return FileKey(item.dataset, item.filename, item.treename)


def is_placeholder(item: WorkItem) -> bool:
    """Tell whether a chunk stands for a file that nobody has looked at."""
    return item.fileuuid == NO_IDENTITY and len(item) == 0


def weight(items: Iterable[WorkItem]) -> int:
    """Return how much work chunks are: their events, and one for each of them."""
    return sum(len(item) + 1 for item in items)


@dataclass(frozen=True)
class Batch:
    """Chunks that one task processes and adds up.

    Attributes
    ----------
    place
        Where in the merge their sum belongs; ``None`` when it is merged besides.
    items
        The chunks, in order.
    shape
        How many of them each file has, file by file.
    """

    place: Place | None
    items: tuple[WorkItem, ...]
    shape: tuple[int, ...]

    @property
    def dataset(self) -> str:
        """The dataset that the batch is of."""
        return str(self.items[0].dataset)

    @property
    def events(self) -> int:
        """Number of events in the batch."""
        return sum(len(item) for item in self.items)

    @property
    def files(self) -> list[FileKey]:
        """The files that its chunks are of."""
        starts = accumulate(self.shape, initial=0)
        return [file_key(self.items[start]) for start, _ in zip(starts, self.shape, strict=False)]

    def split(self) -> list[Batch]:
        """Return smaller batches of the same chunks: halves, or the chunks themselves."""
        place = self.place
        if place is None:
            return [Batch(None, (item,), (1,)) for item in self.items]
        if place.file is None and place.level:
            return self._halves(place)
        if place.file is None:
            runs = list(_runs(place.number, self.items))
            return runs if len(runs) > 1 else runs[0].split()
        middle = len(self.items) // 2
        return [
            Batch(Place(place.file, place.level - 1, 2 * place.number + half), part, (len(part),))
            for half, part in enumerate((self.items[:middle], self.items[middle:]))
        ]

    def _halves(self, place: Place) -> list[Batch]:
        middle = len(self.shape) // 2
        at = sum(self.shape[:middle])
        halves = (
            (self.items[:at], self.shape[:middle]),
            (self.items[at:], self.shape[middle:]),
        )
        return [
            Batch(Place(None, place.level - 1, 2 * place.number + half), items, shape)
            for half, (items, shape) in enumerate(halves)
        ]

    def cut(self, least_events: int) -> list[Batch]:
        """Return the halves of a single chunk, or nothing when it has too few events for that."""
        [item] = self.items
        middle = item.entrystart + len(item) // 2
        if len(item) < 2 * least_events:
            return []
        halves = (replace(item, entrystop=middle), replace(item, entrystart=middle))
        return [Batch(None, (half,), (1,)) for half in halves]


def _runs(file: int, items: tuple[WorkItem, ...]) -> Iterator[Batch]:
    """Yield the chunks of a whole file in the largest runs that have a place."""
    at = 0
    while at < len(items):
        level = _level(at, len(items) - at)
        part = items[at : at + (1 << level)]
        yield Batch(Place(file, level, at >> level), part, (len(part),))
        at += len(part)


def _level(start: int, room: int) -> int:
    """Return the level of the largest subtree that begins at a leaf and has room."""
    aligned = (start & -start).bit_length() - 1 if start else room.bit_length()
    return min(aligned, room.bit_length() - 1)


@dataclass
class Plan:
    """The files of a run, in the order of the fileset.

    Attributes
    ----------
    files
        Their keys.
    chunks
        The chunks of each, as far as they are known; a placeholder where not.
    repeated
        Files that the fileset names more than once; their chunks count once.
    """

    files: list[FileKey] = field(default_factory=list)
    chunks: list[list[WorkItem]] = field(default_factory=list)
    repeated: list[FileKey] = field(default_factory=list)


def make_plan(items: Iterable[WorkItem]) -> Plan:
    """Group chunks by file.

    Parameters
    ----------
    items
        Chunks as Coffea makes them: file by file, in order of their entries.
    """
    # Chunks as keys, in place of a list, because a chunk that comes again counts once.
    by_file: dict[FileKey, dict[WorkItem, None]] = {}
    repeated: dict[FileKey, None] = {}
    for item in items:
        chunks = by_file.setdefault(file_key(item), {})
        if item in chunks:
            repeated[file_key(item)] = None
        chunks[item] = None
    return Plan(list(by_file), [list(chunks) for chunks in by_file.values()], list(repeated))


class FileWork:
    """What is left to do of one file.

    Parameters
    ----------
    position
        Position of the file.
    items
        All its chunks.
    fresh
        Which of them, in order, go to their place.
    besides
        Chunks and parts of chunks that are merged besides.
    """

    def __init__(
        self,
        position: int,
        items: list[WorkItem],
        fresh: list[int],
        besides: list[WorkItem],
    ) -> None:
        self.position = position
        self.dataset: str = items[0].dataset
        self._items = items
        self._fresh = fresh
        self._at = 0
        self._besides = besides
        self.weight = weight(items[number] for number in fresh) + weight(besides)

    def __bool__(self) -> bool:
        return self._at < len(self._fresh) or bool(self._besides)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the file is done, so that it may go out as a whole."""
        return not self._at and not self._besides and len(self._fresh) == len(self._items)

    @property
    def items(self) -> list[WorkItem]:
        """All its chunks."""
        return self._items

    def take(self, limit: int) -> Batch:
        """Return the next chunks that have a place together, up to a weight: at least one."""
        if self._besides:
            item = self._besides.pop()
            return Batch(None, (item,), (1,))
        first = self._fresh[self._at]
        level = 0
        size = weight([self._items[first]])
        for larger in range(1, _level(first, len(self._items) - first) + 1):
            span = range(first, first + (1 << larger))
            in_reach = self._fresh[self._at : self._at + len(span)]
            size = weight(self._items[number] for number in span)
            if in_reach != list(span) or size > limit or len(span) > BATCH_CHUNKS:
                break
            level = larger
        part = tuple(self._items[first : first + (1 << level)])
        self._at += len(part)
        return Batch(Place(self.position, level, first >> level), part, (len(part),))


class Queue:
    """The work that waits, handed out so that all datasets advance together.

    The next batch comes from the dataset of which the smallest part has been
    handed out: every histogram fills evenly from the first seconds.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, deque[FileWork]] = {}
        self._weight: dict[str, int] = {}
        self._given: dict[str, int] = {}
        self._again: deque[Batch] = deque()

    def __bool__(self) -> bool:
        return bool(self._again or self._waiting)

    def left(self) -> dict[str, int]:
        """Return the weight of what waits, by dataset."""
        return {name: self._weight[name] - self._given[name] for name in self._waiting}

    def add(self, work: FileWork) -> None:
        """Add a file's work; the files of a dataset go out in the order in which they come."""
        if work:
            self._weight[work.dataset] = self._weight.get(work.dataset, 0) + work.weight
            self._given.setdefault(work.dataset, 0)
            self._waiting.setdefault(work.dataset, deque()).append(work)

    def take(self, limit: Callable[[str], int]) -> Batch:
        """Return the next batch.

        Parameters
        ----------
        limit
            Weight that a batch of a dataset is filled up to; a single chunk may
            have more.

        Raises
        ------
        IndexError
            When nothing waits.
        """
        if self._again:
            return self._again.popleft()
        if not self._waiting:
            raise IndexError("nothing waits")
        name = min(self._waiting, key=lambda name: self._given[name] / self._weight[name])
        waiting = self._waiting[name]
        batch = _next_batch(waiting, limit(name))
        if not waiting:
            del self._waiting[name]
        self._given[name] += weight(batch.items)
        return batch

    def put_back(self, batch: Batch) -> None:
        """Hand a batch out again, before all others."""
        self._again.append(batch)


def _next_batch(waiting: deque[FileWork], limit: int) -> Batch:
    first = waiting[0]
    if not first.is_whole or first.weight > limit or len(first.items) > BATCH_CHUNKS:
        batch = first.take(limit)
        if not first:
            waiting.popleft()
        return batch
    level = 0
    for larger in range(1, _level(first.position, len(waiting)) + 1):
        if not _go_together(list(islice(waiting, 1 << larger)), limit):
            break
        level = larger
    files = [waiting.popleft() for _ in range(1 << level)]
    return Batch(
        Place(None, level, first.position >> level),
        tuple(item for file in files for item in file.items),
        tuple(len(file.items) for file in files),
    )


def _go_together(files: list[FileWork], limit: int) -> bool:
    positions = [file.position for file in files]
    return (
        all(file.is_whole for file in files)
        and positions == list(range(positions[0], positions[0] + len(files)))
        and sum(file.weight for file in files) <= limit
        and sum(len(file.items) for file in files) <= BATCH_CHUNKS
    )
