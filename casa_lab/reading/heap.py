"""Keeping freed memory for the next chunk.

Dask's nanny starts workers with ``MALLOC_TRIM_THRESHOLD_=65536``, so that what
is freed goes back to the system at once. Each array of a chunk then consists of
new pages, which the system has to clear: a third of the time of a chunk with few
branches. See https://distributed.dask.org/en/stable/worker-memory.html.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from functools import cache
from typing import Any

_SETTING = "MALLOC_TRIM_THRESHOLD_"

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
"""Parameters of ``mallopt``, from ``malloc.h``."""

LARGEST_ARRAY = 32 * 2**20
KEPT = 2 * LARGEST_ARRAY
"""What glibc itself arrives at where nobody sets a threshold: see mallopt(3)."""

GLIBC_MMAP_THRESHOLD = 128 * 2**10


class _FreedMemory:
    """How many runs want it kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0

    def keep(self) -> None:
        with self._lock:
            self._wanted += 1
            if self._wanted == 1:
                _set(trim=KEPT, mmap=LARGEST_ARRAY)

    def give_back(self) -> None:
        with self._lock:
            self._wanted -= 1
            if not self._wanted and (library := _glibc()) is not None:
                _set(trim=int(os.environ[_SETTING]), mmap=GLIBC_MMAP_THRESHOLD)
                library.malloc_trim(0)


_FREED = _FreedMemory()


def keep_freed_memory() -> None:
    """Keep what is freed from now on for what is needed next.

    Does nothing where freed memory is kept anyway: outside Dask's workers, and
    with other libraries than glibc.
    """
    _FREED.keep()


def give_freed_memory_back() -> None:
    """Undo one call of :func:`keep_freed_memory`; after the last the system has it back."""
    _FREED.give_back()


def _set(trim: int, mmap: int) -> None:
    library = _glibc()
    if library is not None:
        library.mallopt(M_TRIM_THRESHOLD, trim)
        library.mallopt(M_MMAP_THRESHOLD, mmap)


@cache
def _glibc() -> Any | None:
    """Return the C library where it gives memory back too soon, else ``None``."""
    if not os.environ.get(_SETTING, "").isdigit() or not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
