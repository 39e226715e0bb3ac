"""What is measured while chunks are processed on a worker."""

from __future__ import annotations

import resource
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


@dataclass
class Measures:
    """What one chunk took, or several together.

    Attributes
    ----------
    bytes_read
        Bytes asked of the files.
    process_seconds
        Time in ``process()``, which includes reading the columns that it touches.
    open_seconds
        Time before that: opening the file and making the events.
    columns
        Columns that were really read.
    """

    bytes_read: int = 0
    process_seconds: float = 0.0
    open_seconds: float = 0.0
    columns: set[str] = field(default_factory=set)

    def add(self, other: Measures) -> None:
        """Add what another chunk took."""
        self.bytes_read += other.bytes_read
        self.process_seconds += other.process_seconds
        self.open_seconds += other.open_seconds
        self.columns |= other.columns


def reset_peak_memory() -> None:
    """Let :func:`peak_memory_bytes` count from now on, where the system can (Linux)."""
    with suppress(OSError):
        _RESET.write_text("5")


def peak_memory_bytes() -> int:
    """Return the most memory that this process has had since the last reset."""
    try:
        with _STATUS.open(encoding="ascii", errors="replace") as lines:
            for line in lines:
                if line.startswith("VmHWM:"):
                    return 1024 * int(line.split()[1])
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
