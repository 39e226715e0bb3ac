"""Columns that a worker keeps in memory for later runs over the same chunks."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from functools import cache
from typing import Any

from coffea.nanoevents.util import key_to_tuple

MEMORY_SHARE = 0.5
"""Largest part of a worker's memory that columns may have: the rest is for processing."""

Chunk = tuple[bytes, int, int]
"""The file's UUID, and its entries from the first to before the last."""


class KeptColumns(MutableMapping[str, Any]):
    """The arrays that were used last, up to a number of bytes, for all threads and runs.

    Keys are those of NanoEvents: they begin with the file's UUID, so that a file
    that was replaced has other ones. Copies are kept and handed out, for a processor
    may write into the arrays that it gets.
    """

    def __init__(self) -> None:
        self.most_bytes = 0
        self._memory: int | None = None
        self._arrays: OrderedDict[str, Any] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __getitem__(self, key: str) -> Any:
        with self._lock:
            self._arrays.move_to_end(key)
            array = self._arrays[key]
        return array.copy()

    def __setitem__(self, key: str, array: Any) -> None:
        array = array.copy()
        with self._lock:
            self._forget(key)
            self._arrays[key] = array
            self._bytes += array.nbytes
            self._shrink()

    def __delitem__(self, key: str) -> None:
        with self._lock:
            self._bytes -= self._arrays.pop(key).nbytes

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            return iter(list(self._arrays))

    def __len__(self) -> int:
        return len(self._arrays)

    def live_in(self, memory: int | None) -> None:
        """Learn how much memory the process may have, in bytes; ``None`` for no limit."""
        self._memory = memory

    def keep(self, most_bytes: int) -> KeptColumns:
        """Set how much is kept, if that is not too much here, and return itself."""
        if self._memory is not None:
            most_bytes = min(most_bytes, int(MEMORY_SHARE * self._memory))
        with self._lock:
            self.most_bytes = most_bytes
            self._shrink()
        return self

    def chunks(self) -> set[Chunk]:
        """Return the chunks that arrays are of."""
        found = set()
        for key in self:
            file, _, entries, *_ = key_to_tuple(key)
            start, _, stop = entries.partition("-")
            found.add((uuid.UUID(file).bytes, int(start), int(stop)))
        return found

    def _forget(self, key: str) -> None:
        if key in self._arrays:
            self._bytes -= self._arrays.pop(key).nbytes

    def _shrink(self) -> None:
        while self._bytes > self.most_bytes and self._arrays:
            self._bytes -= self._arrays.popitem(last=False)[1].nbytes


@cache
def kept_columns() -> KeptColumns:
    """Return the one of this process."""
    return KeptColumns()


def chunks_with_kept_columns() -> set[Chunk]:
    """Return the chunks of which this process keeps columns."""
    return kept_columns().chunks()
