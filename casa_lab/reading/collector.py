"""Keeping the garbage collector out of the way where there is nothing for it.

Opening a NanoAOD file and making its events creates some hundred thousand objects
that stay. The collector looks at all of them, and at all of the imported packages,
again and again: a third of the time of a chunk. On the other hand, few objects
of a chunk's events hold many megabytes, and refer to each other: by their number
alone, the collector would come for them after a gigabyte.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

GARBAGE_BYTES = 128 * 2**20
"""How much the process may grow by before it is looked for garbage."""


class _Pause:
    """How many threads want it quiet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0
        self._was_on = True

    def begin(self) -> None:
        with self._lock:
            if not self._wanted:
                self._was_on = gc.isenabled()
                gc.disable()
            self._wanted += 1

    def end(self) -> None:
        with self._lock:
            self._wanted -= 1
            if not self._wanted and self._was_on:
                gc.enable()


_PAUSE = _Pause()


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let no garbage be collected meanwhile, in any thread."""
    _PAUSE.begin()
    try:
        yield
    finally:
        _PAUSE.end()


class _Frozen:
    """How many runs want what is imported left out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0

    def begin(self) -> None:
        with self._lock:
            self._wanted += 1
            if self._wanted == 1:
                gc.freeze()

    def end(self) -> None:
        with self._lock:
            self._wanted -= 1
            if not self._wanted:
                # What the runs left: quick, as long as the rest is out of the way.
                gc.collect()
                gc.unfreeze()


_FROZEN = _Frozen()


def leave_out_what_is_imported() -> None:
    """Take all objects of today, packages above all, out of the collector's rounds."""
    _FROZEN.begin()


def take_in_what_is_imported() -> None:
    """Undo one call of :func:`leave_out_what_is_imported`."""
    _FROZEN.end()


class GarbageWatch:
    """Collects garbage when the process has grown."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._bytes = self._process.memory_info().rss

    def collect_if_grown(self) -> None:
        """Collect if there may be more than :data:`GARBAGE_BYTES`: a few milliseconds."""
        if self._process.memory_info().rss - self._bytes > GARBAGE_BYTES:
            gc.collect()
            self._bytes = self._process.memory_info().rss
