"""Room on the disk that an owner keeps for its last words."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

RESERVE_BYTES = 2**20
"""Enough for the state of a run over a thousand datasets."""


class Reserve:
    """A file whose place is used when the disk is full: to say so, and how the run ended.

    Parameters
    ----------
    folder
        An owned folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ".reserve"
        # What a file system cannot compress takes the place that it is to keep.
        self._path.write_bytes(os.urandom(RESERVE_BYTES))

    def spend(self) -> None:
        """Give the room free; also at the end, when it is not needed any more."""
        with suppress(OSError):
            self._path.unlink()
