"""Merging batch outputs in an order that does not depend on when they arrive.

Floating-point sums depend on their order. Here the order follows positions
alone, so that a run gives the same bits whatever the workers' speed and
however often something was retried: within a file the batches are added one
after the other, and files are merged by a binary tree over their positions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from coffea.processor import accumulate

Accumulator = Any
"""Whatever a processor returns; Coffea knows how to add two of a kind."""


def add(total: Accumulator | None, part: Accumulator | None) -> Accumulator | None:
    """Add ``part`` into ``total``, which may be changed in place, and return the sum."""
    if total is None:
        return part
    if part is None:
        return total
    return accumulate([part], total)


@dataclass
class OpenFile:
    """A file of which some batches are merged."""

    expected: int = 0
    """The batch that is added next."""
    total: Accumulator | None = None
    """Sum of the batches before it."""
    early: dict[int, Accumulator | None] = field(default_factory=dict)
    """Batches that arrived before their turn."""


@dataclass
class OrderedMerge:
    """The merged part of a run, in pieces that later pieces can still join.

    Attributes
    ----------
    nodes
        ``(level, index)`` to the sum of the ``2**level`` files from
        ``index * 2**level`` on. About as many as the logarithm of the number
        of files, plus what is out of order.
    opened
        Files of which a batch is still missing, by position.
    closed
        Positions of the files that are complete.
    extra
        Sum of what has no place of its own: chunks retried after the rest of
        their batch was merged.
    """

    nodes: dict[tuple[int, int], Accumulator | None] = field(default_factory=dict)
    opened: dict[int, OpenFile] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    extra: Accumulator | None = None

    def put(self, file: int, number: int, of: int, part: Accumulator | None) -> None:
        """Merge the output of a batch.

        Parameters
        ----------
        file, number
            Position of the file, and of the batch in the file.
        of
            How many batches the file has.
        part
            The batch's accumulator, which the merge may change from now on;
            ``None`` for a batch without output.
        """
        if self._is_taken(file, number):
            self.put_extra(part)
            return
        open_file = self.opened.setdefault(file, OpenFile())
        open_file.early[number] = part
        while open_file.expected in open_file.early:
            open_file.total = add(open_file.total, open_file.early.pop(open_file.expected))
            open_file.expected += 1
        if open_file.expected == of:
            del self.opened[file]
            self.closed.add(file)
            self._put_node(0, file, open_file.total)

    def put_extra(self, part: Accumulator | None) -> None:
        """Merge an output that has no place of its own."""
        self.extra = add(self.extra, part)

    def pieces(self) -> Iterator[Accumulator]:
        """Yield all accumulators held, in the order of their positions."""
        placed = [(index << level, total) for (level, index), total in self.nodes.items()]
        for file, open_file in self.opened.items():
            placed.append((file, open_file.total))
            placed.extend((file, open_file.early[number]) for number in sorted(open_file.early))
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
        self.nodes, self.opened, self.closed, self.extra = {}, {}, set(), None
        return result

    def _is_taken(self, file: int, number: int) -> bool:
        if file in self.closed:
            return True
        open_file = self.opened.get(file)
        return open_file is not None and (number < open_file.expected or number in open_file.early)

    def _put_node(self, level: int, index: int, total: Accumulator | None) -> None:
        while (level, index ^ 1) in self.nodes:
            sibling = self.nodes.pop((level, index ^ 1))
            left, right = (sibling, total) if index & 1 else (total, sibling)
            total = add(left, right)
            level, index = level + 1, index >> 1
        self.nodes[level, index] = total
