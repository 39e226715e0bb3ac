"""Dask's profiler of workers, less often while a run is going on.

It looks at the stack of each thread a hundred times a second. The stacks of awkward
arrays are deep: that took a tenth of a worker's processor.
"""

from __future__ import annotations

import threading
from weakref import WeakKeyDictionary

from distributed import Worker

MILLISECONDS = 100.0
"""Between two looks, during a run; the dashboard still shows what takes long."""

_PROFILER = "profile"
"""What workers call it among their periodic callbacks."""

_lock = threading.Lock()
_runs: WeakKeyDictionary[Worker, tuple[int, float]] = WeakKeyDictionary()
"""How many runs each worker works for, and what its profiler is set to otherwise."""


def profile_seldom(worker: Worker) -> None:
    """Have a worker's profiler look less often, until :func:`profile_as_before`."""
    profiler = worker.periodic_callbacks.get(_PROFILER)
    if profiler is None:  # switched off in Dask's configuration
        return
    with _lock:
        number, before = _runs.get(worker, (0, profiler.callback_time))
        _runs[worker] = number + 1, before
        profiler.callback_time = max(MILLISECONDS, before)


def profile_as_before(worker: Worker) -> None:
    """Undo one call of :func:`profile_seldom`; after the last, all is as before."""
    with _lock:
        number, before = _runs.pop(worker, (0, 0.0))
        if number > 1:
            _runs[worker] = number - 1, before
        elif number:
            worker.periodic_callbacks[_PROFILER].callback_time = before
