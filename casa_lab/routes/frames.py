"""Frames of histograms, made from the snapshots of runs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casa_lab.histograms.models import Watch
from casa_lab.runs.folder import open_run

if TYPE_CHECKING:
    from casa_lab.histograms.snapshot import SnapshotIndex

CACHED_HISTOGRAMS = 32
"""How many histograms are kept in memory for all who watch."""


@dataclass(frozen=True)
class _Read:
    """A histogram in memory, and the state of the file that it was read from."""

    identity: tuple[int, int, int] | None
    index: SnapshotIndex
    uhi: dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """One frame and what tells it from others of the same watch."""

    version: tuple[int, bool]
    """Number of the snapshot, and whether the run has ended."""
    data: bytes


class FrameMaker:
    """Reads each histogram of a snapshot once, however many watch views of it.

    Notes
    -----
    Reads files: call it in a thread. It may be called from several at once.
    """

    def __init__(self) -> None:
        self._read: OrderedDict[tuple[Path, str], _Read] = OrderedDict()
        self._lock = threading.Lock()

    def make(self, watch: Watch, ended: bool) -> Frame | None:
        """Return the newest frame for a watch, or ``None`` before the first snapshot.

        Parameters
        ----------
        watch
            What to show.
        ended
            Whether the run has ended, even if its last snapshot does not say so.

        Raises
        ------
        NotFound
            When there is no such run, histogram, axis or category, or none yet.
        BadInput
            When the view contradicts itself.
        """
        # These need numpy, which the companion loads once somebody watches.
        from casa_lab.histograms.frames import make_frame
        from casa_lab.histograms.views import make_view

        path = open_run(watch.run).histograms
        if not path.exists():
            return None
        index, uhi = self._histogram(path, watch.histogram)
        index = index.model_copy(update={"final": index.final or ended})
        data = make_frame(watch, index, make_view(uhi, watch.view))
        return Frame((index.sequence, index.final), data)

    def _histogram(self, path: Path, name: str) -> tuple[SnapshotIndex, dict[str, Any]]:
        from casa_lab.histograms.snapshot import read_with_index

        identity = _identity(path)
        with self._lock:
            known = self._read.get((path, name))
            if known is not None and known.identity == identity:
                self._read.move_to_end((path, name))
                return known.index, known.uhi
        index, uhi = read_with_index(path, name)
        # Replaced meanwhile, the contents would be filed under the older identity.
        if identity == _identity(path):
            with self._lock:
                self._read[path, name] = _Read(identity, index, uhi)
                while len(self._read) > CACHED_HISTOGRAMS:
                    self._read.popitem(last=False)
        return index, uhi


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
