"""Which chunks a session works on: all that are missing, or only those it was asked for."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from casa_lab.runs.models import Failure

if TYPE_CHECKING:
    from coffea.processor.executor import WorkItem

Range = tuple[int, int]
"""First entry of a chunk, and the one after its last."""

WHOLE_FILE: Range = (0, sys.maxsize)
"""Stands for all entries of a file, of which nobody may know how many there are."""

FileName = tuple[str, str, str]
"""What tells a file from all others of a run: dataset, path and tree."""

ChunkName = tuple[str, str, str, Range]
"""What tells a chunk from all others of a run: its file, and its entries."""


def name_of(failure: Failure) -> ChunkName:
    """Return the name of the chunk that a failure is about."""
    entries = WHOLE_FILE
    if failure.entry_start is not None and failure.entry_stop is not None:
        entries = (failure.entry_start, failure.entry_stop)
    return failure.dataset, failure.file, failure.treename, entries


class ChunkSet:
    """Chunks and whole files, to be looked up by file and entries."""

    def __init__(self, names: Iterable[ChunkName]) -> None:
        self._ranges: defaultdict[FileName, list[Range]] = defaultdict(list)
        for dataset, file, treename, entries in names:
            self._ranges[dataset, file, treename].append(entries)

    def within(self, item: WorkItem) -> list[Range]:
        """Return the parts of a chunk that are in the set."""
        return _overlaps(_whole(item), self._of(item))

    def outside(self, item: WorkItem, parts: Sequence[Range]) -> list[Range]:
        """Return what is left of parts of a chunk without those in the set."""
        return subtract(parts, self._of(item))

    def names_file_of(self, item: WorkItem) -> bool:
        """Tell whether the set has anything of a chunk's file."""
        return bool(self._of(item))

    def has_file_of(self, item: WorkItem) -> bool:
        """Tell whether the set has the whole of a chunk's file."""
        return WHOLE_FILE in self._of(item)

    def _of(self, item: WorkItem) -> list[Range]:
        return self._ranges.get((item.dataset, item.filename, item.treename), [])


class Scope:
    """What a session is to do about the chunks that are not counted.

    Parameters
    ----------
    failures
        Those that are listed when the session begins.
    left_out
        Those that were accepted as missing: never touched.
    selected
        The failed chunks to try again, and nothing else; ``None`` to process all
        that is missing.

    Attributes
    ----------
    retried
        Listed failures that the session tries again.
    kept
        Listed failures that stay.
    left
        How many chunks were met that nobody has tried yet, and this session is
        not to try either.
    """

    def __init__(
        self,
        failures: Sequence[Failure] = (),
        left_out: Sequence[Failure] = (),
        selected: Collection[ChunkName] | None = None,
    ) -> None:
        self.left_out = left_out
        self.retried: list[Failure] = list(failures)
        self.kept: list[Failure] = []
        self.left = 0
        self._left_out = ChunkSet(map(name_of, left_out))
        self._selected: ChunkSet | None = None
        if selected is not None:
            self._selected = ChunkSet(selected)
            self.retried = [failure for failure in failures if name_of(failure) in selected]
            self.kept = [failure for failure in failures if name_of(failure) not in selected]
        self._kept = ChunkSet(map(name_of, self.kept))

    def admits_file(self, item: WorkItem) -> bool:
        """Tell whether a file that cannot be looked at, for which a chunk stands, is a failure."""
        if self._left_out.has_file_of(item):
            return False
        return self._selected is None or self._selected.names_file_of(item)

    def admit(self, item: WorkItem) -> list[WorkItem]:
        """Return what is to be processed of a chunk that is not counted: itself, parts, nothing."""
        parts = self._left_out.outside(item, [_whole(item)])
        if self._selected is not None:
            rest = self._kept.outside(item, self._selected.outside(item, parts))
            self.left += bool(rest)
            parts = [
                part
                for selected in self._selected.within(item)
                for part in _overlaps(selected, parts)
            ]
        if parts == [_whole(item)]:
            return [item]
        return [replace(item, entrystart=start, entrystop=stop) for start, stop in sorted(parts)]


def subtract(parts: Iterable[Range], removed: Iterable[Range]) -> list[Range]:
    """Return what is left of some entries without others."""
    left = list(parts)
    for start, stop in removed:
        left = [
            (low, high)
            for first, last in left
            for low, high in ((first, min(last, start)), (max(first, stop), last))
            if low < high
        ]
    return left


def _whole(item: WorkItem) -> Range:
    return item.entrystart, item.entrystop


def _overlaps(part: Range, ranges: Iterable[Range]) -> list[Range]:
    first, last = part
    return [
        (max(first, start), min(last, stop))
        for start, stop in ranges
        if max(first, start) < min(last, stop) or start <= first == last <= stop
    ]
