"""Merging outputs in an order that does not depend on when they arrive.

Floating-point sums depend on their order. Here the order follows positions
alone, so that a run gives the same bits whatever the workers' speed, however
many chunks went into a task and however often something was retried: the
chunks of a file are merged by a binary tree over their positions, and so are
the files. A task may hold any whole subtree; a worker merges it in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from coffea.processor import accumulate

Accumulator = Any
"""Whatever a processor returns; Coffea knows how to add two of a kind."""


class Place(NamedTuple):
    """Which leaves of the tree an output is the sum of.

    Attributes
    ----------
    file
        Position of the file whose chunks they are; ``None`` when they are files.
    level, number
        They are the ``2**level`` leaves from ``number * 2**level`` on.
    """

    file: int | None
    level: int
    number: int


def add(total: Accumulator | None, part: Accumulator | None) -> Accumulator | None:
    """Add ``part`` into ``total``, which may be changed in place, and return the sum."""
    if total is None:
        return part
    if part is None:
        return total
    return accumulate([part], total)


@dataclass
class Tree:
    """Sums of leaves, which sums of the leaves beside them can still join.

    Attributes
    ----------
    nodes
        ``(level, index)`` to the sum of ``2**level`` leaves. About as many as the
        logarithm of the number of leaves, plus what is out of order.
    """

    nodes: dict[tuple[int, int], Accumulator | None] = field(default_factory=dict)

    def put(self, level: int, index: int, part: Accumulator | None) -> None:
        """Put the sum of some leaves to its place, and join what is complete."""
        while (level, index ^ 1) in self.nodes:
            sibling = self.nodes.pop((level, index ^ 1))
            left, right = (sibling, part) if index & 1 else (part, sibling)
            part = add(left, right)
            level, index = level + 1, index >> 1
        self.nodes[level, index] = part

    def has(self, level: int, index: int) -> bool:
        """Tell whether some leaves are in one of the sums."""
        top = max((level for level, _ in self.nodes), default=-1)
        return any((up, index >> (up - level)) in self.nodes for up in range(level, top + 1))

    def placed(self) -> list[tuple[int, Accumulator | None]]:
        """Return the sums in the order of their leaves, each with its first leaf."""
        placed = [(index << level, part) for (level, index), part in self.nodes.items()]
        return sorted(placed, key=lambda place: place[0])

    def total(self) -> Accumulator | None:
        """Return the sum of everything, which uses the tree up."""
        total: Accumulator | None = None
        for _, part in self.placed():
            total = add(total, part)
        self.nodes = {}
        return total


def fold(files: Iterable[Iterable[Accumulator | None]]) -> Accumulator | None:
    """Merge the outputs of a subtree, which are given file by file and chunk by chunk."""
    of_files = Tree()
    for position, chunks in enumerate(files):
        of_chunks = Tree()
        for number, part in enumerate(chunks):
            of_chunks.put(0, number, part)
        of_files.put(0, position, of_chunks.total())
    return of_files.total()


@dataclass
class OpenFile:
    """A file of which some chunks are merged."""

    chunks: int
    """How many it has."""
    covered: int = 0
    """How many of them are merged, or known not to come."""
    tree: Tree = field(default_factory=Tree)


@dataclass
class OrderedMerge:
    """The merged part of a run, in pieces that later pieces can still join.

    Attributes
    ----------
    files
        Sums of complete files.
    opened
        Files of which a chunk is still missing, by position.
    extra
        Sum of what has no place of its own: chunks retried after the rest of
        their file was merged, and parts of chunks.
    """

    files: Tree = field(default_factory=Tree)
    opened: dict[int, OpenFile] = field(default_factory=dict)
    extra: Accumulator | None = None

    def put(self, place: Place | None, chunks: int, part: Accumulator | None) -> None:
        """Merge an output.

        Parameters
        ----------
        place
            What it is the sum of; ``None`` for an output without a place.
        chunks
            How many chunks the place's file has, where the place is in a file.
        part
            The accumulator, which the merge may change from now on; ``None``
            for leaves without output.
        """
        if place is None or self.has(place):
            self.extra = add(self.extra, part)
        elif place.file is None:
            self.files.put(place.level, place.number, part)
        else:
            self._put_chunks(place.file, place, chunks, part)

    def has(self, place: Place) -> bool:
        """Tell whether a place is taken, so that what comes there would count besides."""
        if place.file is None:
            return self.files.has(place.level, place.number)
        if self.files.has(0, place.file):
            return True
        opened = self.opened.get(place.file)
        return opened is not None and opened.tree.has(place.level, place.number)

    def moved(self, positions: Mapping[int, int]) -> OrderedMerge:
        """Return the same sums for files at other positions; this one is used up.

        What cannot keep a place is added besides: the sum of several files has one
        only where these are together again, in their order, from a multiple of
        their number on.

        Parameters
        ----------
        positions
            Where each file is now; those that are left out have no place any more.
        """
        moved = OrderedMerge(extra=self.extra)
        for (level, index), part in sorted(self.files.nodes.items(), key=_first_leaf):
            size = 1 << level
            now = [positions.get(before, -1) for before in range(index * size, (index + 1) * size)]
            if part is None:
                continue  # nothing came of these files: their places are free again
            if now[0] % size == 0 and now == list(range(now[0], now[0] + size)):
                moved.files.put(level, now[0] // size, part)
            else:
                moved.extra = add(moved.extra, part)
        for position, opened in sorted(self.opened.items()):
            if position in positions:
                moved.opened[positions[position]] = opened
            else:
                moved.extra = add(moved.extra, opened.tree.total())
        self.files, self.opened, self.extra = Tree(), {}, None
        return moved

    def pieces(self) -> Iterator[Accumulator]:
        """Yield all accumulators held, in the order of their positions."""
        placed = self.files.placed()
        for position, opened in self.opened.items():
            placed.extend((position, part) for _, part in opened.tree.placed())
        for _, piece in sorted(placed, key=lambda place: place[0]):
            if piece is not None:
                yield piece
        if self.extra is not None:
            yield self.extra

    def total(self) -> Accumulator | None:
        """Return the sum of everything; the merge is used up by it, and empty."""
        result: Accumulator | None = None
        for piece in self.pieces():
            result = add(result, piece)
        self.files, self.opened, self.extra = Tree(), {}, None
        return result

    def _put_chunks(self, file: int, place: Place, chunks: int, part: Accumulator | None) -> None:
        opened = self.opened.setdefault(file, OpenFile(chunks))
        opened.tree.put(place.level, place.number, part)
        opened.covered += 1 << place.level
        if opened.covered == opened.chunks:
            del self.opened[file]
            self.files.put(0, file, opened.tree.total())


def _first_leaf(node: tuple[tuple[int, int], Accumulator | None]) -> int:
    (level, index), _ = node
    return index << level
