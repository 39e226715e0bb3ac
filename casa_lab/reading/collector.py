"""Keeping the garbage collector out of the way where there is nothing for it.

Opening a NanoAOD file and making its events creates some hundred thousand objects
that stay. The collector looks at all of them, and at all of the imported packages,
again and again: a third of the time of a chunk.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache


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


@cache
def leave_out_what_is_imported() -> None:
    """Take all objects of today, packages above all, out of the collector's rounds, once."""
    gc.collect()
    gc.freeze()
