"""How long something takes, on the clock and of processors."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import psutil


@dataclass
class Stopwatch:
    """Seconds since it was made, and CPU seconds of this process and its descendants since then.

    The CPU time tells what work was done even when others use the machine.
    """

    _began: float = field(default_factory=time.perf_counter)
    _before: float = field(default_factory=lambda: cpu_seconds(psutil.Process()))

    def read(self) -> dict[str, float]:
        wall = time.perf_counter() - self._began
        return {"wall": wall, "cpu": cpu_seconds(psutil.Process()) - self._before}


def cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU time of a process and of its descendants, dead ones included."""
    total = 0.0
    for one in [process, *process.children(recursive=True)]:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total
