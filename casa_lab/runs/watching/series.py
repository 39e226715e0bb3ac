"""A run over time, in a table that never grows beyond a few hundred lines."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from casa_lab.runs.counting.metrics import Effort
from casa_lab.validation import read_kept

from .models import RunSeries

MOST_INTERVALS = 240
"""With more of them, each two become one of twice the length."""

_COLUMNS = (
    "seconds",
    "events",
    "bytes_read",
    "worker_seconds",
    "thread_seconds",
    "busy_seconds",
)
"""What is added up; of memory, the most is kept."""


class SeriesMeter:
    """Keeps what happens to a run over time.

    Rates are sums over an interval divided by its length, so that making two
    intervals into one loses detail and nothing else.

    Parameters
    ----------
    earlier
        What earlier sessions kept, to be continued.
    clock
        Seconds, monotonic; a test gives its own.
    """

    def __init__(
        self, earlier: RunSeries | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._series = earlier or RunSeries()
        self._clock = clock
        self._looked: float | None = None
        self._workers = self._threads = self._busy = 0

    def observe(self, workers: int, threads: int, busy: int, working: bool = True) -> None:
        """Learn how many workers there are now; called again and again.

        Parameters
        ----------
        workers, threads
            Their numbers, which count until the next call.
        busy
            How many of the threads have work.
        working
            False while a run is paused and nothing is in flight: that time is
            left out.
        """
        now = self._clock()
        if self._looked is None:
            self._series.sessions.append(sum(self._series.seconds))
        elif working:
            self._pass(now - self._looked)
        self._looked = now
        self._workers, self._threads, self._busy = workers, threads, busy

    def add(self, effort: Effort) -> None:
        """Count a batch that has arrived."""
        series = self._series
        if not series.seconds:
            self._begin_interval()
        series.events[-1] += effort.events
        series.bytes_read[-1] += effort.bytes_read
        series.peak_memory_bytes[-1] = max(series.peak_memory_bytes[-1], effort.peak_memory_bytes)

    def snapshot(self) -> RunSeries:
        """Return the series of all sessions up to now; it is shared, and goes on changing."""
        return self._series

    def _pass(self, seconds: float) -> None:
        """Let time pass, interval by interval."""
        series = self._series
        while seconds > 0:
            if not series.seconds or series.seconds[-1] >= series.interval:
                self._begin_interval()
            step = min(seconds, series.interval - series.seconds[-1])
            seconds -= step
            # Rounding must not leave a rest that no interval ever takes in.
            full = series.seconds[-1] + step >= series.interval * (1 - 1e-9)
            series.seconds[-1] = series.interval if full else series.seconds[-1] + step
            series.worker_seconds[-1] += step * self._workers
            series.thread_seconds[-1] += step * self._threads
            series.busy_seconds[-1] += step * self._busy

    def _begin_interval(self) -> None:
        series = self._series
        if len(series.seconds) >= MOST_INTERVALS:
            self._halve()
            if series.seconds[-1] < series.interval:
                return
        for name in _COLUMNS:
            getattr(series, name).append(0)
        series.peak_memory_bytes.append(0)

    def _halve(self) -> None:
        series = self._series
        series.interval *= 2
        for name in _COLUMNS:
            column = getattr(series, name)
            column[:] = [sum(column[at : at + 2]) for at in range(0, len(column), 2)]
        memory = series.peak_memory_bytes
        memory[:] = [max(memory[at : at + 2]) for at in range(0, len(memory), 2)]


def read_series(path: Path) -> RunSeries:
    """Return the series that a run has written; without intervals before it has."""
    return read_kept(RunSeries, path)
